"""What a run prints while it works: a line per delivery as soon as it and those before it are settled.

The order is always the same: post by post, the accounts as in the config. On a terminal the accounts of the post at
hand that are still at work are shown below, and wiped out when their own lines come.
"""

import shutil
import sys
import threading
from bisect import insort
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from crosspost.app.progress import Progress
from crosspost.cli.layout import columns, cut, padded
from crosspost.cli.terminal import steer

if TYPE_CHECKING:
    from crosspost.cli.reports import Line, View
    from crosspost.ledger import Delivery

#: what is said to whoever tells it to end
ENDING = "It first ends what it has begun. Another Ctrl-C or SIGTERM ends it at once."
#: post and account, and the part of a thread
Key = tuple[str, str, int]


class ProgressPrinter(Progress):
    """Prints what happens, from whichever thread it comes.

    :param line: makes the line for a delivery
    """

    def __init__(self, view: "View", line: "Callable[[Delivery], Line] | None" = None) -> None:
        self._view, self._line = view, line or view.line
        self._posts: dict[str, int] = {}
        self._coming: list[Key] = []  # in their order
        self._known: set[Key] = set()  # the same
        self._begun: set[Key] = set()
        self._settled: dict[Key, Line] = {}
        self._done: set[str] = set()
        self._told: dict[Key, Line] = {}
        self._head = ""
        self._reasons: dict[str, str] = {}
        self._shown = 0
        self._writing = threading.Lock()

    def expect(self, due: "Sequence[Delivery]") -> None:
        with self._writing:
            for row in due:
                self._add(_key(row))

    def begin(self, delivery: "Delivery") -> None:
        with self._writing:
            self._add(_key(delivery))
            self._begun.add(_key(delivery))
            self._tell()

    def report(self, delivery: "Delivery") -> None:
        key, line = _key(delivery), self._line(delivery)
        with self._writing:
            if self._told.get(key) != line:
                self._add(key)
                self._settled[key] = line
                self._tell()

    def done(self, account: str) -> None:
        with self._writing:
            self._done.add(account)
            self._tell()

    def stopping(self) -> None:
        """Say why it does not end at once."""
        with self._writing:
            self._wipe()
            click.echo(ENDING, err=True)
            self._tell()

    def end(self) -> None:
        """Say what is left."""
        with self._writing:
            self._coming = [key for key in self._coming if key in self._settled]
            self._known = set(self._coming)
            self._tell()

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, key: Key) -> None:
        if key not in self._known:
            self._posts.setdefault(key[0], len(self._posts))
            self._known.add(key)
            insort(self._coming, key, key=self._place)

    def _place(self, key: Key) -> tuple[int, tuple[int, str], int]:
        return self._posts[key[0]], self._view.rank(key[1]), key[2]

    def _tell(self) -> None:
        self._wipe()
        while self._coming:
            key = self._coming[0]
            if key in self._settled:
                self._write(key, self._settled.pop(key))
            elif key[1] not in self._done:
                break
            del self._coming[0]
            self._known.discard(key)
        if sys.stdout is not None and sys.stdout.isatty():
            self._show()

    def _write(self, key: Key, line: "Line") -> None:
        if self._head != key[0]:
            if self._head:
                click.echo()
            self._head, self._reasons = key[0], {}
            for text in self._view.head(key[0]):
                click.echo(text)
        before = self._reasons.get(line.reason)
        said = f"as {before}" if before and len(line.said) > len(before) + 3 else None
        if line.reason:
            self._reasons.setdefault(line.reason, self._view.label(line.account))
        for text in self._view.text(line, said=said):
            click.echo(text)
        self._told[key] = line

    def _show(self) -> None:
        """The accounts of the current post, each cut to one line, as many as the screen can hold."""
        screen = shutil.get_terminal_size()
        coming = [key for key in self._coming if key[0] == self._coming[0][0]]
        lines = [] if not coming or coming[0][0] == self._head else self._view.head(coming[0][0])
        for key in coming:
            line = self._settled.get(key)
            word = line.word if line is not None else "sending …" if key in self._begun else "…"
            lines.append(f"  {padded(word, 13)}  {self._view.label(key[1])}")
        for text in lines[: max(screen.lines - 2, 0)]:
            click.secho(cut(text, columns() - 1), dim=True)
            self._shown += 1

    def _wipe(self) -> None:
        if self._shown:
            steer(f"\x1b[{self._shown}A\r\x1b[J")
            self._shown = 0


def _key(row: "Delivery") -> Key:
    return row.post, row.account, row.part
