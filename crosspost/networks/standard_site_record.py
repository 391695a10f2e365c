"""Builds the records of an article and of the site it is on, as standard.site has them. Pure.

The key of an article's record is its slug, so that the record's address is known before there is one, and the site's
template can name it. The lexicon names time stamps (TIDs) as keys; servers do not know this lexicon and take any key
(measured with the PDS 0.4.217).

Sources: github.com/bluesky-social/atproto-website lexicons/site/standard/{document,publication}.json,
standard.site/docs/verification, atproto.com/specs/record-key, checked 2026-11-26.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit

from crosspost.compose.graphemes import count, graphemes
from crosspost.compose.post_link import as_uri
from crosspost.errors import Unsupported
from crosspost.model import Site, Value
from crosspost.text.lazy_pattern import lazy

PUBLICATION, DOCUMENT = "site.standard.publication", "site.standard.document"
#: graphemes and bytes
_TITLE, _DESCRIPTION, _TAG = (500, 5000), (3000, 30_000), (128, 1280)
#: bytes of the whole text as it is sent: older servers take 150 kB of JSON
_TEXT = 100_000
_KEY = lazy(r"[A-Za-z0-9_~.:-]{1,512}")
_INDEX, _ENDING = re.compile(r"/index\.html?$"), re.compile(r"\.(?:html?|php)$")
#: what is only written when it is known, so that another tool's words stay
_OURS = ("description", "textContent", "tags", "coverImage", "labels", "bskyPostRef")


class Article(Value, frozen=True, kw_only=True):
    """What is known of an article; of a draft no text and no tags."""

    url: str
    title: str
    date: datetime
    description: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def key_of(url: str) -> str:
    """The key of an article's record: its slug, which is the last part of its address, without ``.html``.

    What a key cannot have is escaped as in an address, with ``~`` for ``%``.

    :raises Unsupported: for an address without a slug, such as the home page's

    >>> key_of("https://example.org/2026/11/gr%C3%BC%C3%9Fe/")
    'gr~C3~BC~C3~9Fe'
    """
    path = _INDEX.sub("/", urlsplit(as_uri(url)).path).rstrip("/")
    return _key(_ENDING.sub("", path.rpartition("/")[2]), url)


def publication_key(site: str) -> str:
    """The key of a site's record: its host, and the path below which it is.

    :raises Unsupported: for a site without an address

    >>> publication_key("https://example.org/blog/")
    'example.org:blog'
    """
    parts = urlsplit(as_uri(site))
    return ":".join(_key(part, site) for part in (parts.netloc + parts.path).rstrip("/").split("/") if part)


def _key(written: str, url: str) -> str:
    key = quote(unquote_plus(written), safe=":" if written == urlsplit(as_uri(url)).netloc else "").replace("%", "~")
    if not _KEY.fullmatch(key) or key in (".", ".."):
        raise Unsupported(f"{url or 'the site'}: its address has no part that could be the key of a record")
    return key


def base_of(site: Site) -> str:
    """The address of a site as records have it: without a slash at the end.

    :raises Unsupported: for a site without an address
    """
    if not (base := as_uri(site.url).rstrip("/")):
        raise Unsupported("the address of the site is not known: set `url` in its own config, or under [site]")
    return base


def publication_record(site: Site, there: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a site.

    :param there: the record as it is; what others wrote into it, such as an icon or colours, stays
    """
    ours = {"$type": PUBLICATION, "url": base_of(site), "name": _cut(site.title or urlsplit(site.url).netloc, _TITLE)}
    return {**there, **ours}


def document_record(
    article: Article,
    site: Site,
    publication: str,
    there: Mapping[str, Any],
    *,
    now: datetime,
    cover: Mapping[str, Any] | None = None,
    post: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The record of an article.

    :param publication: address of the site's record
    :param there: the record as it is; what others wrote into it stays
    :param now: the date of an edit, when something is another than it was
    :param cover: the picture, uploaded
    :param post: reference to the post about it
    :raises Unsupported: for an article that is not on the site
    """
    ours: dict[str, Any] = {
        "$type": DOCUMENT,
        "site": publication,
        "path": path_of(article.url, site),
        "title": _cut(article.title, _TITLE),
        "publishedAt": _stamp(article.date),
    }
    tags = [tag for tag in (tag.lstrip("#").strip() for tag in article.tags) if tag and _fits(tag, _TAG)]
    values = [{"val": label} for label in article.labels]
    found = (
        _cut(article.description, _DESCRIPTION),
        _cut_text(article.text),
        list(dict.fromkeys(tags)),
        cover,
        {"$type": "com.atproto.label.defs#selfLabels", "values": values} if values else None,
        post,
    )
    ours |= {name: value for name, value in zip(_OURS, found, strict=True) if value}
    record = {**{name: value for name, value in there.items() if name not in _OURS}, **ours}
    if "bskyPostRef" in there and record != there:  # it was whole, so this is an edit
        record["updatedAt"] = _stamp(now)
    return record


def path_of(url: str, site: Site) -> str:
    """The path of an article below its site.

    :raises Unsupported: when it is elsewhere
    """
    base, uri = base_of(site), as_uri(url).partition("?")[0].partition("#")[0]
    if not uri.startswith(f"{base}/"):
        raise Unsupported(f"{url} is not on the site {base}, so it has no record there")
    return uri[len(base) :]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fits(text: str, most: tuple[int, int]) -> bool:
    return len(text.encode("utf-8", "surrogatepass")) <= most[1] and count(text) <= most[0]


def _cut(text: str, most: tuple[int, int]) -> str:
    """As much of a text as fits, less than half a character nowhere."""
    if _fits(text, most):
        return text
    return _longest(graphemes(text)[: most[0]], lambda said: _fits(said, most))


def _cut_text(text: str) -> str:
    """As many paragraphs and words of a text as an older server takes."""

    def fits(said: str) -> bool:
        return len(json.dumps(said)) <= _TEXT

    return text if fits(text) else _longest(re.findall(r"\s*\S+", text), fits)


def _longest(pieces: list[str], fits: Callable[[str], bool]) -> str:
    """The longest beginning that fits."""
    low, high = 0, len(pieces)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits("".join(pieces[:middle])) else (low, middle - 1)
    return "".join(pieces[:low])
