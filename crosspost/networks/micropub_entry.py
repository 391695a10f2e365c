"""A post as Micropub has it, microformats as JSON: what is sent, and what a site lists of its posts. Pure.

Of what is listed any field may be missing. Sources: www.w3.org/TR/micropub (3.3.2, new posts; 3.7.2, source content),
indieweb.org/Micropub-extensions (query for post list).
"""

import contextlib
import itertools
from datetime import datetime
from typing import Any

from crosspost.compose.formats.article import html, parts
from crosspost.model import Draft, Prepared
from crosspost.networks.post_search import Page, moment, plain, rows, same_words
from crosspost.text.printable import printable

#: the command that names alternative texts beside the pictures
ALT = "mp-photo-alt"
#: characters of an address
ADDRESS = 2000
#: posts that are asked for
PAGE = 100
#: a server that does not say whether there are more may have cut its list at so many; shorter ones are whole
_CUT = 10
#: choices that are read
_CHOICES = 100
_FORMS = ("text", "value", "markdown", "html")


def entry(draft: Draft, content: str) -> dict[str, list[Any]]:
    """Words and tags of a new post; a note has no name.

    :param content: the setting of this name
    """
    tags = list(draft.options.get("tags") or ())
    if content == "note":
        return {"content": [draft.text], "category": tags}
    title, markdown = parts(draft)
    return {"name": [title], "content": [{"html": html(markdown, _link(draft))}], "category": tags}


def photos(prepared: Prepared, alt_in: str) -> dict[str, list[Any]]:
    """The uploaded pictures, with their alternative texts.

    :param alt_in: the setting of this name
    """
    kept = [(str(prepared.remote[f"media_{n}"]), one.alt) for n, one in enumerate(prepared.draft.images)]
    if alt_in == ALT:
        told = [alt for _, alt in kept]
        return {"photo": [address for address, _ in kept], ALT: told if any(told) else []}
    return {"photo": [{"value": address, "alt": alt} if alt else address for address, alt in kept]}


def config(told: Any) -> dict[str, Any]:
    """What a site answers to ``q=config``. PHP writes an empty object as ``[]``.

    :raises ValueError: when it is neither
    """
    if told == []:
        return {}
    if not isinstance(told, dict):
        raise ValueError("the answer is not an object")
    return told


def offered(told: dict[str, Any], name: str) -> list[str]:
    """The ``uid`` of each choice that a site offers under a name such as ``syndicate-to``, fit to be shown."""
    choices = told.get(name)
    named = [one.get("uid") for one in choices if isinstance(one, dict)] if isinstance(choices, list) else []
    return [printable(uid[:ADDRESS]) for uid in named if isinstance(uid, str) and uid][:_CHOICES]


def page(told: dict[str, Any]) -> tuple[Page, bool]:
    """The posts of an answer, and whether they are sorted, newest first.

    In another order the last of them says nothing of posts that were left out, and a short list may be the beginning
    of a long one. An empty list is no proof: Indiekit answers with one when it has no database.
    """
    found = rows(told, "items")
    paging = told.get("paging")
    times = [published(item) for item in found]
    newest_first = all(first and then and first >= then for first, then in itertools.pairwise(times))
    cut = len(found) >= _CUT or (isinstance(paging, dict) and bool(paging.get("after")))
    return Page(found, not found or not newest_first or cut), newest_first


def published(item: Any) -> datetime | None:
    """When a listed post was published; None also without a time zone: it would seem hours older or newer."""
    with contextlib.suppress(TypeError, ValueError):
        told = datetime.fromisoformat(_first(item, "published"))
        return moment(told) if told.tzinfo else None
    return None


def address(item: Any) -> str:
    """A listed post's address; "" when it is missing."""
    told = _first(item, "url")
    return told if isinstance(told, str) and len(told) <= ADDRESS else ""


def words(item: Any) -> str:
    """A listed post's title and words, for people."""
    name, texts = _first(item, "name"), _texts(item)
    said = [name if isinstance(name, str) else "", plain(texts[0]) if texts else ""]
    return "\n\n".join(filter(None, said))


def same(item: Any, draft: Draft) -> bool | None:
    """Whether a listed post is this draft; None when it may be, because the site changed its words or left them out."""
    texts = _texts(item)
    if not texts:
        return None
    link = _link(draft)
    title, markdown = parts(draft)
    name = _first(item, "name")
    if draft.options.get("content", "note") == "note":
        ours, named = draft.text, False
    else:
        ours, named = plain(html(markdown, link)), isinstance(name, str) and same_words(name, title)
    if any(same_words(text, ours) or same_words(plain(text), ours) for text in texts):
        return True
    return None if named or (link and any(link in text for text in texts)) else False


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _link(draft: Draft) -> str:
    """The address of the own page, where the text has it."""
    return draft.link if draft.link and draft.link in draft.text else ""


def _first(item: Any, name: str) -> Any:
    """The first value of a property; None when there is none."""
    properties = item.get("properties") if isinstance(item, dict) else None
    values = properties.get(name) if isinstance(properties, dict) else None
    return values[0] if isinstance(values, list) and values else None


def _texts(item: Any) -> list[str]:
    """The content in each form in which it is told."""
    told = _first(item, "content")
    found = [told.get(form) for form in _FORMS] if isinstance(told, dict) else [told]
    return [text for text in found if isinstance(text, str) and text.strip()]
