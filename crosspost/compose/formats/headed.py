"""For networks whose posts have a title, a text and a link in places of their own. Pure."""

import re
from typing import NamedTuple

import msgspec

from crosspost.compose.clean import one_line
from crosspost.compose.fit import shorten
from crosspost.model import Draft, Post


class Parts(NamedTuple):
    """What goes where; "" for nothing."""

    title: str
    body: str
    link: str


def headed(draft: Draft, post: Post, most: int) -> Draft:
    """The draft with its title as the first paragraph, no longer than the network's titles, and its link as the last.

    A link that the author's own words have already is not said once more.

    :param most: code points of a title
    """
    found = parts(draft)
    title = found.title or one_line(post.title)
    short = shorten(title, lambda text: len(text) <= most, most)
    lost = (*draft.lost, *(() if short == title else (f"title shortened by {len(title) - len(short)} characters",)))
    # above hashtags it is a paragraph of its own
    body = "\n\n".join(part for part in found.body.split("\n\n") if part != found.link)
    text = "\n\n".join(filter(None, (short, body, "" if names(body, found.link) else found.link)))
    return msgspec.structs.replace(draft, text=text, title=short, length=len(text), lost=lost)


def parts(draft: Draft) -> Parts:
    """The title of such a draft, its text, and its link."""
    title = draft.title if draft.title and draft.text.startswith(draft.title) else _first(draft.text)
    link = draft.link if draft.link and draft.link in draft.text else ""
    return Parts(title, draft.text.removeprefix(title).strip().removesuffix(link).strip(), link)


def names(text: str, link: str) -> bool:
    """Whether a text has this very address, not only a longer one that begins with it.

    >>> names("See https://a.example/b, then go.", "https://a.example/b"), names("https://a.example/b.html", "https://a.example/b")
    (True, False)
    """
    return bool(link) and re.search(rf"{re.escape(link)}(?!\.?[\w/?#&=%-])", text) is not None


def _first(text: str) -> str:
    return text.split("\n", 1)[0].strip()
