"""Reads the addresses in a sitemap (https://www.sitemaps.org/protocol.html), and those of further sitemaps in it."""

import gzip
import html
import re
import zlib

from crosspost.text.lazy_pattern import lazy

_LOC = lazy(r"<loc\b[^<>]{0,100}>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2000})", re.IGNORECASE)
_MOST, _BYTES = 50_000, 50_000_000


def locations(body: bytes) -> list[str]:
    """The addresses, in their order; no XML is parsed, so nothing in it can be expanded."""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, _BYTES)
        except (zlib.error, gzip.BadGzipFile):
            return []
    text = body[:_BYTES].decode("utf-8", "replace")
    found = (html.unescape(match[1]) for match in _LOC.finditer(text))
    return [one for one in dict.fromkeys(found) if one.startswith(("http://", "https://"))][:_MOST]


def is_index(body: bytes) -> bool:
    """Whether it lists sitemaps, not pages."""
    return b"<sitemapindex" in body[:2000]


def is_sitemap(body: bytes) -> bool:
    """Whether a response is a sitemap."""
    return body.startswith(b"\x1f\x8b") or b"<urlset" in body[:2000] or is_index(body)
