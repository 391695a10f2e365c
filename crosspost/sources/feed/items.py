"""Reads a feed: RSS and Atom by feedparser, JSON Feed by its specification, a sitemap as a list of addresses.

Sources: https://www.rssboard.org/rss-specification, RFC 4287, https://www.jsonfeed.org/version/1.1/,
checked 2026-11-26.
"""

import codecs
import html
import json
import time
from typing import Any
from urllib.parse import urljoin

import msgspec

from crosspost import markup
from crosspost.errors import SourceError
from crosspost.sources.feed.http_cache import Answer
from crosspost.sources.feed.hubs import hubs_of_json, hubs_of_links
from crosspost.sources.front_matter_pictures import is_picture
from crosspost.sources.web import sitemap
from crosspost.text.lazy_pattern import lazy
from crosspost.text.url_comparison import without_tracking

_LONGEST = 2000
#: Media RSS's words about a picture have another name here: feedparser takes them for the text of the item
_PICTURE_WORDS = lazy(rb"<(/?)media:description(?:\s[^<>]*?)?(/?)>")
_APART = "media_wordsofpicture"
#: items that are read of one feed
MOST = 2000


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item as it says itself; each text is "" where it says nothing.

    ``text`` is its whole text as HTML, ``summary`` a shorter one, ``published`` a date as written. ``alt`` is for
    people who cannot see its picture.
    """

    id: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    summary: str = ""
    published: str = ""
    picture: str = ""
    alt: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed: ``home`` is the address of its site. ``bare`` is whether its items are addresses only (a sitemap).

    ``hubs`` tell of its new items, and know it as ``topic``.
    """

    url: str
    title: str = ""
    home: str = ""
    lang: str = ""
    items: tuple[Item, ...] = ()
    bare: bool = False
    hubs: tuple[str, ...] = ()
    topic: str = ""


def read_feed(answer: Answer) -> Feed | None:
    """Read a feed; None when it is something else, such as a web page.

    :raises SourceError: when it is a feed that ends in the middle, or cannot be read
    """
    body = answer.body.removeprefix(codecs.BOM_UTF8).strip()
    if body.startswith(b"{"):
        return _json_feed(answer, body)
    if sitemap.is_sitemap(answer.body):
        found = [Item(url=url) for url in sitemap.locations(answer.body)]
        if len(found) > MOST:
            raise SourceError(f"{answer.url}: has more than {MOST:,} addresses; take the site's feed instead")
        return Feed(url=answer.url, home=urljoin(answer.url, "/"), items=tuple(found), bare=True)
    if not any(mark in body[:3000].lower() for mark in (b"<rss", b"<feed", b"<rdf", b":rdf", b"<?xml")):
        return None
    if not body.endswith(b">"):
        raise SourceError(f"{answer.url}: the feed ends in the middle; it is read again at the next run")
    return _xml(answer, body)


def _xml(answer: Answer, body: bytes) -> Feed | None:
    import feedparser

    headers = {"content-location": answer.url, "content-type": answer.headers.get("content-type", "")}
    if b"<media:description" in body:
        body = _PICTURE_WORDS.sub(rb"<\1media:wordsofpicture\2>", body)
    try:
        found = feedparser.parse(body, response_headers=headers, resolve_relative_uris=True, sanitize_html=True)
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError, AssertionError) as error:
        raise SourceError(f"{answer.url}: the feed cannot be read: {' '.join(str(error).split())[:200]}") from None
    if not found.get("version") and not found.entries:
        return None
    feed = found.feed
    named = hubs_of_links(answer, feed.get("links"))
    return Feed(
        url=answer.url,
        title=_line(feed.get("title")),
        home=_address(answer.url, feed.get("link")),
        lang=str(feed.get("language") or "")[:50],
        items=tuple(_item(entry, answer.url) for entry in found.entries[:MOST]),
        hubs=named.hubs,
        topic=named.topic,
    )


def _item(entry: Any, base: str) -> Item:
    texts = [one.get("value") or "" for one in entry.get("content") or [] if isinstance(one, dict)]
    said = str(entry.get(_APART) or "")
    summary = str(entry.get("summary") or "") if "summary" in entry else ""
    return Item(
        id=" ".join(str(entry.get("id") or "").split()),
        url=_address(base, entry.get("link")),
        title=_line(entry.get("title")),
        text=max(texts, key=len, default=""),
        summary=summary if summary or texts else said,  # YouTube has no other text
        published=_date(entry),
        picture=_picture(entry, base),
        alt=_line(said) if len(entry.get("media_content") or []) == 1 else "",
        author=_line(entry.get("author")),
        tags=_words(one.get("label") or one.get("term") for one in entry.get("tags") or []),
    )


