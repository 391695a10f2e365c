"""A crosspost process that ends itself with SIGKILL at the n-th point where it talks to disk or network."""

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from crosspost import cli
from crosspost.app import application
from crosspost.cli import common
from crosspost.config import vault
from crosspost.delivery.account_worker import AccountWorker
from crosspost.delivery.editor import Editor
from crosspost.ledger import counter_marks
from crosspost.ledger.database import Database
from crosspost.ledger.postgresql.database import PostgresDatabase
from crosspost.transport import connection_guard, jsonrpc, session, smtp

_working = threading.local()


class Points:
    """Counts the points that are passed, in every thread, and kills the process at one of them, or has it stand still.

    A point is called ``account: what``; outside the accounts' threads ``run: what``.
    """

    def __init__(self, wanted: str, target: int, note: Path, *, end: signal.Signals = signal.SIGKILL) -> None:
        self._wanted, self._left, self._note, self._end = wanted, target, note, end
        self._lock = threading.Lock()
        self.seen: list[str] = []

    def passed(self, what: str) -> None:
        point = f"{getattr(_working, 'account', 'run')}: {what}"
        with self._lock:
            self.seen.append(point)
            if not point.startswith(self._wanted):
                return
            self._left -= 1
            if self._left == 0:
                self._note.write_text(point)
                os.kill(os.getpid(), self._end)


def run(arguments: list[str], wanted: str, target: int, note: str, offset: float, output: str) -> None:
    """Entry of the process.

    :param wanted: which points count, such as "mastodon: before POST"; "" for all
    :param target: number of the point to die at; 0 to live and write every point that was passed into ``note``
    :param note: file that then says where it was
    :param offset: seconds the clock is ahead
    :param output: file for what the command prints
    """
    os.environ["XDG_STATE_HOME"] = str(Path(output).parent / "home")
    os.environ.pop("CI", None)
    common.now = lambda: datetime.now(UTC) + timedelta(seconds=offset)
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8")  # noqa: SIM115  # lives as long as the process
    faulthandler.register(signal.SIGUSR1, sys.stderr)  # asked of one that hangs
    socket.getaddrinfo = _only_here(socket.getaddrinfo)
    wait_less()
    points = Points(wanted, target, Path(note))
    _arm(points.passed)
    try:
        cli.main(arguments)
    finally:
        if not target:
            Path(note).write_text("\n".join(points.seen))


def wait_less() -> None:
    """While a server processes a picture; its stand-in counts looks, not seconds."""
    application.App.network.__kwdefaults__["sleep"] = lambda seconds: time.sleep(seconds / 100)  # type: ignore[index]


def _only_here(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """There is no DNS in a storm, and nothing leaves this machine."""

    def resolved(host: Any, *more: Any, **named: Any) -> Any:
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *more, **named)

    return resolved


def _arm(passed: Callable[[str], None]) -> None:
    application.App.on_trial = lambda _: False  # type: ignore[method-assign]  # the stand-ins count as real
    _named(AccountWorker, "_work", lambda worker: worker._account)
    _named(AccountWorker, "deliver", lambda worker, _: worker._account)
    _named(Editor, "_account", lambda _editor, name, *_more: name)
    around(vault.Vault, "put", lambda *_: "keeping a login", passed)
    around(Database, "_commit", lambda *_: "a commit", passed)
    around(PostgresDatabase, "_commit", lambda *_: "a commit", passed)
    around(Database, "_alone", lambda *_: "a change that commits itself", passed)
    around(PostgresDatabase, "_alone", lambda *_: "a change that commits itself", passed)
    around(counter_marks.Marks, "write", lambda *_: "the marks", passed)
    _http(passed)
    _mail(passed)
    around(jsonrpc, "_connected", lambda *_: "connecting", passed, before=False)
    around(jsonrpc, "_answer", lambda *_: "the answer's line", passed)


def _named(worker: Any, method: str, account: Callable[..., str]) -> None:
    """A thread of ``worker`` says for which account it works."""
    work = getattr(worker, method)

    def named(self: Any, *given: Any, **more: Any) -> Any:
        _working.account = account(self, *given)
        return work(self, *given, **more)

    setattr(worker, method, named)


def around(
    place: Any, name: str, what: Callable[..., str], passed: Callable[[str], None], *, before: bool = True
) -> None:
    """Make a function of ``place`` pass a point before it and one after it, however it ends."""
    call = getattr(place, name)

    @wraps(call)
    def watched(*given: Any, **named: Any) -> Any:
        point = what(*given)
        if point and before:
            passed(f"before {point}")
        try:
            return call(*given, **named)
        finally:
            if point:
                passed(f"after {point}")

    setattr(place, name, watched)


def _http(passed: Callable[[str], None]) -> None:
    around(session.Session, "request", lambda _, method, *__: method, passed)
    around(connection_guard.Guard, "attach", lambda *_: "connecting", passed, before=False)
    # between the two the request is out, and the server may be committing
    around(connection_guard._Guarded, "getresponse", lambda *_: "the answer's first line", passed)


_VERBS = (b"AUTH", b"MAIL", b"RCPT", b"DATA")


def _mail(passed: Callable[[str], None]) -> None:
    def sent(_: Any, said: str | bytes) -> str:
        line = said if isinstance(said, bytes) else said.encode()
        if line == b".\r\n":
            return "the final dot"
        return line[:4].upper().decode() if line[:4].upper() in _VERBS else ""

    around(smtp._Smtp, "send", sent, passed)
    around(smtp._Smtp, "getreply", lambda *_: "a reply", passed, before=False)
