"""Finds the Markdown file that a built page was made from, for its tags, its ``crosspost:`` block and its alts.

Generators have no common way to say it, so it is found by title and day, else by the name in the address. Where two
files fit, neither is taken: nothing is guessed.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from crosspost.errors import PostRefused
from crosspost.sources.descriptions import bare
from crosspost.sources.front_matter import FrontMatter, read_bytes
from crosspost.sources.hugo.hugo_front_matter import lowered, parse
from crosspost.text.lazy_pattern import lazy

_ENDINGS = (".md", ".markdown", ".mdx", ".qmd", ".njk", ".rst", ".mdown")
#: never the source of a page: what was built, what was installed
_NOT_IN = (
    "node_modules",
    "_site",
    "public",
    "dist",
    "output",
    "site-packages",
    "vendor",
    "themes",
    "venv",
    "__pycache__",
)
_MOST = 50_000
#: Pelican's and MultiMarkdown's header lines, without any fence
_HEADER = lazy(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)")
_NIKOLA = lazy(r"\.\. ([A-Za-z][\w-]{0,40}):[ \t]*(.*)")
_DAY = lazy(r"\d{4}-\d{2}-\d{2}")


class MarkdownFile(NamedTuple):
    """A Markdown file and its front matter. ``problem`` is why that cannot be used ("" when it can)."""

    path: str
    front: FrontMatter
    problem: str = ""


class Pairs:
    """The Markdown files below a folder, read once.

    :param root: the folder of the project
    :param built: the folder that was built, where no sources are
    """

    def __init__(self, root: Path, built: Path) -> None:
        self._root, self._built = root.resolve(), built.resolve()
        self._by_title: dict[str, list[MarkdownFile]] | None = None
        self._by_name: dict[str, list[MarkdownFile]] = {}

    def of(self, title: str, day: datetime | None, url: str) -> MarkdownFile | None:
        """The file of a page; None when there is none, or it is not clear which."""
        by_title = self._read()
        same = by_title.get(bare(title), []) if title else []
        if len(same) > 1 and day is not None:
            same = [one for one in same if _day(one) == day.date()]
        if len(same) == 1:
            return same[0]
        name = Path(unquote(urlsplit(url).path).rstrip("/")).stem.lower()
        named = self._by_name.get(name, []) if not same else []
        return named[0] if len(named) == 1 and _agrees(named[0], title) else None

    def _read(self) -> dict[str, list[MarkdownFile]]:
        if self._by_title is None:
            titles: dict[str, list[MarkdownFile]] = defaultdict(list)
            names: dict[str, list[MarkdownFile]] = defaultdict(list)
            for path in self._walk():
                found = _read_file(path)
                titles[bare(str(lowered(found.front.data).get("title", "")))].append(found)
                file = Path(path)
                stem = file.parent.name if file.stem in ("index", "_index") else file.stem
                names[re.sub(r"^\d{4}-\d{2}-\d{2}-", "", stem).lower()].append(found)
            self._by_title, self._by_name = dict(titles), dict(names)
        return self._by_title

    def _walk(self) -> Iterator[str]:
        number = 0
        for above, below, names in os.walk(self._root):
            here = Path(above)
            below[:] = sorted(
                one for one in below
                if not one.startswith(".") and one not in _NOT_IN and here / one != self._built
            )  # fmt: skip
            for name in sorted(names):
                if name.lower().endswith(_ENDINGS):
                    number += 1
                    if number > _MOST:
                        return
                    yield str(here / name)


def _read_file(path: str) -> MarkdownFile:
    try:
        raw = read_bytes(path)
        front = parse(raw, path)
        if not front.there:
            front = FrontMatter(_headers(raw.decode("utf-8", "replace")), front.body)
        return MarkdownFile(path, front)
    except PostRefused as error:
        return MarkdownFile(path, FrontMatter({}, ""), str(error))
    except OSError as error:
        return MarkdownFile(path, FrontMatter({}, ""), f"{path}: cannot be read: {error.strerror}")


def _headers(text: str) -> dict[str, Any]:
    """The header lines at the beginning of a file without front matter."""
    found: dict[str, Any] = {}
    for line in text.removeprefix("\ufeff").split("\n")[:60]:
        match = _NIKOLA.fullmatch(line) or (_HEADER.fullmatch(line) if not line.startswith(("<!--", "..")) else None)
        if match is None:
            if line.strip() in ("<!--", ""):
                if found and not line.strip():
                    break
                continue
            break
        found[match[1].strip().lower()] = match[2].strip()
    if isinstance(found.get("tags"), str):
        found["tags"] = [one.strip() for one in re.split(r"[;,]", found["tags"]) if one.strip()]
    return found


def _day(source: MarkdownFile) -> date | None:
    data = lowered(source.front.data)
    value = next((data[key] for key in ("date", "pubdate", "publishdate", "created") if data.get(key)), None)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.match(str(value)) or _DAY.match(Path(source.path).name)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _agrees(source: MarkdownFile, title: str) -> bool:
    """Whether a file may belong to a page with this title: it has the same title, or none."""
    written = str(lowered(source.front.data).get("title") or "")
    return not written or not title or bare(written) == bare(title)