def _date(entry: Any) -> str:
    """When an item was published, as ISO 8601 in UTC where its time can be read.

    Asked with ``in``, because feedparser answers a question for one of the two with the other.
    """
    name = "published" if "published" in entry else "updated"
    written, parsed = str(entry.get(name, ""))[:100], entry.get(f"{name}_parsed")
    if parsed is None or len(written.strip()) <= len("2024-03-05"):  # a day is one of the site's time zone
        return written
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)


def _picture(entry: Any, base: str) -> str:
    """The picture of an item: Media RSS, an enclosure, or that of a podcast's episode."""
    media = [one for one in entry.get("media_content") or [] if _shows(one, one.get("url"))]
    enclosed = [one for one in entry.get("enclosures") or [] if _shows(one, one.get("href"))]
    named = [*media, *(entry.get("media_thumbnail") or [])]
    found = [one.get("url") for one in named] + [one.get("href") for one in enclosed]
    if isinstance(own := entry.get("image"), dict):
        found.append(own.get("href"))
    return next((address for one in found if (address := _address(base, one))), "")


def _shows(one: Any, address: Any) -> bool:
    """Whether a file of an item is a picture; without a type, its name tells."""
    said = str(one.get("medium") or one.get("type") or "")
    return "image" in said if said else is_picture(_text(address))


def _json_feed(answer: Answer, body: bytes) -> Feed | None:
    url = answer.url
    try:
        data = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{url}: the feed is not JSON that can be read: {str(error)[:100]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return None
    named = hubs_of_json(answer, data)
    return Feed(
        url=url,
        title=_line(data.get("title")),
        home=_address(url, data.get("home_page_url")),
        lang=_text(data.get("language"))[:50],
        items=tuple(_json_item(one, url) for one in data["items"][:MOST] if isinstance(one, dict)),
        hubs=named.hubs,
        topic=named.topic,
    )


def _json_item(one: dict[str, Any], base: str) -> Item:
    authors = one.get("authors") if isinstance(one.get("authors"), list) else [one.get("author")]
    names = [author.get("name") for author in authors or [] if isinstance(author, dict)]
    tags = one.get("tags")
    id_ = one.get("id")
    plain = html.escape(_text(one.get("content_text")), quote=False).replace("\n", "<br>\n")
    return Item(
        id=str(id_) if isinstance(id_, str | int) and not isinstance(id_, bool) else "",
        url=_address(base, one.get("url") or one.get("external_url")),
        title=_line(one.get("title")),
        text=_text(one.get("content_html")) or (f"<p>{plain}</p>" if plain else ""),
        summary=_text(one.get("summary")),
        published=_text(one.get("date_published"))[:100],
        picture=next((found for named in _json_pictures(one) if (found := _address(base, named))), ""),
        author=_line(next(iter(names), "")),
        tags=_words(tags if isinstance(tags, list) else []),
    )


def _json_pictures(one: dict[str, Any]) -> list[Any]:
    attached = one.get("attachments")
    files = [file for file in attached if isinstance(file, dict)] if isinstance(attached, list) else []
    shown = [file.get("url") for file in files if _text(file.get("mime_type")).startswith("image/")]
    return [one.get("image"), one.get("banner_image"), *shown]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _line(value: Any) -> str:
    """A title or name as one plain line: feeds write HTML, entities, or entities of entities into it."""
    text = " ".join(_text(value).split())[:_LONGEST]
    return markup.to_line(text) if text else ""


def _words(values: Any) -> tuple[str, ...]:
    found = (" ".join(markup.decoded(str(one)).split()).lstrip("# ")[:200] for one in values if isinstance(one, str))
    return tuple(dict.fromkeys(word for word in found if word))


def _address(base: str, written: Any) -> str:
    try:
        found = urljoin(base, _text(written).strip()) if _text(written).strip() else ""
    except ValueError:
        return ""
    return without_tracking(found)[:_LONGEST] if found.startswith(("http://", "https://")) else ""
