"""What in a post can be meant as it stands, but probably is not: told as a warning, with its line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.errors import PostRefused
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


def probable_mistakes(record: "Record") -> list[str]:
    """A sentence for each, beginning with file and line."""
    return [*_early_event(record), *_comments(record), *_capitals(record)]


def _early_event(record: "Record") -> Iterator[str]:
    event = record.event()
    if event is not None and event.start.date() < record.date.date():
        early = f"{event.start:%Y-%m-%d}, before the post's date, {record.date:%Y-%m-%d}"
        yield str(record.refuse(f"event: begins on {early}; is the year right?", "event", "start"))


def _comments(record: "Record") -> Iterator[str]:
    front = record.front
    for found in _COMMENT.finditer(front.source):
        key, lost = found[1], found[2].strip()
        if front.data.get(key) is None:
            line = front.offset + front.source.count("\n", 0, found.start()) + 1
            said = f'`{key}` is empty, as a # begins a comment; write {key}: "{lost}"'
            yield str(PostRefused(record.path, said, line))


def _capitals(record: "Record") -> Iterator[str]:
    for key in record.front.data if record.exact_keys else ():
        small = key.lower() if isinstance(key, str) else ""
        if small in _EXACT and small not in record.front.data:
            yield str(record.refuse(f"nothing reads `{key}`; write `{small}`, in small letters", key))
