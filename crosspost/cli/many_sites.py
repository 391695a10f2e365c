"""What is said of so many sites that nobody reads a screenful of each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from crosspost.text.numbers import listed


class Parts:
    """Standard output while sites are gone through: each has a heading, and who says one line only is kept for the end.

    So of a thousand sites those are seen that have something to say; the others are named below what they share.

    :param stream: where it is written
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._name = self._held = ""
        self._open = True
        self._first = True
        self._alike: dict[str, list[str]] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """What is written meanwhile is this site's part."""
        self._name, self._held, self._open = name, "", False
        try:
            yield
        finally:
            if not self._open and self._held.strip():
                self._alike.setdefault(self._held, []).append(name)
            self._open = True

    def write(self, text: str) -> int:
        """Write, or keep a first line until there is another one."""
        if self._open:
            return int(self._stream.write(text))
        self._held += text
        if "\n" in self._held.rstrip("\n") or "\r" in self._held:
            self._open = True
            self._below(self._name, self._held)
        return len(text)

    def end(self) -> None:
        """Write what was kept: each sentence once, below the sites that say it."""
        for text, names in self._alike.items():
            self._below(listed(names), text)
        self._alike.clear()

    def _below(self, head: str, text: str) -> None:
        click.secho(f"{'' if self._first else chr(10)}━━ {head}", bold=True)
        self._first = False
        self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def parts() -> Iterator[Parts]:
    """Inside, standard output is in parts; at its end what was kept is written."""
    before = sys.stdout
    made = Parts(before)
    sys.stdout = made
    try:
        yield made
        made.end()
    finally:
        sys.stdout = before
