"""A checksum of what a person sees of a post, so that a yes counts for exactly that."""

import hashlib
from typing import Any

import msgspec

from crosspost.model import Card, Draft, Picture, as_stored
from crosspost.networks.base import Network

#: what a reader would notice
_SEEN = ("text", "link", "card", "images", "options", "parts", "title")


def checksum(draft: Draft, network: Network) -> str:
    """The checksum of a draft as it is frozen; 32 hexadecimal digits."""
    said = _seen(as_stored(network.frozen(draft)))
    return hashlib.blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=16).hexdigest()


def _seen(said: Any) -> Any:
    """What a reader would notice of a draft or a piece of it; where a picture lies on this machine is nothing."""
    if isinstance(said, Draft):
        return {name: _seen(getattr(said, name)) for name in _SEEN}
    if isinstance(said, Card):
        return msgspec.structs.replace(said, image=_seen(said.image))
    if isinstance(said, Picture):
        return msgspec.structs.replace(said, path=said.path.rpartition("/")[2], drawn=None)
    return tuple(map(_seen, said)) if isinstance(said, tuple) else said
