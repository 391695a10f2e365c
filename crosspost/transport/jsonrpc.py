"""JSON-RPC as one JSON object per line over TCP or a Unix socket, with the same safeguards as the HTTP session.

Every call has its own connection, a deadline and a size limit for the response; the exchange is stored in
``session.last``, so that the adapters' error mapping works as it does for HTTP.
"""

import errno
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crosspost.config.secrecy import message_of
from crosspost.transport import send_permission
from crosspost.transport.exchange import Exchange
from crosspost.transport.session import Session, TransportError

#: signal-cli's default port
DEFAULT_PORT = 7583
#: bytes; responses for an account in many large groups are far smaller
MAX_ANSWER = 20_000_000


def ask(session: Session, address: str, request: dict[str, Any]) -> Any:
    """Send one JSON-RPC request and return the response with the same id; notifications in between are skipped.

    :param session: supplies the time-outs and stores the exchange; HTTP is not used
    :param address: ``tcp://host:port`` or ``unix:/path``
    :param request: with ``id`` and ``method``
    :raises TransportError: when no usable response came; ``session.last.sent`` is whether the request may be out
    """
    connect, read, deadline = session.timeouts
    until = time.monotonic() + deadline
    session.last = None
    established = False
    try:
        with _connected(address, min(connect, deadline)) as wire:
            send_permission.ask()
            established = True
            wire.settimeout(read)
            wire.sendall(msgspec.json.encode(request) + b"\n")
            line, answer = _answer(wire, request["id"], until)
    except (OSError, ValueError, RecursionError) as error:  # RecursionError: a million opening brackets
        why = session.redact(f"{address}: {_reason(error)}")
        session.last = Exchange(method=request["method"], url=session.redact(address), sent=established, failure=why)
        raise TransportError(why) from None
    session.last = Exchange(method=request["method"], url=session.redact(address), sent=True, status=200, body=line)
    return answer


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("unix:"):
        if not hasattr(socket, "AF_UNIX"):
            raise OSError(errno.EAFNOSUPPORT, "this system has no such sockets; name a host and a port")
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(seconds)
        try:
            wire.connect(address.removeprefix("unix:").replace("//", "", 1))
        except OSError:
            wire.close()
            raise
        return wire
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), seconds)


def _answer(wire: socket.socket, wanted: Any, until: float) -> tuple[bytes, Any]:
    """Read lines until the response with our id."""
    buffer, total, read = bytearray(), 0, wire.gettimeout() or 0
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        wire.settimeout(min(read, left))
        part = wire.recv(65536)
        total += len(part)
        if not part:
            raise ValueError("the connection was cut before the answer was complete")
        if total > MAX_ANSWER:
            raise ValueError(f"the answer is longer than {MAX_ANSWER} bytes")
        *lines, rest = part.split(b"\n")
        for line in lines:
            whole = bytes(buffer + line)
            buffer.clear()
            message = msgspec.json.decode(whole)
            if isinstance(message, dict) and message.get("id") == wanted:
                return whole, message
        buffer += rest


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError | FileNotFoundError):
        return "nothing is listening there"
    if isinstance(error, PermissionError):
        return "this user may not use the socket"
    if isinstance(error, socket.gaierror):
        return "the name cannot be found (DNS)"
    if isinstance(error, msgspec.DecodeError | RecursionError):
        return "the answer is not JSON"
    return getattr(error, "strerror", None) or message_of(error) or type(error).__name__
