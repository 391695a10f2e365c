"""Fetch a picture as Meta's crawler would, but from this machine only."""

import http.client
import re
import time
from urllib.parse import urlsplit

from crosspost.sandbox.core.store import Store

SECONDS = 5.0
"""How long a fetch may take altogether."""


class Unreachable(Exception):
    """The address cannot be fetched; the message says why."""


def fetch(address: str, most: int, *, own: str, store: Store) -> bytes:
    """The bytes behind ``address``. Nothing but ``http://127.0.0.1`` is ever asked; redirects are not followed.

    :param most: bytes; a longer answer is cut off one byte later, so that the caller sees that it is too long
    :param own: the sandbox's own base URL: its pictures are taken from ``store``, because a request to itself would
        wait for itself
    :raises Unreachable: for another host, no answer in time, or any answer but 200
    """
    if not address.isascii() or any(char.isspace() for char in address):
        raise Unreachable("the address holds characters that are not ASCII")
    if address.startswith(f"{own}/_sandbox/public/"):
        data = public_picture(store, address.rpartition("/")[2])
        if data is None:
            raise Unreachable("HTTP 404")
        return data[: most + 1]
    if address.startswith(f"{own}/_sandbox/pictures/"):
        picture = store.pictures.get(address.rpartition("/")[2])
        if picture is None:
            raise Unreachable("HTTP 404")
        return picture.data
    try:
        parts = urlsplit(address)
        port = parts.port or 80
    except ValueError:
        raise Unreachable("it is not an address") from None
    if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.username is not None:
        raise Unreachable("the sandbox fetches from http://127.0.0.1 only, nothing from the web")
    try:
        return _read(port, f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}", most)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from None


def public_picture(store: Store, name: str) -> bytes | None:
    """A file that somebody put into the folder ``public`` of the shared store; None when there is none."""
    if store.shared is None or not re.fullmatch(r"\w+\.(?:jpeg|png|gif|webp|txt)", name, re.ASCII):
        return None
    try:
        return (store.shared / "public" / name).read_bytes()
    except OSError:
        return None


def _read(port: int, path: str, most: int) -> bytes:
    end = time.monotonic() + SECONDS
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS / 2)
    try:
        connection.request("GET", path, headers={"User-Agent": "facebookexternalhit/1.1"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}")
        data = b""
        while len(data) <= most and (part := answer.read1(65536)):
            data += part
            if time.monotonic() > end:
                raise Unreachable("it takes too long")
        return data
    finally:
        connection.close()
