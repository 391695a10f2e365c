"""What standard.site's lexicons take as the record of an article, and of the site it is on.

A real server does not know these lexicons and takes anything, which readers then cannot use; here it is refused.

Source: github.com/bluesky-social/atproto-website lexicons/site/standard/{document,publication}.json.
"""

from collections.abc import Callable
from typing import Any

from crosspost.sandbox.networks.bluesky.record import (
    DATETIME,
    URI,
    Invalid,
    blob,
    each,
    label,
    matches,
    needed,
    reference,
    string,
)

_BLOB = 1_000_000
_PUBLICATION = ("$type", "url", "name", "icon", "description", "basicTheme", "preferences", "labels")
_DOCUMENT = (
    *("$type", "site", "title", "publishedAt", "path", "description", "coverImage", "textContent", "tags"),
    *("updatedAt", "bskyPostRef", "content", "contributors", "links", "labels"),
)


def check_article(collection: str, record: Any) -> None:
    """Refuse an invalid record.

    :raises Invalid: in the words of a server that knows the lexicon
    """
    try:
        if needed(record, "$type", "$.record") != collection:
            raise Invalid(f'Invalid $type: expected "{collection}" at $.record.$type')
        LEXICONS[collection](record)
    except Invalid as error:
        raise Invalid(f"Invalid {collection} record: {error}") from None


def _publication(record: Any) -> None:
    at = "$.record"
    _only(record, _PUBLICATION)
    _web_address(needed(record, "url", at), f"{at}.url")
    string(needed(record, "name", at), f"{at}.name", most=5000, graphemes=500)
    _described(record, at)
    if "icon" in record:
        blob(record["icon"], f"{at}.icon", _BLOB)


def _document(record: Any) -> None:
    at = "$.record"
    _only(record, _DOCUMENT)
    site = needed(record, "site", at)
    matches(URI, "uri")(site, f"{at}.site")
    if site.endswith("/"):
        raise Invalid(f'Avoid trailing slashes (got "{site}") at {at}.site')
    string(needed(record, "title", at), f"{at}.title", most=5000, graphemes=500)
    for name in ("publishedAt", "updatedAt"):
        if name == "publishedAt" or name in record:
            matches(DATETIME, "datetime")(needed(record, name, at), f"{at}.{name}")
    if "path" in record:
        string(record["path"], f"{at}.path")
        if not record["path"].startswith("/"):
            raise Invalid(f'Prepend with a leading slash (got "{record["path"]}") at {at}.path')
    _described(record, at)
    if "textContent" in record:
        string(record["textContent"], f"{at}.textContent")
    each(record, "tags", at, 0, _tag)
    if "coverImage" in record:
        blob(record["coverImage"], f"{at}.coverImage", _BLOB)
    if "bskyPostRef" in record:
        reference(record["bskyPostRef"], f"{at}.bskyPostRef")
    if "labels" in record:
        each(record["labels"], "values", f"{at}.labels", 10, label)


def _only(record: Any, known: tuple[str, ...]) -> None:
    """Refuse a key that the lexicon has not, which a server keeps and nobody reads."""
    if strange := sorted(set(record) - set(known)):
        raise Invalid(f"The lexicon has no {strange[0]} at $.record")


def _described(record: Any, at: str) -> None:
    if "description" in record:
        string(record["description"], f"{at}.description", most=30_000, graphemes=3000)


def _web_address(value: Any, path: str) -> None:
    matches(URI, "uri")(value, path)
    if not value.startswith(("https://", "http://")) or not value.isascii() or value.endswith("/"):
        raise Invalid(f'Invalid uri (got "{value}") at {path}')


def _tag(value: Any, path: str) -> None:
    string(value, path, most=1280, graphemes=128)
    if value.startswith("#"):
        raise Invalid(f'Avoid prepending tags with hashtags (got "{value}") at {path}')


#: collection → what its records must be
LEXICONS: dict[str, Callable[[Any], None]] = {
    "site.standard.publication": _publication,
    "site.standard.document": _document,
}
