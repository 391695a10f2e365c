"""Reads a web page's picture and language from its head."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crosspost.model import Value

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

# Open Graph (https://ogp.me/#structured), then X's cards
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_ALTS = ("og:image:alt", "twitter:image:alt")
_LONGEST = 2000  # characters of an address or text


class PageFacts(Value, frozen=True, kw_only=True):
    """``picture`` is an absolute address, ``alt`` its alternative text, ``language`` as written; each may be ""."""

    picture: str = ""
    alt: str = ""
    language: str = ""


def facts(page: "LexborHTMLParser", base: str) -> PageFacts:
    """Read the facts from a page.

    :param base: the page's address, to resolve relative addresses
    """
    meta: dict[str, str] = {}
    for node in page.css("head meta[content]")[:200]:
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        meta.setdefault(name.lower(), " ".join((node.attributes.get("content") or "").split())[:_LONGEST])
    root = page.css_first("html")
    return PageFacts(
        picture=next((found for name in _PICTURES if (found := _address(base, meta.get(name, "")))), ""),
        alt=next((meta[name] for name in _ALTS if meta.get(name)), ""),
        language=(root.attributes.get("lang") or "").strip()[:50] if root is not None else "",
    )


def _address(base: str, written: str) -> str:
    try:
        found = urljoin(base, written) if written else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
