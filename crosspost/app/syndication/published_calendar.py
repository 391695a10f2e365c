"""The events that posts announced, as a calendar of the site (iCalendar, RFC 5545): a post that was said is in it."""

import contextlib
import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crosspost.app.write_back.published_links import pages
from crosspost.errors import CrosspostError
from crosspost.text import ical

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Post

#: names crosspost as the maker, by which a file of ours is known again
_PRODUCT = "-//crosspost//what was said elsewhere//EN"


def events(app: "App", ledger: "Ledger", accounts: Collection[str], limit: int) -> "list[tuple[Post, datetime]]":
    """The posts with an event that were said, by their beginning, and when each was said last.

    :param accounts: only on these
    :param limit: of the newest so many posts
    :raises SourceError: when the site cannot be read
    """
    said = [
        (max(times), page.post)
        for page in pages(app, ledger)
        if (times := [link.when for link in page.links if link.account in accounts])
    ]
    newest = {post: datetime.fromisoformat(when) for when, post in sorted(said, reverse=True)[:limit]}
    source = app.source()
    source.check = source.check._replace(events=True)
    found = []
    for entry in source.scan():
        if entry.id in newest:
            with contextlib.suppress(CrosspostError):  # whoever runs is told what is wrong with it
                found.append((source.load(entry), newest[entry.id]))
    return sorted(
        ((post, when) for post, when in found if post.event is not None), key=lambda one: (_start(one[0]), one[0].id)
    )


def calendar(found: "list[tuple[Post, datetime]]") -> str:
    """The file; the same events make the same file."""
    return ical.calendar(_PRODUCT, (line for post, when in found for line in _event(post, when)))


def _start(post: "Post") -> datetime:
    assert post.event is not None  # noqa: S101  # for the type checker
    return post.event.start


def _event(post: "Post", when: datetime) -> Iterator[str]:
    event = post.event
    assert event is not None  # noqa: S101  # for the type checker
    name = hashlib.sha256(post.id.encode("utf-8", "replace")).hexdigest()[:32]
    yield from ("BEGIN:VEVENT", f"UID:{name}@crosspost", f"DTSTAMP:{ical.utc(when)}")
    if event.all_day:  # its end is the day after the last (§3.6.1)
        yield f"DTSTART;VALUE=DATE:{ical.day(event.start)}"
        yield f"DTEND;VALUE=DATE:{ical.day((event.end or event.start) + timedelta(days=1))}"
    else:
        yield f"DTSTART:{ical.utc(event.start)}"
    if event.end is not None and not event.all_day:
        yield f"DTEND:{ical.utc(event.end)}"
    yield f"SUMMARY:{ical.text(post.title)}"
    if post.description:
        yield f"DESCRIPTION:{ical.text(post.description)}"
    if event.place.line:
        yield f"LOCATION:{ical.text(event.place.line)}"
    yield from ical.url(post.url)
    yield from (f"STATUS:{event.status.upper()}", "END:VEVENT")
