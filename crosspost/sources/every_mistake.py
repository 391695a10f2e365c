"""One refusal for everything that is wrong with a post."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from crosspost.errors import PostRefused
from crosspost.sources.mapping import together

if TYPE_CHECKING:
    from crosspost.sources.post_record import Record


def every_mistake(record: "Record", first: PostRefused) -> PostRefused:
    """The refusal of a post, of which reading it met the first reason: the other parts are read for theirs."""
    parts: tuple[Callable[[], object], ...] = (
        lambda: record.data.get("date") and record.date,  # a page of a built site may have none
        record.tags,
        record.relative_url,
        record.answers,
        record.event,
        record.overrides,
    )
    found = [first]
    for part in parts:
        try:
            part()
        except PostRefused as error:
            found.append(error)
        except Exception:  # noqa: S112  # the first is told already, and this one once that is mended
            continue
    return together(found)
