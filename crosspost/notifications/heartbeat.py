"""A sign of life per run, for a service that tells somebody when it is missing.

The shape is that of Healthchecks (healthchecks.io/docs/http_api and …/signaling_failures, checked 2026-11-22): a ping
URL; with ``/start`` behind it a run begins, with ``/fail`` it went wrong; the body of a POST is kept as a remark.
"""

from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from crosspost.config.secrecy import message_of

#: seconds: a run must not wait for its heartbeat
_PATIENCE = 10


class Heartbeat:
    """Pings one URL. Making one does no I/O; whatever goes wrong is said to ``warn`` and is never an error.

    :param url: holds a secret: who knows it can ping
    """

    def __init__(self, url: str, warn: Callable[[str], None]) -> None:
        self._url, self._warn = url, warn

    def start(self) -> None:
        """A run begins."""
        self._ping("/start", "")

    def end(self, code: int, remark: str) -> None:
        """A run is done with this exit code; ``remark`` is one line without secrets."""
        self._ping("" if code in (0, 3) else "/fail", remark)

    def _ping(self, suffix: str, remark: str) -> None:
        from crosspost.transport.session import Session, TransportError

        try:
            parts = urlsplit(self._url)
            host = parts.hostname
        except ValueError:
            self._warn("the heartbeat was not sent: its address cannot be used")
            return
        path = parts.path.rstrip("/") + suffix
        secrets = [self._url, parts.path.strip("/"), parts.query, *parts.path.split("/")]
        session = Session(
            secrets=secrets, connect_timeout=5, read_timeout=_PATIENCE, deadline=_PATIENCE, max_answer=100_000
        )
        try:
            answer = session.post(urlunsplit(parts._replace(path=path)), data=remark.encode())
            if not answer.ok:
                self._warn(f"the heartbeat was not taken: {host} says HTTP {answer.status_code}")
        except TransportError as error:
            self._warn(f"the heartbeat was not sent: {session.redact(message_of(error))}")
        finally:
            session.close()
