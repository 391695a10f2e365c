"""Splits a post's file into front matter and text, with python-frontmatter and additional strictness.

Front matter begins and ends by Jekyll's rules, a byte order mark is accepted, and nothing is guessed: what cannot be
parsed raises :class:`~crosspost.errors.PostRefused` with file and line.
"""

import os
import re
from codecs import BOM_UTF8
from typing import Any

import frontmatter
import msgspec
from frontmatter.default_handlers import YAMLHandler

from crosspost.config.small_file import FLAGS, refuse_others
from crosspost.errors import PostRefused
from crosspost.sources.plain_yaml import load_plain
from crosspost.sources.strict_yaml import YamlError, line_of, load_mapping, refuse_excess
from crosspost.text.lazy_pattern import lazy

MAX_BYTES = 5 * 1024 * 1024  # of the whole file; checked before reading

#: maximum characters and lines of the text, several hundred printed pages, so that rendering never takes hours
MAX_TEXT, MAX_LINES = 500_000, 50_000

# Jekyll's YAML_FRONT_MATTER_REGEXP: `...` closes it, too, and `\s*` may match empty lines
_OPENING = lazy(r"---\s*?\n", re.ASCII)
_CLOSING = lazy(r"^(?:---|\.\.\.)[ \t\f\v]*$\n?", re.MULTILINE)
# Hugo's, Zola's and others' front matter: https://gohugo.io/content-management/front-matter/
_OTHERS = (
    (re.compile(r"\+\+\+\s"), "TOML between +++"),
    (re.compile(r'\{\s*"'), "JSON"),
    (re.compile(r";;;\s"), "JSON between ;;;"),
)
# what word processors and keyboards make of three dashes, or their number miscounted
_DASHES = lazy(r"(?:[-\u2010-\u2015\u2212]{2,6})[ \t]*\n[ \t]*\w[\w-]*[ \t]*:[ \t\n]")
_KEY = lazy(
    r"(?:title|layout|date|tags?|categor(?:y|ies)|author|permalink|draft|description)[ \t]*:[ \t\n]", re.IGNORECASE
)


class FrontMatter(msgspec.Struct, frozen=True):
    """The parts of a file. ``source`` is the front matter as written, ``offset`` the number of lines before it.

    ``there`` is whether the file has front matter.
    """

    data: dict[str, Any]
    body: str
    source: str = ""
    offset: int = 0
    there: bool = True

    def line(self, *keys: str | int) -> int:
        """The line in the file, from 1, where the value of a key begins; 0 when the key is not in the file."""
        line = line_of(self.source, *keys)
        return line + self.offset if line else 0


class JekyllHandler(YAMLHandler):
    """Finds front matter as Jekyll does and parses it strictly."""

    FM_BOUNDARY = _OPENING

    def split(self, text: str) -> tuple[str, str]:
        """Split at Jekyll's boundaries."""
        opening = _OPENING.match(text)
        closing = _CLOSING.search(text, opening.end()) if opening else None
        if opening is None or closing is None:
            raise ValueError("no closing line")
        return text[opening.end() : closing.start()], text[closing.end() :]

    def load(self, fm: str, **kwargs: object) -> dict[str, Any]:
        """Parse the mapping; anything else raises YamlError."""
        del kwargs  # callers cannot choose the loader
        return load_mapping(fm, _WHAT)


_HANDLER = JekyllHandler()
_WHAT = "front matter"


def read_bytes(path: str) -> bytes:
    """Read a whole file, unless it is too large; three times as fast as a file object.

    :raises OSError: when it cannot be read, or is not an ordinary file
    :raises PostRefused: when it is larger than 5 MB
    """
    file = os.open(path, FLAGS)
    try:
        found = os.fstat(file)
        refuse_others(found)
        size = found.st_size
        if size > MAX_BYTES:
            raise PostRefused(path, "the file is larger than 5 MB, too large for a post")
        return os.read(file, size)
    finally:
        os.close(file)


def parse(raw: bytes, path: str) -> FrontMatter:
    """Parse the bytes of a post's file.

    :param path: the file as the user named it, for messages
    :raises PostRefused: when it is not UTF-8, or its front matter is invalid, not closed or not a mapping
    """
    raw = raw.removeprefix(BOM_UTF8)  # the codec that skips it is written in Python
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PostRefused(path, "the file is not UTF-8; save it with that encoding", line) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter({}, bounded(text, path), there=False)
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise PostRefused(path, 'the front matter has no closing "---" line; write one below its last line', 1)
    offset = opening[0].count("\n")
    source = text[opening.end() : closing.start()]
    try:
        refuse_excess(source, _WHAT)
        data = load_plain(source)
        if data is None:
            data, _ = frontmatter.parse(text[: closing.end()], handler=_HANDLER)
    except YamlError as problem:
        raise PostRefused(path, problem.reason, problem.line + offset if problem.line else 0) from None
    body = bounded(text[closing.end() :].strip("\n"), path)
    return FrontMatter(data, body, source, offset)


def instead(text: str) -> str:
    """What a text begins with that was probably meant as front matter; "" when it is just text.

    Jekyll would show it on the page, and it would be posted.
    """
    begins = text.lstrip()
    for opening, kind in _OTHERS:
        if opening.match(begins):
            return f"front matter in {kind}, where Jekyll reads only YAML between two lines of ---"
    if _OPENING.match(begins):
        return "an empty line or spaces, but the --- of the front matter must be the very first line"
    if _DASHES.match(begins):
        return "a line of other dashes than ---, which word processors write; type three plain ones, at its end as well"
    if _KEY.match(begins):
        return "front matter without its two lines of ---"
    return ""


def bounded(text: str, path: str) -> str:
    """Return the text unchanged, after checking its length.

    :raises PostRefused: when it is too long
    """
    if len(text) <= MAX_LINES:  # so it has no more lines either
        return text
    lines = text.count("\n")
    if len(text) > MAX_TEXT or lines > MAX_LINES:
        long = f"{len(text):,} characters and {lines:,} lines"
        raise PostRefused(path, f"the text has {long}; a post may have {MAX_TEXT:,} and {MAX_LINES:,}")
    return text
