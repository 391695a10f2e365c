"""Looking for a post in a list of posts, of which any field may be missing. Missing data is never absence.

What networks leave out of an answer differs from server to server and from day to day. A post whose time or words are
not told may be the one that is looked for, and a list that goes on may hold it: both are doubt, not proof.
"""

import html
import itertools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from crosspost.errors import OutOfSight, Unknown

#: pages of a list that are looked at; what was sent lately stands on the first
PAGES = 5

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h\d)\b[^<>]*>")
_URL = re.compile(r"https?://\S+")

Time = Callable[[Any], datetime | None]


class Page(NamedTuple):
    """One page of a list; ``more`` says whether it goes on behind."""

    posts: list[Any]
    more: bool = False


def look(
    who: str,
    pages: Iterable[Page],
    *,
    at: Time,
    same: Callable[[Any], bool | None],
    since: datetime,
    order: Time | None = None,
) -> Any | None:
    """The post that is meant, out of those not older than ``since``; None when it certainly is not among them.

    :param who: account and network, for the message
    :param pages: no further one is asked for than needed
    :param at: when a post was made; None when that is not told
    :param same: whether it is the one; None when what is told does not say
    :param order: by what the list is ordered, newest first, where that is not ``at``
    :raises Unknown: when it may be there
    """
    unclear, whole = "", False
    for page in itertools.islice(pages, PAGES):
        for post in page.posts:
            when = at(post)
            said = False if when is not None and when < since else same(post)
            if said and when is not None:
                return post
            if said is not False and not unclear:
                what = "when it was made" if said else "what it says"
                unclear = f"{who} lists a post that may be this one, but does not tell {what}"
        last = (order or at)(page.posts[-1]) if page.posts else None
        whole = not page.more or (last is not None and last < since)
        if whole:
            break
    if unclear:
        raise Unknown(unclear)
    if not whole:
        raise OutOfSight(f"{who} lists more posts than were looked at, and this one may be among the others")
    return None


def rows(answer: Any, name: str) -> list[Any]:
    """The list under ``name`` in an answer.

    :raises ValueError: when there is none: an answer without its list says nothing
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ValueError(f"the answer has no list “{name}”")
    return found


def moment(told: Any) -> datetime | None:
    """A time as networks write it: ISO 8601, without a zone in UTC; None when it is none."""
    try:
        read = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the latter: the first and the last day of the calendar, in another zone
        return None


def text(told: Any) -> str | None:
    """A text as it was told; None when it was not."""
    return told if isinstance(told, str) else None


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, whatever became of their markup and typography."""
    said = re.findall(r"\w+", one.casefold())
    return said == re.findall(r"\w+", other.casefold()) and bool(said or one.split() == other.split())


def without_links(said: str) -> list[str]:
    """The words of a text, less its links, which some networks shorten."""
    return _URL.sub(" ", said).split()


def plain(page: str) -> str:
    """The text of the HTML in which a server shows a post."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", page)))
