"""Reads what a page says about itself as JSON-LD (https://schema.org/Article).

Source: https://developers.google.com/search/docs/appearance/structured-data/article, checked 2026-11-26.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_ARTICLES = ("blogposting", "newsarticle", "article", "techarticle", "socialmediaposting", "scholarlyarticle", "report")
_LONGEST, _MOST = 200_000, 20


def article(page: "LexborHTMLParser") -> dict[str, Any]:
    """The object that describes an article, else a web page with a date; {} when there is none.

    A script that is not JSON is ignored: pages have them, and browsers ignore them, too.
    """
    second: dict[str, Any] = {}
    for one in _objects(page):
        kinds = one.get("@type")
        names = [str(kind).rpartition("/")[2].lower() for kind in (kinds if isinstance(kinds, list) else [kinds])]
        if any(name in _ARTICLES for name in names):
            return one
        if "webpage" in names and one.get("datePublished") and not second:
            second = one
    return second


def _objects(page: "LexborHTMLParser") -> Iterator[dict[str, Any]]:
    for node in page.css('script[type="application/ld+json"]')[:_MOST]:
        text = node.text(deep=True)
        if len(text) > _LONGEST:
            continue
        try:
            waiting = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        count = 0
        while waiting and count < 200:
            found, count = waiting.pop(0), count + 1
            if isinstance(found, list):
                waiting += found[:_MOST]
            elif isinstance(found, dict):
                yield found
                waiting += [found[key] for key in ("@graph", "mainEntity") if key in found]


def text(value: Any) -> str:
    """A value as one line: text, a name, or the first of a list; "" for anything else."""
    if isinstance(value, list):
        return next((found for one in value if (found := text(one))), "")
    if isinstance(value, dict):
        return text(value.get("name") or value.get("@value") or value.get("url") or value.get("contentUrl"))
    return " ".join(value.split())[:2000] if isinstance(value, str) else ""


def texts(value: Any) -> tuple[str, ...]:
    """A list of words, or words with commas between them."""
    found = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
    return tuple(dict.fromkeys(word for one in found[:100] if (word := text(one))))
