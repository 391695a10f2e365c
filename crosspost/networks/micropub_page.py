"""Reads pages of a website that takes posts by Micropub, as a reader does: the home page, and that of a post.

No token is sent, and no address in a private network is asked, but those on the account's own hosts.
"""

import contextlib
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from crosspost.transport.addresses import judged
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.transport.session import Session

_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
#: bytes of a home page that are read; end points are named at its beginning
_LARGEST = 3_000_000


class Page(NamedTuple):
    """What was answered at the end of all redirects; ``url`` is where that is."""

    url: str
    answer: Exchange


def read(address: str, session: "Session", own: Collection[str]) -> Page:
    """Ask for a page; redirects are followed, but never from https back to http.

    :param own: addresses whose hosts may be in a private network
    :raises ValueError: with one clause, when there is no answer
    """
    hosts = [urlsplit(url).hostname or "" for url in own]
    current = address
    for _ in range(_REDIRECTS + 1):
        problem, addresses = judged(current, hosts)
        if problem:
            raise ValueError(problem)
        session.forget()
        with session.pinned(addresses), contextlib.suppress(OSError, ValueError, LookupError):  # for redirects, too
            session.get(current, headers={"Accept": "text/html, */*;q=0.5"})
        answer = session.last
        if answer is None or answer.status is None:
            raise ValueError(answer.failure if answer is not None else f"{current} cannot be asked for its page")
        if answer.status not in _MOVED or not (target := answer.headers.get("location", "").strip()):
            return Page(current, answer)
        before, current = current, urljoin(current, target)
        if before.startswith("https:") and not current.startswith("https:"):
            raise ValueError(f"{before} redirects from https back to http")
    raise ValueError(f"{address} redirects more than {_REDIRECTS} times")


def is_there(address: str, session: "Session", own: Collection[str]) -> bool:
    """Whether the page of a post is there: many websites make it some time after they have taken the post.

    :raises ValueError: with one clause, when the answer tells neither
    """
    answer = read(address, session, own).answer
    if answer.status in (404, 410):
        return False
    if answer.status != 200:
        raise ValueError(f"{address} answers with the status {answer.status}")
    return True


def is_below(address: str, home: str) -> bool:
    """Whether an address is that of a page below a home page, with or without ``www.`` and encryption."""
    first, other = (url.partition("://")[2].removeprefix("www.").rstrip("/") for url in (address, home))
    return bool(other) and f"{first}/".startswith(f"{other}/")


def endpoint(page: Page, relation: str = "micropub") -> str | None:
    """The end point that a home page names, in a ``Link`` header or in its HTML, in this order; None for none.

    Links in the text do not count (``<a rel="micropub">``): a reader may have written them.

    Source: www.w3.org/TR/micropub, 5.3
    """
    from crosspost.markup.web_links import endpoint_in_page, targets_in_header

    headers = page.answer.headers
    found = next(iter(targets_in_header(headers.get("link", ""), page.url, relation)), None)
    kind = headers.get("content-type", "").strip().lower()
    if found is None and kind.startswith(("text/html", "application/xhtml+xml")):
        from selectolax.lexbor import LexborHTMLParser

        # the names of relations and addresses are ASCII, whatever the rest is written in
        tree = LexborHTMLParser(page.answer.body[:_LARGEST].decode("utf-8", "replace"))
        found = endpoint_in_page(tree, page.url, relation, among="link[rel][href]")
    return found
