"""Checks whether a post that a network returned, or has under our key, is ours. Pure."""

import html
import re

from crosspost.compose.twitter_text import find_urls
from crosspost.model import Draft
from crosspost.text.lazy_pattern import lazy

_LINK = lazy(r"<a\b[^>]*>", re.IGNORECASE)
_TARGET = lazy(r"href=[\"']([^\"']+)", re.IGNORECASE)
_ADDRESS = lazy(r"https?://[^\s<>\"']+")
#: share of our words that the other text must contain; servers change some, such as mentions
_LINKED, _BARE = 0.8, 0.5


def is_ours(text: str, draft: Draft, *, links: tuple[str, ...] = ()) -> bool:
    """Whether ``text`` is the text of ``draft``: it has the same link, or, without links to compare, most of its words.

    Servers change small parts of a text, so it need not be identical.

    :param links: addresses given in addition to the text
    """
    if text.split() == draft.text.split():
        return True
    theirs = {*links, *(match.rstrip(".,;:!?)") for match in _ADDRESS.findall(text))}
    if draft.link:
        ours = {_address(draft.link), *(_address(url.text) for url in find_urls(draft.text))}
        if theirs:
            return not ours.isdisjoint(_address(link) for link in theirs)
    mine, others = _words(draft.text), _words(text)
    return not mine or len(mine & others) / len(mine) >= (_LINKED if draft.link else _BARE)


def links_in(markup: str) -> tuple[str, ...]:
    """The addresses an HTML status links to, except mentions and hashtags."""
    found = (match for match in _LINK.findall(markup) if not re.search(r"mention|hashtag|rel=.tag", match))
    addresses = (_TARGET.search(tag) for tag in found)
    return tuple(html.unescape(address[1]) for address in addresses if address)


def _address(url: str) -> str:
    return url.partition("://")[2].rstrip("/").casefold() or url.rstrip("/").casefold()


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", _ADDRESS.sub(" ", text).casefold()))
