"""The body of a request: as long as its Content-Length says, or in chunks (RFC 9112 §6 and §7.1), never both."""

import re
from email.message import Message
from io import BufferedIOBase

BODY_LIMIT = 30 * 1024 * 1024
"""Bytes; a longer body is refused with 413 before the rest of it is read."""
_LINE = 4096  # bytes of the longest line before a chunk, and of one trailer
_TRAILERS = 50
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(;[^\r\n]*)?\r\n")


class BadBody(Exception):
    """The body cannot be read; ``status`` is the HTTP answer."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def read(headers: Message, source: BufferedIOBase) -> bytes:
    """Read the body that follows ``headers``; without either header there is none.

    :raises BadBody: when it is too long, ends early or is not what its headers say
    """
    coding, lengths = headers.get("Transfer-Encoding"), headers.get_all("Content-Length", [])
    if coding is None:
        return _counted(lengths, source)
    if lengths:  # two servers that prefer different headers would see different requests (request smuggling)
        raise BadBody(400, "Content-Length and Transfer-Encoding exclude each other")
    if str(coding).strip().lower() != "chunked":
        raise BadBody(501, f"Transfer-Encoding {coding} is not supported")
    return _chunks(source)


def _counted(lengths: list[str], source: BufferedIOBase) -> bytes:
    length = lengths[0].strip() if lengths else "0"
    if len(set(lengths)) > 1 or not (length.isascii() and length.isdecimal()):
        raise BadBody(400, "Content-Length is not a number")
    if int(length[:12]) > BODY_LIMIT:
        raise BadBody(413, "Request body too large")
    body = source.read(int(length))
    if len(body) < int(length):
        raise BadBody(400, "The body is shorter than its Content-Length")
    return body


def _chunks(source: BufferedIOBase) -> bytes:
    body = bytearray()
    while size := _next_size(source):
        if len(body) + size > BODY_LIMIT:
            raise BadBody(413, "Request body too large")
        chunk = source.read(size)
        if len(chunk) < size or source.read(2) != b"\r\n":
            raise BadBody(400, "A chunk of the body has not the size it says")
        body += chunk
    for _ in range(_TRAILERS):
        line = source.readline(_LINE)
        if line == b"\r\n":
            return bytes(body)
        if not line.endswith(b"\r\n"):
            break
    raise BadBody(400, "The chunked body has no end")


def _next_size(source: BufferedIOBase) -> int:
    match = _SIZE.fullmatch(source.readline(_LINE))
    if match is None:
        raise BadBody(400, "The size of a chunk is not a hexadecimal number")
    return int(match[1], 16)
