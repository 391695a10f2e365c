"""Whether a post that a network answers with, or has under our key, is the one we meant. Pure."""

import html
import re

from crosspost.compose.twitter_text import find_urls
from crosspost.model import Draft

_LINK = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
#: of our words that another text must share; servers change some, such as mentions
_LINKED, _BARE = 0.8, 0.5


def is_ours(text: str, draft: Draft, *, links: tuple[str, ...] = ()) -> bool:
    """Whether ``text`` says what ``draft`` says: the same link, or where there is none to compare most of its words.

    Servers change a text here and there, so it need not be the same.

    :param links: addresses that stand beside the text
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
    """The addresses a status in HTML links to, less those of people and hashtags."""
    found = (match for match in _LINK.findall(markup) if not re.search(r"mention|hashtag|rel=.tag", match))
    addresses = (re.search(r"href=[\"']([^\"']+)", tag) for tag in found)
    return tuple(html.unescape(address[1]) for address in addresses if address)


def _address(url: str) -> str:
    return url.partition("://")[2].rstrip("/").casefold() or url.rstrip("/").casefold()


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", _ADDRESS.sub(" ", text).casefold()))
