"""A crosspost process that ends itself with SIGKILL at the n-th point where it talks to disk or network."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from crosspost import cli, transport
from crosspost.cli import common
from crosspost.ledger import store


class Points:
    """Counts the points that are passed, in every thread, and kills the process at one of them."""

    def __init__(self, kind: str, target: int, note: Path) -> None:
        self._kind, self._left, self._note = kind, target, note
        self._lock = threading.Lock()

    def passed(self, what: str) -> None:
        if not what.startswith(self._kind):
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._note.write_text(what)
                os.kill(os.getpid(), signal.SIGKILL)


def run(arguments: list[str], kind: str, target: int, note: str, offset: float, output: str) -> None:
    """Entry of the process.

    :param kind: which points count, such as "before POST"; "" for all
    :param target: number of the point to die at; 0 to live
    :param note: file that then says where it was
    :param offset: seconds the clock is ahead
    :param output: file for what the command prints
    """
    common.now = lambda: datetime.now(UTC) + timedelta(seconds=offset)
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8")  # noqa: SIM115  # lives as long as the process
    if target:
        _arm(Points(kind, target, Path(note)).passed)
    cli.main(arguments)


def _arm(passed: Callable[[str], None]) -> None:
    connect = store.connect

    def watched(path: Path) -> Any:
        engine = connect(path)
        event.listen(engine, "commit", lambda _: passed("before a commit"))
        event.listen(engine, "checkin", lambda *_: passed("after a commit"))
        return engine

    store.connect = watched
    request, read, attach = transport.Session.request, transport.Session._read, transport.Guard.attach

    def before_and_after(self: Any, method: str, url: str, **more: Any) -> Any:
        passed(f"before {method}")
        try:
            return request(self, method, url, **more)
        finally:
            passed(f"after {method}")

    def reading(self: Any, response: Any) -> bytes:
        passed("while reading the answer")
        return read(self, response)

    def connected(self: Any, sock: Any) -> None:
        attach(self, sock)
        passed("when connected")

    transport.Session.request = before_and_after  # type: ignore[method-assign]
    transport.Session._read = reading  # type: ignore[method-assign]
    transport.Guard.attach = connected  # type: ignore[method-assign]
