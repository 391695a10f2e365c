"""Connections that are cut around a COMMIT: it never arrives, or nobody hears that it was done."""

import os
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg

from crosspost.ledger.postgresql.reconnecting import Link
from tests.torture.doubts import Event, Events

#: the file in which victims write down what they did
_NOTES = "commit cuts"
NEVER_ARRIVED, NOT_HEARD_OF = "cut before its COMMIT arrived", "cut before its COMMIT was answered"


def arm(number: int, folder: Path) -> None:
    """Cut a connection of this process around one of its commits, the ``number``-th; with 0 around none.

    :param folder: where that is written down
    """
    cuts = _Cuts(number, folder)
    for name in ("commit", "at_once"):
        setattr(Link, name, cuts.around(getattr(Link, name)))


def noted(folder: Path, events: Events) -> Counter[str]:
    """How many there were, of each kind; they become events."""
    file = folder / _NOTES
    found: Counter[str] = Counter()
    for line in file.read_text("ascii").splitlines() if file.exists() else ():
        at, pid, what = line.split(" ", 2)
        events.every.append(Event(float(at), what, int(pid), float(at), ""))
        found[what] += 1
    return found


class _Cuts:
    def __init__(self, left: int, folder: Path) -> None:
        self._left, self._notes, self._lock = left, folder / _NOTES, threading.Lock()

    def around(self, commit: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(commit)
        def watched(link: Link, *given: Any) -> Any:
            with self._lock:
                self._left -= 1
                now = self._left == 0
            if not now:
                return commit(link, *given)
            if random.random() < 0.5:  # no secret
                self._note(NEVER_ARRIVED)
                _cut(link)
                return commit(link, *given)
            commit(link, *given)
            self._note(NOT_HEARD_OF)
            link._connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        return watched

    def _note(self, what: str) -> None:
        with self._notes.open("a", encoding="ascii") as file:
            file.write(f"{time.time()} {os.getpid()} {what}\n")


def _cut(link: Link) -> None:
    with socket.socket(fileno=os.dup(link._connection.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)
