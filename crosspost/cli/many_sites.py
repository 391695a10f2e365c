"""What is said of so many sites that nobody reads a screenful of each."""

import sys
from collections.abc import Iterator, Mapping, Sequence
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


def without_name(name: str, text: str) -> str:
    """A sentence with NAME where it names the folder, the table or the schema of a site: the same then for others.

    >>> without_name("club", "state/sites/club/ledger.sqlite3 is empty: see [sites.club]")
    'state/sites/NAME/ledger.sqlite3 is empty: see [sites.NAME]'
    >>> without_name("club", "postgresql:///posts?options=-csearch_path%3D%22club%22: it cannot be reached")
    'postgresql:///posts?options=-csearch_path%3D%22NAME%22: it cannot be reached'
    """
    where = {f"/{name}/": "/NAME/", f"[sites.{name}]": "[sites.NAME]", f"%22{name}%22": "%22NAME%22"}
    for own, same in where.items():
        text = text.replace(own, same)
    return text


def by_what_is_said(said: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """Each sentence once, with the sites of which it is said, in the order in which they came.

    :param said: name of a site → its sentences

    >>> by_what_is_said({"a": ["No sites/a/x."], "b": ["No sites/b/x.", "Nothing in sites/b/."]})
    [('No sites/NAME/x.', ['a', 'b']), ('Nothing in sites/b/.', ['b'])]
    """
    found: dict[str, dict[str, str]] = {}
    for name, sentences in said.items():
        for sentence in sentences:
            found.setdefault(without_name(name, sentence), {})[name] = sentence
    return [(text if len(own) > 1 else next(iter(own.values())), list(own)) for text, own in found.items()]
