"""Extracts the most specific message from a network's error response. Pure.

Sources: docs.x.com (problem details, RFC 9457), docs.joinmastodon.org/entities/Error, Graph API error handling,
learn.microsoft.com/linkedin (errorDetails), atproto.com/specs/xrpc, core.telegram.org/bots/api, signal-cli-jsonrpc(5),
listmonk.app/docs/apis; Laravel's validation errors (Pixelfed), checked 2026-11-25; what a Ghost 6.65 says.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from crosspost.transport.exchange import Exchange

#: fields with nested reasons, and fields with messages, both most specific first
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
#: maximum number of reasons, and maximum nesting depth to search
_REASONS, _DEPTH = 3, 6
#: reasons with fewer words are names, so the message beside them is added
_SENTENCE = 3
#: characters of a plain text response
_TEXT = 200


def words(exchange: Exchange) -> str:
    """The message in a response: from its JSON, the title of a page, or its text; never markup or bytes."""
    phrase = next((status.phrase for status in HTTPStatus if status == exchange.status), "no words")
    if message := specific(exchange.json()):
        return _printable(message) or phrase
    try:
        content = exchange.body.decode("utf-8")
    except UnicodeDecodeError:
        return phrase
    content = content.strip()
    if exchange.json() is not None or not content or "\0" in content:
        return phrase
    # frameworks call everything HTML, even the bare name of an error
    page = "html" in exchange.headers.get("content-type", "") and not re.fullmatch(r"[a-z]+(_[a-z]+)+", content)
    if content.startswith("<") or page:
        import html

        title = re.search(r"(?is)<title[^>]*>([^<]{1,200})", content[:20_000])
        return f"a web page, “{_printable(html.unescape(title[1]))}”" if title else f"a web page, {phrase}"
    return _printable(content[:_TEXT]) or phrase


def refused(body: Any) -> bool:
    """Whether a response contains an error, whatever its status."""
    return isinstance(body, dict) and bool(body.get("errors") or body.get("error")) and bool(specific(body))


def specific(body: Any) -> str:
    """The most specific message in an error body; "" when there is none."""
    return "; ".join(_first(_reasons(body, 0)))


def _first(reasons: Iterator[str]) -> list[str]:
    """Each reason once, at most as many as a person reads."""
    return list(dict.fromkeys(reasons))[:_REASONS]


def _reasons(value: Any, depth: int) -> Iterator[str]:
    """The nested reasons; if there are none, the reason at this level."""
    if isinstance(value, str):
        if text := " ".join(value.split()):
            yield text
        return
    if depth > _DEPTH or not isinstance(value, dict | list):
        return
    if isinstance(value, list):
        for item in value:
            yield from _reasons(item, depth + 1)
        return
    if own := value.get("error_user_msg"):  # Meta's message for users
        yield from _reasons(own, depth + 1)
        return
    inside, own = _first(reason for name in _INSIDE for reason in _nested(name, value.get(name), depth)), _own(value)
    names = "; ".join(inside)
    if inside and own and len(names.split()) < _SENTENCE and own.casefold() != names.casefold():
        yield f"{own.rstrip('.')}: {names}"
    elif inside:
        yield from inside
    elif own:
        yield own


def _nested(name: str, value: Any, depth: int) -> Iterator[str]:
    """The reasons in a container, whose fields may be names of parameters (``{"media_ids": ["…"]}``)."""
    if isinstance(value, list):
        yield from _reasons(value, depth + 1)
    elif isinstance(value, dict):
        known = any(key in value for key in (*_INSIDE, *_SAID))
        if known:
            yield from _reasons(value, depth + 1)
        elif name in ("errors", "details", "json"):
            for about in value.values():
                if isinstance(about, list | dict):
                    yield from _reasons(about, depth + 1)


def _printable(content: str) -> str:
    """On one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in content).split())


def _own(fields: dict[str, Any]) -> str:
    return next(
        (" ".join(fields[name].split()) for name in _SAID if isinstance(fields.get(name), str) and fields[name]), ""
    )
