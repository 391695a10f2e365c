"""A checksum of what a person sees of a post, so that a yes counts for exactly that."""

import hashlib
from typing import Any

import msgspec

from crosspost.model import Draft, Picture, as_stored
from crosspost.networks.base import Network

#: what a reader would notice
_SEEN = ("text", "link", "card", "images", "options", "parts", "title")


def checksum(draft: Draft, network: Network) -> str:
    """The checksum of a draft as it is frozen; 32 hexadecimal digits."""
    frozen = as_stored(network.frozen(draft))
    said = {name: _without_folders(getattr(frozen, name)) for name in _SEEN}
    return hashlib.blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=16).hexdigest()


def _without_folders(said: Any) -> Any:
    """Where a picture lies on this machine is not seen."""
    if isinstance(said, Picture):
        return msgspec.structs.replace(said, path=said.path.rpartition("/")[2], drawn=None)
    return tuple(map(_without_folders, said)) if isinstance(said, tuple) else said
