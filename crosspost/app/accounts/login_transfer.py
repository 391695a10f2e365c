"""A login made on one computer and used on another, as one line to copy: for servers without a screen."""

import base64
import binascii
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec

from crosspost.model.value import ready
from crosspost.networks.logins.base import Connected

_PREFIX = "crosspost-login:"
_MOST = 100_000  # characters


def written(connected: Sequence[Connected]) -> str:
    """The line. It holds the tokens: whoever has it has the accounts."""
    rows = [
        {
            "network": one.network,
            "name": one.name,
            "base_url": one.base_url,
            "settings": dict(one.settings),
            "secrets": dict(one.secrets),
            "notes": list(one.notes),
            "expires": one.expires,
        }
        for one in connected
    ]
    return _PREFIX + base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(rows), 9)).decode()


def read(line: str, network: str) -> list[Connected]:
    """What a line says; blanks and line breaks that a terminal put into it do not matter.

    :param network: the network that was asked for
    :raises ValueError: with one clause, when it is not such a line, or one for another network
    """
    text = "".join(line.split())
    if not text.startswith(_PREFIX) or len(text) > _MOST:
        raise ValueError(f"the line begins with {_PREFIX}; copy all of it")
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text.removeprefix(_PREFIX)), _MOST)
        rows: list[dict[str, Any]] = msgspec.json.decode(unpacked)
        found = [msgspec.convert(row, ready(Connected)) for row in rows]
    except (binascii.Error, zlib.error, msgspec.DecodeError, TypeError):
        raise ValueError("a part of the line is missing; copy all of it") from None
    if not found or found[0].network != network:
        raise ValueError(f"this line is for another network than {network}")
    return found
