"""The server's side of a WebSocket (RFC 6455): the handshake, and text messages in frames."""

import base64
import hashlib
import json
import re
import struct
from email.message import Message
from io import BufferedIOBase

from crosspost.sandbox.core.http_messages import Reply

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_LARGEST = 1 << 22
INTERNAL_ERROR = 1011


def wanted(headers: Message) -> bool:
    """Whether a GET asks for a WebSocket."""
    return str(headers.get("Upgrade", "")).lower() == "websocket" and "Sec-WebSocket-Key" in headers


def agreed(headers: Message) -> dict[str, str]:
    """The headers of the answer that opens it."""
    key = str(headers["Sec-WebSocket-Key"]).strip() + _MAGIC
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324  # what RFC 6455 4.2.2 says
    return {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}


def receive(stream: BufferedIOBase, out: BufferedIOBase) -> bytes | None:
    """The next text message; None when the client closes, or breaks the rules."""
    while True:
        kind, data = _frame(stream)
        if kind == _TEXT:
            return data
        if kind == _PING:
            out.write(frame(data, _PONG))
        elif kind != _PONG:
            if kind == _CLOSE:
                out.write(frame(data[:2], _CLOSE))
            return None


def frame(data: bytes, kind: int = _TEXT) -> bytes:
    """One frame from the server, which is not masked."""
    size = len(data)
    if size < 126:
        return bytes([0x80 | kind, size]) + data
    long = size >= 1 << 16
    return bytes([0x80 | kind, 127 if long else 126]) + struct.pack(">Q" if long else ">H", size) + data


def close(code: int) -> bytes:
    """The frame that ends it, with a reason (RFC 6455 7.4.1)."""
    return frame(struct.pack(">H", code), _CLOSE)


def first_word(message: bytes) -> str:
    """The name of a message that is a JSON list: its first item."""
    found = re.match(rb'\s*\[\s*"([A-Z-]{1,20})"', message)
    return found[1].decode() if found else "MESSAGE"


def told(reply: Reply) -> bytes:
    """What goes out for a reply of a stand-in: one frame for each message of its list."""
    try:
        messages = json.loads(reply.body)
    except ValueError:  # a fault that answers no JSON
        return frame(reply.body)
    data = b"".join(frame(json.dumps(message, ensure_ascii=False).encode()) for message in messages)
    return data[: len(data) // 2] if reply.half else data


def _frame(stream: BufferedIOBase) -> tuple[int, bytes]:
    """Kind and content of a frame; kind 0 for one that ends the conversation. Clients mask and, here, never split."""
    head = stream.read(2)
    if len(head) < 2 or not head[0] & 0x80 or not head[1] & 0x80:
        return 0, b""
    size = head[1] & 0x7F
    if size > 125:
        more = stream.read(2 if size == 126 else 8)
        size = int.from_bytes(more, "big")
    if size > _LARGEST:
        return 0, b""
    mask, data = stream.read(4), stream.read(size)
    if len(mask) < 4 or len(data) < size:
        return 0, b""
    return head[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
