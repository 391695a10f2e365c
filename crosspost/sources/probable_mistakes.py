"""What in a post can be meant as it stands, but probably is not: told as a warning, with its line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.errors import PostRefused
from crosspost.sources.as_written import as_written
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from crosspost.sources.post_record import Record

#: what is read in this spelling only
_EXACT = frozenset(
    (
        "title",
        "date",
        "tags",
        "tag",
        "categories",
        "category",
        "permalink",
        "slug",
        "published",
        "lang",
        "excerpt",
        "event",
    )
)
#: a hashtag where the value should be; behind a comment's # stands a space
_COMMENT = lazy(
    r"^(title|description|subtitle|summary|excerpt|tags?)[ \t]*:[ \t]+(#\w[^\n\"]*)$", re.IGNORECASE | re.MULTILINE
)
#: a # that begins a comment only because it stands behind a space: `title: We are #1`, `- #garden`
_CUT = lazy(
    r"^(title|description|subtitle|summary|excerpt|tags?)[ \t]*:[ \t]+([^\s\"'|>\[{&*!#][^\n]*?)[ \t]+(#[^\s#][^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CUT_ITEM = lazy(r"^[ \t]*-[ \t]+(#\w[^\n\"]*)$", re.MULTILINE)


def probable_mistakes(record: "Record") -> list[str]:
    """A sentence for each, beginning with file and line."""
    return [*_early_event(record), *_comments(record), *_capitals(record), *_mappings(record)]


def _early_event(record: "Record") -> Iterator[str]:
    event = record.event()
    if event is not None and event.start.date() < record.date.date():
        early = f"{event.start:%Y-%m-%d}, before the post's date, {record.date:%Y-%m-%d}"
        yield str(record.refuse(f"event: begins on {early}; is the year right?", "event", "start"))


def _comments(record: "Record") -> Iterator[str]:
    front = record.front

    def told(found: re.Match[str], said: str) -> str:
        return str(PostRefused(record.path, said, front.offset + front.source.count("\n", 0, found.start()) + 1))

    for found in _COMMENT.finditer(front.source):
        key, lost = found[1], found[2].strip()
        if front.data.get(key) is None:
            yield told(found, f'`{key}` is empty, as a # begins a comment; write {key}: "{lost}"')
    for found in _CUT.finditer(front.source):
        key, kept, lost = found[1], found[2], found[3].strip()
        if str(front.data.get(key)) == kept:
            whole = f"{kept} {lost}".replace('"', '\\"')
            yield told(found, f'`{key}` ends before “{lost}”, as a # begins a comment; write {key}: "{whole}"')
    if any(isinstance(front.data.get(key), list) and None in front.data[key] for key in ("tags", "categories")):
        for found in _CUT_ITEM.finditer(front.source):
            lost = found[1].strip()
            yield told(found, f'“{lost}” is not in its list, as a # begins a comment; write - "{lost}"')


def _mappings(record: "Record") -> Iterator[str]:
    data = record.front.data
    if isinstance(data.get("title"), list | dict):
        said = f"title: should be a text, and the post goes out as “{record.title()}”; put it in quotation marks"
        yield str(record.refuse(said, "title"))
    tags = data.get("tags")
    for one in tags if isinstance(tags, list) else ():
        if isinstance(one, dict):
            tag = as_written(one).strip("{}")
            yield str(record.refuse(f"tags: “{tag}” is not a word and is left out; put it in quotation marks", "tags"))


def _capitals(record: "Record") -> Iterator[str]:
    for key in record.front.data if record.exact_keys else ():
        small = key.lower() if isinstance(key, str) else ""
        if small in _EXACT and small not in record.front.data:
            yield str(record.refuse(f"nothing reads `{key}`; write `{small}`, in small letters", key))
