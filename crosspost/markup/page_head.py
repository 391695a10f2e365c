"""Reads from a web page's head its picture, its language, and what it tells networks that make a card of it."""

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


class OpenGraph(Value, frozen=True, kw_only=True):
    """What a page tells networks that make a card of it (https://ogp.me); ``picture`` and ``url`` are absolute."""

    title: str = ""
    description: str = ""
    picture: str = ""
    url: str = ""


class HeadLinks(Value, frozen=True, kw_only=True):
    """What a page says of records and accounts elsewhere, and where it takes webmentions; each may be "" or empty."""

    document: str = ""
    publication: str = ""
    webmention: str = ""
    creators: tuple[str, ...] = ()


def head_links(page: "LexborHTMLParser") -> HeadLinks:
    """Read the links to standard.site's records (standard.site/docs/verification), and the authors Mastodon shows
    (docs.joinmastodon.org/user/profile, author attribution).
    """

    def first(rel: str) -> str:
        node = page.css_first(f'head link[rel="{rel}"]')
        return (node.attributes.get("href") or "").strip()[:_LONGEST] if node is not None else ""

    found = [node.attributes.get("content") or "" for node in page.css('head meta[name="fediverse:creator"]')[:10]]
    return HeadLinks(
        document=first("site.standard.document"),
        publication=first("site.standard.publication"),
        webmention=first("webmention"),
        creators=tuple(said.strip()[:_LONGEST] for said in found if said.strip()),
    )


def open_graph(page: "LexborHTMLParser", base: str) -> OpenGraph:
    """Read the ``og:`` tags of a page.

    :param base: the page's address, to resolve relative addresses
    """
    meta = _meta(page)
    return OpenGraph(
        title=meta.get("og:title", ""),
        description=meta.get("og:description", ""),
        picture=next((found for name in _PICTURES[:3] if (found := _address(base, meta.get(name, "")))), ""),
        url=_address(base, meta.get("og:url", "")),
    )


def facts(page: "LexborHTMLParser", base: str) -> PageFacts:
    """Read the facts from a page.

    :param base: the page's address, to resolve relative addresses
    """
    meta = _meta(page)
    root = page.css_first("html")
    return PageFacts(
        picture=next((found for name in _PICTURES if (found := _address(base, meta.get(name, "")))), ""),
        alt=next((meta[name] for name in _ALTS if meta.get(name)), ""),
        language=(root.attributes.get("lang") or "").strip()[:50] if root is not None else "",
    )


def _meta(page: "LexborHTMLParser") -> dict[str, str]:
    """Name → content of the head's ``meta`` elements; of one that is there twice, the first."""
    meta: dict[str, str] = {}
    for node in page.css("head meta[content]")[:200]:
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        meta.setdefault(name.lower(), " ".join((node.attributes.get("content") or "").split())[:_LONGEST])
    return meta


def _address(base: str, written: str) -> str:
    try:
        found = urljoin(base, written) if written else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
