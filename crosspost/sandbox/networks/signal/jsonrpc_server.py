"""The daemon's JSON-RPC socket: one JSON object per line over TCP or a Unix socket, as signal-cli has it."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Self

from crosspost.sandbox.core.host import Host
from crosspost.sandbox.core.http_messages import Reply, Request

_EVENT = {"jsonrpc": "2.0", "method": "receive", "params": {"envelope": {"typingMessage": {"action": "STARTED"}}}}


class Lines:
    """Hands lines to the sandbox's daemon. Faults that are HTTP answers close the connection here.

    :param sandbox: running or not; its memory is what counts
    :param path: a Unix socket to make; None listens on a free port of 127.0.0.1
    """

    def __init__(self, sandbox: Host, path: Path | None = None) -> None:
        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):  # a client that goes away is not an error here
                    for line in self.rfile:
                        if not _reply(self.wfile.write, _ask(sandbox, line)):
                            break

        class Tcp(socketserver.ThreadingTCPServer):
            daemon_threads = True

        class Unix(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        if path is None:
            self._server: Tcp | Unix = Tcp(("127.0.0.1", 0), Handler)
            self.url = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        else:
            self._server = Unix(str(path), Handler)
            self.url = f"unix:{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _ask(sandbox: Host, line: bytes) -> Reply:
    headers = Message()
    headers["Content-Type"] = "application/json"
    return sandbox.answer(Request("POST", "/api/v1/rpc", [], headers, line, sandbox.url, sandbox.store.clock()))


def _reply(write: Callable[[bytes], int], reply: Reply) -> bool:
    """Send one line, after an event nobody asked for, as the daemon does; False when the connection is to be closed."""
    if reply.dropped or reply.status >= 300:
        return False
    write(json.dumps(_EVENT).encode() + b"\n")
    body = reply.body.replace(b"\n", b" ")
    write(body[: len(body) // 2] if reply.half else body + b"\n")
    return not reply.half
