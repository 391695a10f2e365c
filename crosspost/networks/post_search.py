"""Searches lists of posts, in which any field may be missing. Missing data is never proof of absence.

What networks leave out of a response differs from server to server and from day to day. A post without a time or text
may be the one we are looking for, and a list with more pages may contain it: the result is then unknown.
"""

import itertools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from crosspost.errors import OutOfSight, Unknown
from crosspost.text.lazy_pattern import lazy

#: pages of a list to read; recent posts are on the first
PAGES = 5

_TAG = lazy(r"<[^<>]*>")
_BREAK = lazy(r"<(?:br|/?p|/?div|/?li|/?h\d)\b[^<>]*>")
_URL = lazy(r"https?://\S+")
#: what goes on after an address without a blank, as in https://a.example/1 and https://a.example/1-b
_LONGER = r"[!#-;=?-~]*[A-Za-z0-9]"

Time = Callable[[Any], datetime | None]


class Page(NamedTuple):
    """One page of a list; ``more`` is whether there are further pages."""

    posts: list[Any]
    more: bool = False


def search(
    who: str,
    pages: Iterable[Page],
    *,
    at: Time,
    same: Callable[[Any], bool | None],
    since: datetime,
    order: Time | None = None,
) -> Any | None:
    """Find a post among those not older than ``since``; None when it is certainly not among them.

    :param who: account and network, for the error message
    :param pages: consumed only as far as needed
    :param at: a post's time; None when it is missing
    :param same: whether a post is the right one; None when it lacks the data to tell
    :param order: the time by which the list is sorted, newest first, if that is not ``at``
    :raises Unknown: when it may be there
    """
    unclear, whole = "", False
    for page in itertools.islice(pages, PAGES):
        for post in page.posts:
            when = at(post)
            match = False if when is not None and when < since else same(post)
            if match and when is not None:
                return post
            if match is not False and not unclear:
                what = "time" if match else "text"
                unclear = f"{who} lists a post that may be this one, but without its {what}"
        last = (order or at)(page.posts[-1]) if page.posts else None
        whole = not page.more or (last is not None and last < since)
        if whole:
            break
    if unclear:
        raise Unknown(unclear)
    if not whole:
        raise OutOfSight(f"{who} lists more posts than were read, and this one may be among the others")
    return None


def rows(answer: Any, name: str) -> list[Any]:
    """The list under ``name`` in a response.

    :raises ValueError: when it is missing, which proves nothing
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ValueError(f"the answer has no list “{name}”")
    return found


def moment(value: Any) -> datetime | None:
    """Parse a network's time: ISO 8601, UTC if it has no time zone; None when it is not a time."""
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # OverflowError: the first or last day of the calendar in another time zone
        return None


def text(value: Any) -> str | None:
    """The value if it is a string; else None."""
    return value if isinstance(value, str) else None


def same_words(first: str, other: str) -> bool:
    """Whether two texts have the same words, ignoring markup and typography."""
    words = re.findall(r"\w+", first.casefold())
    return words == re.findall(r"\w+", other.casefold()) and bool(words or first.split() == other.split())


def says_link(words: str, link: str) -> bool | None:
    """Whether a text has this address; None where it may be another one that begins with it."""
    if not link or link not in words:
        return False
    return True if re.search(rf"{re.escape(link)}(?!{_LONGER})", words) else None


def without_links(text: str) -> list[str]:
    """The words of a text without its links, which some networks shorten."""
    return _URL.sub(" ", text).split()


def plain(page: str) -> str:
    """The text of a post's HTML."""
    import html

    return html.unescape(_TAG.sub("", _BREAK.sub("\n", page)))
