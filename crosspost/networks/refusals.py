"""Why a network refused, in its own words: the most specific ones it gives. Pure.

Sources: docs.x.com (problem details, RFC 9457), docs.joinmastodon.org/entities/Error, Graph API error handling,
learn.microsoft.com/linkedin (errorDetails), atproto.com/specs/xrpc, core.telegram.org/bots/api, signal-cli-jsonrpc(5),
listmonk.app/docs/apis; Laravel's validation errors (Pixelfed), checked 2026-11-25.
"""

import html
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from crosspost.transport.exchange import Exchange

#: where the particular reasons stand, and the words beside them, both the most specific first
_INSIDE = ("errors", "error", "details", "errorDetails", "inputErrors", "json")
_SAID = (
    "error_user_msg",
    "detail",
    "error_description",
    "description",
    "message",
    "error_message",
    "error",
    "title",
    "error_user_title",
    "reason",
)
#: as many reasons as these are told, and as deep is looked for them
_REASONS, _DEPTH = 3, 6
#: a reason of fewer words is a name, to which the general sentence is said too
_SENTENCE = 3
#: characters of an answer that is text
_TEXT = 200


def words(exchange: Exchange) -> str:
    """What an answer says of itself: words out of JSON, the title of a page, or the text; never markup or bytes."""
    phrase = next((one.phrase for one in HTTPStatus if one == exchange.status), "no words")
    if said := specific(exchange.json()):
        return _printable(said) or phrase
    try:
        told = exchange.body.decode("utf-8")
    except UnicodeDecodeError:
        return phrase
    told = told.strip()
    if exchange.json() is not None or not told or "\0" in told:
        return phrase
    if told.startswith("<") or "html" in exchange.headers.get("content-type", ""):
        title = re.search(r"(?is)<title[^>]*>([^<]{1,200})", told[:20_000])
        return f"a web page, “{_printable(html.unescape(title[1]))}”" if title else f"a web page, {phrase}"
    return _printable(told[:_TEXT]) or phrase


def refused(body: Any) -> bool:
    """Whether an answer names an error, whatever its status says."""
    return isinstance(body, dict) and bool(body.get("errors") or body.get("error")) and bool(specific(body))


def specific(body: Any) -> str:
    """The most specific words in an error body; "" when there are none."""
    found = list(dict.fromkeys(_reasons(body, 0)))[:_REASONS]
    said = "; ".join(found)
    outer = _own(body) if isinstance(body, dict) else ""
    if found and len(said.split()) < _SENTENCE and outer and outer.casefold() != said.casefold():
        return f"{outer}: {said}"
    return said


def _reasons(told: Any, depth: int) -> Iterator[str]:
    """What is said inside; where nothing is, what is said here."""
    if isinstance(told, str):
        if text := " ".join(told.split()):
            yield text
        return
    if depth > _DEPTH or not isinstance(told, dict | list):
        return
    if isinstance(told, list):
        for one in told:
            yield from _reasons(one, depth + 1)
        return
    if own := told.get("error_user_msg"):  # Meta's words for people
        yield from _reasons(own, depth + 1)
        return
    inside = [reason for name in _INSIDE for reason in _nested(name, told.get(name), depth)]
    if inside:
        yield from inside
    elif own := _own(told):
        yield own


def _nested(name: str, told: Any, depth: int) -> Iterator[str]:
    """The reasons in a container; its fields may be named after what they are about (``{"media_ids": ["…"]}``)."""
    if isinstance(told, list):
        yield from _reasons(told, depth + 1)
    elif isinstance(told, dict):
        known = any(key in told for key in (*_INSIDE, *_SAID))
        if known:
            yield from _reasons(told, depth + 1)
        elif name in ("errors", "details", "json"):
            for about in told.values():
                if isinstance(about, list | dict):
                    yield from _reasons(about, depth + 1)


def _printable(told: str) -> str:
    """In one line, without what a terminal would obey."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in told).split())


def _own(told: dict[str, Any]) -> str:
    return next((" ".join(told[name].split()) for name in _SAID if isinstance(told.get(name), str) and told[name]), "")
