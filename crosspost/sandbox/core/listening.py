"""What the sandbox's servers share: connections in threads of their own, and a stop that waits for nothing."""

import contextlib
import socket
import socketserver
import threading
from typing import Any


class Listening(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A server on 127.0.0.1 whose every connection can be closed at once.

    ``serve_forever`` looks only now and then whether it is to stop. Tests start and stop thousands of servers, so this
    one is woken up by a connection instead.

    :param port: 0 takes a free one
    :param handler: handles one connection
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, handler: type[socketserver.BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._stopping = False
        self._thread = threading.Thread(target=self._listen, name=f"sandbox-{type(self).__name__}", daemon=True)
        super().__init__(("127.0.0.1", port), handler)
        self.port: int = self.server_address[1]

    def start(self) -> None:
        """Answer in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every open connection."""
        self._stopping = True
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join()
        self._thread.join()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def _listen(self) -> None:
        while not self._stopping:
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - as inherited
        """Whether the connection is to be answered: not the one that only says that it is time to stop."""
        return not self._stopping

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that :meth:`stop` can close it."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not an error here; everything else was reported where it happened."""
