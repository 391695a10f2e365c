"""Watches one exchange with a server: whether a connection was established, to which address, and for how long.

Each thread has one guard at a time; the connections of :class:`GuardedAdapter` report to it.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from crosspost.transport import send_permission
from crosspost.transport.shared_timer import Alarm


class Guard:
    """Watches one exchange: records whether a connection was established, and cuts it off at the deadline.

    :param seconds: the deadline
    :param addresses: the only IP addresses to connect to, whatever the name resolves to by now; () for any. Behind a
        proxy the proxy resolves the name.
    """

    def __init__(self, seconds: float, addresses: Sequence[str] = ()) -> None:
        self.connected = False
        self.expired = False
        self.addresses = tuple(addresses)
        self._sockets: list[socket.socket] = []
        self._alarm = Alarm(seconds, self._expire)

    def __enter__(self) -> "Guard":
        self._alarm.set()
        return self

    def __exit__(self, *_: object) -> None:
        self._alarm.cancel()
        for sock in self._sockets:
            sock.close()

    def attach(self, sock: socket.socket | None) -> None:
        """Note an established connection: from now on the request may reach the server."""
        self.connected = True
        self.watch(sock)

    def watch(self, sock: socket.socket | None) -> None:
        """Cut this connection at the deadline, even during a slow TLS handshake.

        Keeps a duplicate of the socket, because TLS takes the original over.
        """
        if sock is not None:
            with contextlib.suppress(OSError, ValueError):  # closed already
                self._sockets.append(socket.socket(fileno=socket.dup(sock.fileno())))
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        self.expired = True
        for sock in self._sockets:
            # a socket that is already closed has nothing left to cut
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


_current = threading.local()


@contextlib.contextmanager
def guarded(seconds: float, addresses: Sequence[str] = ()) -> Iterator[Guard]:
    """Guard the exchange this thread makes inside."""
    with Guard(seconds, addresses) as guard:
        _current.guard = guard
        yield guard


def current_guard() -> Guard:
    """The guard of the exchange this thread makes."""
    guard: Guard = _current.guard
    return guard


class _Guarded(HTTPConnection):
    """Reports its connection to the guard, and connects to the guard's addresses only.

    Host header, SNI and certificate check still use the host name; only the destination address changes.
    """

    def _new_conn(self) -> socket.socket:
        guard: Guard = _current.guard
        host = self._dns_host
        targets = guard.addresses if guard.addresses and self.proxy is None else (host,)
        for left, address in enumerate(targets, 1 - len(targets)):
            try:
                self._dns_host = address
                return self._watched(super()._new_conn())
            except (OSError, HTTPError):
                if left == 0:
                    raise
            finally:
                self._dns_host = host
        raise AssertionError("there is always a target")

    def _watched(self, sock: socket.socket) -> socket.socket:
        _current.guard.watch(sock)
        return sock

    def connect(self) -> None:
        super().connect()
        send_permission.ask()  # before it counts as established: the request is certainly not out
        _current.guard.attach(self.sock)

    def send(self, data: Any) -> None:
        if self.sock is not None:
            send_permission.ask()
        super().send(data)


class _Https(_Guarded, HTTPSConnection):
    """The same with TLS."""


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class GuardedAdapter(HTTPAdapter):
    """Hands out connections that report to the guard. Never retries."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager
