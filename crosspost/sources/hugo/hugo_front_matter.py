"""Splits a Hugo post into front matter (YAML, TOML or JSON) and text.

Source: https://gohugo.io/content-management/front-matter/ and builds of Hugo 0.168.0.
"""

import json
import re
import tomllib
from typing import Any

import msgspec

from crosspost.errors import PostRefused
from crosspost.sources.front_matter import FrontMatter, bounded
from crosspost.sources.strict_yaml import MAX_BYTES, YamlError, load_mapping, refuse_excess
from crosspost.text.lazy_pattern import lazy

_WHAT = "front matter"
_FENCES = {"---": "YAML", "+++": "TOML"}
_OPENING = lazy(r"(---|\+\+\+)[ \t]*\n")
_CLOSING = {mark: re.compile(rf"^{re.escape(mark)}[ \t]*$\n?", re.MULTILINE) for mark in _FENCES}
_TOML_LINE = lazy(r"\(at line (\d+)")


class OtherFrontMatter(FrontMatter, frozen=True):
    """Front matter that is not YAML: where a key is in the file is found by its name."""

    text: str = ""

    def line(self, *keys: str | int) -> int:
        """The line in the file, from 1, where the last of the keys is; 0 when it is not found."""
        names = [key for key in keys if isinstance(key, str)]
        name = re.escape(names[-1]) if names else "$"
        found = re.search(rf"^[ \t{{,]*[\"']?{name}[\"']?[ \t]*[:=]", self.text, re.MULTILINE)
        return self.text.count("\n", 0, found.end()) + 1 + self.offset if found else 0


def parse(raw: bytes, path: str) -> FrontMatter:
    """Parse the bytes of a post's file.

    :param path: the file as the user named it, for messages
    :raises PostRefused: when it is not UTF-8, or its front matter is invalid, not closed or not a mapping
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PostRefused(path, "the file is not UTF-8; save it with that encoding", line) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    begin = len(text) - len(text.lstrip())  # Hugo skips empty lines before it
    above = text.count("\n", 0, begin)
    if text.startswith("{", begin) and not text.startswith(("{{", "{%"), begin):
        return _json(text, begin, above, path)
    opening = _OPENING.match(text, begin)
    if opening is None:
        return FrontMatter({}, bounded(text, path), there=False)
    mark = opening[1]
    closing = _CLOSING[mark].search(text, opening.end())
    if closing is None:
        raise PostRefused(
            path, f'the front matter has no closing "{mark}" line; write one below its last line', above + 1
        )
    source = text[opening.end() : closing.start()]
    body = bounded(text[closing.end() :].strip("\n"), path)
    if mark == "+++":
        return OtherFrontMatter(_toml(source, path, above + 1), body, "", above + 1, text=source)
    try:
        refuse_excess(source, _WHAT)
        return FrontMatter(load_mapping(source, _WHAT), body, source, above + 1)
    except YamlError as problem:
        raise PostRefused(path, problem.reason, problem.line + above + 1 if problem.line else 0) from None


def _toml(source: str, path: str, above: int) -> dict[str, Any]:
    if len(source) > MAX_BYTES:
        raise PostRefused(path, f"the front matter is longer than {MAX_BYTES // 1024} kB")
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        reason = str(error).partition(" (at ")[0]
        raise PostRefused(
            path, f"the TOML of the front matter: {reason}", int(line[1]) + above if line else 0
        ) from None
    except RecursionError:
        raise PostRefused(path, "the front matter has too many brackets or levels") from None


def _json(text: str, begin: int, above: int, path: str) -> FrontMatter:
    """JSON front matter ends where its object ends."""
    try:
        data, end = json.JSONDecoder(object_pairs_hook=_unique).raw_decode(text[: begin + MAX_BYTES], begin)
    except RecursionError:
        raise PostRefused(path, "the front matter has too many brackets or levels") from None
    except json.JSONDecodeError as error:
        raise PostRefused(path, f"the JSON of the front matter: {error.msg}", error.lineno) from None
    except ValueError as error:  # a number of a million digits, or a key that is there twice
        raise PostRefused(path, f"the JSON of the front matter: {error}") from None
    return OtherFrontMatter(data, bounded(text[end:].strip("\n"), path), "", above, text=text[begin:end])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice; keep one of them")
    return found


def lowered(data: dict[str, Any]) -> dict[str, Any]:
    """The mapping with lower-case keys, as Hugo reads it; what stands under ``params`` counts as written beside it.

    A ``crosspost`` mapping keeps its names, which are those of accounts.
    """
    found = {str(key).lower(): value for key, value in data.items()}
    params = found.get("params")
    if isinstance(params, dict):
        found = {str(key).lower(): value for key, value in params.items()} | found
    return found


def plain_of(front: FrontMatter) -> FrontMatter:
    """The same front matter with the keys of ``params`` beside the others, for what looks keys up."""
    params = front.data.get("params")
    if not isinstance(params, dict):
        return front
    return msgspec.structs.replace(front, data={**params, **front.data})
