"""Which hubs a feed names, and by which name they know it (WebSub, w3.org/TR/websub, section 4, checked 2026-11-27)."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urljoin

from crosspost.markup.web_links import targets_in_header
from crosspost.sources.feed.http_cache import Answer

#: hubs of one feed, characters of an address
_MOST, _LONGEST = 10, 2000


class Hubs(NamedTuple):
    """``topic`` is the address by which the hubs know the feed, which may be another one than it was read from."""

    hubs: tuple[str, ...] = ()
    topic: str = ""


def hubs_of(answer: Answer, hubs: Iterable[Any], own: Any) -> Hubs:
    """What the headers say, else what the feed says.

    :param hubs: addresses that the feed itself names
    :param own: the address that it gives itself
    """
    header = answer.headers.get("link", "")
    named = targets_in_header(header, answer.url, "hub") or [_joined(answer.url, hub) for hub in hubs]
    topic = next(iter(targets_in_header(header, answer.url, "self")), "") or _joined(answer.url, own)
    return Hubs(tuple(dict.fromkeys(filter(None, named)))[:_MOST], topic or answer.url)


def hubs_of_links(answer: Answer, links: Any) -> Hubs:
    """The same of RSS or Atom, as feedparser gives the links of a feed."""
    found = [one for one in links or [] if isinstance(one, dict)]
    own = next((one.get("href") for one in found if one.get("rel") == "self"), "")
    return hubs_of(answer, [one.get("href") for one in found if one.get("rel") == "hub"], own)


def hubs_of_json(answer: Answer, data: dict[str, Any]) -> Hubs:
    """The same of a JSON Feed (jsonfeed.org/version/1.1, ``hubs`` and ``feed_url``)."""
    named = data.get("hubs")
    found = [one for one in named if isinstance(one, dict)] if isinstance(named, list) else []
    wanted = [one.get("url") for one in found if str(one.get("type")).lower() == "websub"]
    return hubs_of(answer, wanted, data.get("feed_url"))


def _joined(base: str, written: Any) -> str:
    """An absolute address, otherwise unchanged: a hub knows the feed by exactly these letters."""
    if not isinstance(written, str) or not written.strip():
        return ""
    try:
        found = urljoin(base, written.strip())
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) and len(found) <= _LONGEST else ""
