"""Links of posts and pages, and what a page says of webmentions (w3.org/TR/webmention)."""

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_REL = "webmention"
_LONGEST, _MOST = 2000, 5000  # characters of an address, links of a page
_BARE = lazy(r"https?://[^\s<>\"'`\\]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?)]}*_~"  # not of an address that stands in a text
_SPACE = lazy(r"[\t\n\r]")  # an address may have them, and they mean nothing (url.spec.whatwg.org)


class BodyLinks(NamedTuple):
    """Addresses in the spelling of :func:`spelt`: those that are links, and those that only stand in the text, or in
    HTML that Markdown takes for code; some generators make links of them.
    """

    linked: frozenset[str]
    bare: frozenset[str]


def body_links(markdown: str, base: str) -> BodyLinks:
    """The links of a post's text.

    :param base: the address of its page
    """
    from crosspost.markup.inline import html_tree
    from crosspost.markup.markdown_parser import parser

    tree = html_tree(parser().render(markdown))
    linked = frozenset(spelt(url) for url in _hrefs(tree, base))
    bare = [found[0].rstrip(_AFTER) for found in _BARE.finditer(markdown)]
    if "<a" in markdown.lower():
        bare += _hrefs(html_tree(markdown), base)
    return BodyLinks(linked, frozenset(map(spelt, bare)) - linked)


def page_links(page: "LexborHTMLParser", address: str) -> list[str]:
    """The links of a page to the web, as they stand in it: a receiver looks for exactly these.

    :param address: the page's own
    """
    return list(dict.fromkeys(_hrefs(page, base_of(page, address))))


def spelt(url: str) -> str:
    """An address in one spelling: generators write the same one differently."""
    parts = _split(url)
    if parts is None:
        return url
    host = parts.netloc.lower()
    with contextlib.suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode()
    query = f"?{unquote(parts.query)}" if parts.query else ""
    fragment = f"#{unquote(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{host}{unquote(parts.path) or '/'}{query}{fragment}"


def base_of(page: "LexborHTMLParser", address: str) -> str:
    """The address from which a page's relative addresses count."""
    node = page.css_first("base[href]")
    return (_joined(address, node.attributes.get("href") or "") if node is not None else "") or address


# ── where a page takes webmentions ────────────────────────────────────────────────────────────────────────────────


def endpoint_in_header(value: str, address: str) -> str | None:
    """The first endpoint of a ``Link`` header (RFC 8288), absolute; None when it has none.

    :param value: of all such headers, joined with commas
    :param address: of the page, after redirects
    """
    return next(iter(targets_in_header(value, address, _REL)), None)


def targets_in_header(value: str, address: str, wanted: str) -> list[str]:
    """The targets of a ``Link`` header with this relation, such as "hub", absolute."""
    found = [_joined(address, target) for target, rel in _link_values(value) if wanted in rel.lower().split()]
    return [target for target in found if target]


def endpoint_in_page(
    page: "LexborHTMLParser", address: str, wanted: str = _REL, *, among: str = "link[rel][href], a[rel][href]"
) -> str | None:
    """The first endpoint that a page names with ``<link>`` or ``<a>``, absolute; None when it names none.

    :param wanted: another relation, such as "micropub"
    :param among: which elements may name it, as a CSS selector
    """
    base = ""
    for node in page.css(among):
        if wanted in (node.attributes.get("rel") or "").lower().split():
            base = base or base_of(page, address)
            if found := _joined(base, node.attributes.get("href") or ""):
                return found
    return None


def _link_values(value: str) -> Iterator[tuple[str, str]]:
    """The target and the ``rel`` of each link; what cannot be read is left out."""
    at = 0
    while (begin := value.find("<", at)) >= 0 and (end := value.find(">", begin)) >= 0:
        parameters, at = _parameters(value, end + 1)
        rel = next((said for name, said in parameters if name.strip().lower() == "rel"), "")
        yield value[begin + 1 : end], rel


def _parameters(value: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """What follows a target, and where the next link begins; a comma inside quotation marks does not end it."""
    found, quoted, name, text, in_name = list[tuple[str, str]](), False, "", "", True
    while at < len(value) and (quoted or value[at] != ","):
        letter = value[at]
        if quoted and letter == "\\":
            at += 1
            text += value[at : at + 1]
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter == ";":
            found.append((name, text.strip()))
            name, text, in_name = "", "", True
        elif not quoted and in_name and letter == "=":
            in_name = False
        elif in_name:
            name += letter
        else:
            text += letter
        at += 1
    return [*found, (name, text.strip())], at


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _hrefs(page: "LexborHTMLParser", base: str) -> Iterator[str]:
    for number, node in enumerate(page.css("a[href]")):
        if number >= _MOST:
            return
        written = _SPACE.sub("", (node.attributes.get("href") or "").strip())
        if len(written) > _LONGEST:
            continue
        whole = written if written[:8].lower().startswith(("http://", "https://")) else _joined(base, written)
        if whole and _split(whole) is not None:
            yield whole


def _joined(base: str, written: str) -> str:
    """An absolute address of the web; "" when it is none. An empty one is the page's own."""
    try:
        found = urljoin(base, _SPACE.sub("", written.strip()))
    except ValueError:
        return ""
    return found if len(found) <= _LONGEST and _split(found) is not None else ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.scheme in ("http", "https") and (parts.port is None or parts.port)
    except ValueError:
        return None
    return parts if named else None
