"""One post on one account as a card, with counter and warnings: templates for any page that shows posts.

A page's template says ``{% from "post_card.html" import account %}`` and ``{{ account(post, shown) }}``; its style
includes ``post_card.css`` and, with :func:`looks`, ``look.css``. How a network looks is data on its class.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from crosspost.app import preview_words
from crosspost.app.pages.marked_text import marked
from crosspost.app.preview_model import AccountPreview
from crosspost.media import Fitted, small_copy
from crosspost.model import Draft, Look, Post
from crosspost.text.html_templates import environment

if TYPE_CHECKING:
    from jinja2 import Environment

    from crosspost.networks.base import Network

_SIDE = 1200  # pixels: a picture on a page is never larger, however large it is sent
_SHORT = 500  # characters: a longer setting, such as a mail's HTML, is not listed
#: settings of a mail that stand above the letter, or are what the letter shows
_ENVELOPE = ("subject", "sender", "to", "recipients", "lists", "html")


class InlinePicture(NamedTuple):
    """A picture as part of the page itself; ``width`` and ``height`` in pixels."""

    src: str
    width: int
    height: int


@cache
def templates(*packages: str) -> "Environment":
    """As :func:`environment_with_cards`, always the same one."""
    return environment_with_cards(*packages)


def environment_with_cards(*packages: str) -> "Environment":
    """An environment that has the post card and the templates of ``packages``; it may be given other filters.

    Its pages are in English: a filter ``sentence`` and a test ``foreign`` of one's own make them another language.

    :param packages: dotted names of packages with a folder ``templates``
    """
    made = environment(*packages, "crosspost.app.pages")
    made.filters |= {
        "cost": preview_words.cost,
        "count": preview_words.count,
        "difference_lines": preview_words.difference,
        "envelope": _envelope,
        "host": _host,
        "initial": _initial,
        "inline_picture": _inline,
        "link_apart": preview_words.link_apart,
        "marked": marked,
        "own_settings": _own_settings,
        "sentence": str,
        "picture_words": preview_words.picture,
        "sender_name": _sender_name,
        "sha256": _sha256,
        "target": _target,
        "video_words": preview_words.video,
        "before_video": preview_words.before_video,
    }
    made.tests["foreign"] = lambda _text: False
    return made


def looks(shown: Iterable[AccountPreview]) -> dict[str, Look]:
    """Network → its look, for ``look.css``."""
    return {one.network.key: one.network.look for one in shown}


def _envelope(draft: Draft) -> Iterator[tuple[str, str]]:
    """The lines above a letter that have something to say."""
    lists = " and ".join(f"list {number}" for number in draft.options.get("lists") or ())
    to = draft.options.get("to") or draft.options.get("recipients") or lists
    rows = {
        "Subject": draft.options.get("subject", ""),
        "From": draft.options.get("sender", ""),
        "To": ", ".join(map(str, to)) if isinstance(to, list | tuple) else to,
    }
    return ((name, str(value)) for name, value in rows.items() if value)


def _own_settings(shown: AccountPreview) -> list[tuple[str, Any]]:
    """The draft's settings that differ from the network's defaults, without what the card shows anyway."""
    if shown.draft is None:
        return []
    usual = {field.name: field.default for field in msgspec.structs.fields(shown.network.Options)}
    above = _ENVELOPE if "subject" in usual else ()
    return [
        (name, value)
        for name, value in shown.draft.options.items()
        if name not in above and value != usual.get(name) and len(str(value)) < _SHORT
    ]


def _sender_name(post: Post, network: "Network") -> str:
    """Before the first run only the site's name or host is known."""
    name: str = post.site or post.author or _host(post.url).removeprefix("www.") or network.account
    return name


def _initial(name: str) -> str:
    """The letter in an avatar."""
    return next(iter(name.lstrip("@_ ")), "?").upper()


def _inline(fitted: Fitted) -> InlinePicture:
    small = small_copy(fitted, _SIDE)
    return InlinePicture(f"data:{small.mime};base64,{base64.b64encode(small.data).decode()}", small.width, small.height)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _target(url: str) -> str:
    """Where a link leads that may lack its scheme; never anything but the web."""
    return url if url.lower().startswith(("http://", "https://")) else f"https://{url}"


def _sha256(style: str) -> str:
    """The hash with which a page's policy allows its own style."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
