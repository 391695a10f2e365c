"""Turns what a page and its Markdown file say into the data of a post."""

from collections.abc import Sequence
from typing import Any

import msgspec

from crosspost.sources.descriptions import bare
from crosspost.sources.front_matter import FrontMatter
from crosspost.sources.front_matter_pictures import alternatives, named
from crosspost.sources.hugo.hugo_front_matter import lowered
from crosspost.sources.keys import PICTURE_KEYS, Keys
from crosspost.sources.post_language import language
from crosspost.sources.web.web_page import WebPage
from crosspost.sources.web.web_record import DESCRIPTION, PICTURE


def shown_of(page: WebPage, front: WebPage) -> WebPage:
    """A page without what the home page says as well: the whole site's description or picture is not the post's."""
    changed: dict[str, Any] = {}
    if page.picture and page.picture == front.picture:
        changed |= {"picture": "", "alt": ""}
    if page.description and bare(page.description) in (bare(front.description), bare(page.title), bare(page.site)):
        changed["description"] = ""
    return msgspec.structs.replace(page, **changed) if changed else page


def data_of(page: WebPage, front: FrontMatter | None, keys: Keys) -> dict[str, Any]:
    """The data of a post.

    :param front: the front matter of its Markdown file
    :param keys: which keys hold alternative texts there
    """
    own = lowered(front.data) if front is not None else {}
    tags = (
        own.get("tags") or (own.get("taxonomies") or {}).get("tags")
        if isinstance(own.get("taxonomies", {}), dict)
        else ()
    )
    data: dict[str, Any] = {
        DESCRIPTION: page.description or None,
        "tags": _in_order(page.tags, tags) or tags or own.get("keywords") or [],
        "lang": _language(page.lang, own.get("lang")),
        "author": page.author or None,
        "in-reply-to": own.get("in-reply-to") or own.get("in_reply_to"),
        "event": own.get("event"),
    }
    if page.picture:
        data[PICTURE] = {"url": page.picture, "alt": page.alt or _alt(own, keys)}
    return data


def _in_order(shown: Sequence[str], written: Any) -> list[str]:
    """A page's tags, in the order of its file: themes sort them, and the first ones become hashtags."""
    said = [str(one) for one in written] if isinstance(written, list) else []
    same = sorted(map(str.casefold, said)) == sorted(map(str.casefold, shown))
    return said if same else list(shown)


def _language(shown: str, written: Any) -> str | None:
    """A page's language, as its file has it where that is the same one: a theme makes de-DE of de."""
    if isinstance(written, str) and language(written).partition("-")[0] == language(shown).partition("-")[0]:
        return written
    return shown or (written if isinstance(written, str) else None)


def _alt(own: dict[str, Any], keys: Keys) -> str:
    """The alternative text that the Markdown file has for its picture."""
    pictures = named(own, tuple(dict.fromkeys((*keys.pictures, *PICTURE_KEYS)))).named
    for picture in pictures[:1]:
        for text in alternatives(picture, own, keys.alts):
            if isinstance(text, str) and text.strip():
                return text
    return ""
