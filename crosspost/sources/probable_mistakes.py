"""What in a post can be meant as it stands, but probably is not: told as a warning, with its line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.sources.post_record import Record


def probable_mistakes(record: "Record") -> list[str]:
    """A sentence for each, beginning with file and line."""
    return [*_early_event(record)]


def _early_event(record: "Record") -> Iterator[str]:
    event = record.event()
    if event is not None and event.start.date() < record.date.date():
        early = f"{event.start:%Y-%m-%d}, before the post's date, {record.date:%Y-%m-%d}"
        yield str(record.refuse(f"event: begins on {early}; is the year right?", "event", "start"))
