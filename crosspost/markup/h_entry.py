"""What a page says about another one: the entry (microformats h-entry) that links there.

Sources: microformats.org/wiki/h-entry, indieweb.org/comments-presentation. mf2py would read all of microformats, and
brings two more HTML parsers along; of one entry these few properties are enough.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crosspost.markup.inline import folded, html_text
from crosspost.markup.web_links import base_of
from crosspost.model import Value
from crosspost.model.response import MentionKind

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: class of the link, or of what it stands in → what the entry is; the first wins
_KINDS: tuple[tuple[str, MentionKind], ...] = (
    ("u-in-reply-to", "reply"),
    ("u-like-of", "like"),
    ("u-repost-of", "repost"),
)
#: characters that are kept of a text, a name, and an address
_TEXT, _NAME, _ADDRESS = 2000, 200, 2000
#: elements of a kind that are looked at, and levels above them: a page of a million must not take for ever
_MOST, _DEEPEST = 50, 200
#: what a page can link with (w3.org/TR/webmention, 3.2.2)
_LINKS = "a[href], area[href], link[href], img[src], video[src], audio[src], source[src]"


class Said(Value, frozen=True, kw_only=True):
    """What a page says of a target: plain text, and addresses of the web or "". ``at`` is None where it names none."""

    kind: MentionKind = "mention"
    url: str = ""
    text: str = ""
    author: str = ""
    author_url: str = ""
    at: datetime | None = None


def links_to(page: "LexborHTMLParser", address: str, target: str) -> bool:
    """Whether a page has a link to exactly this address.

    :param address: the page's own
    """
    base = base_of(page, address)
    return any(_linked(node, base) == target for node in page.css(_LINKS))


def said_of(page: "LexborHTMLParser", address: str, target: str) -> Said:
    """What a page that links to a target says of it, and who says it.

    :param address: the page's own
    """
    base = base_of(page, address)
    links = [node for node in page.css(_LINKS) if _linked(node, base) == target][:_MOST]
    ways = [way for node in links if (way := _way_up(node))]
    if not ways:
        title = page.css_first("title")
        return Said(text=_cut(title.text(deep=True) if title is not None else "", _TEXT))
    entry = ways[0][-1]
    marks = {name for way in ways for node in way for name in _names(node)}
    kind: MentionKind = next((kind for name, kind in _KINDS if name in marks), "mention")
    author, author_url = _author(page, entry, base)
    return Said(
        kind=kind,
        url=_own_address(entry, base, address),
        text="" if kind in ("like", "repost") else _text(entry, kind),
        author=author,
        author_url=author_url,
        at=_published(entry),
    )


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _linked(node: "LexborNode", base: str) -> str:
    written = (node.attributes.get("href") or node.attributes.get("src") or "").strip()
    if written.startswith(("http://", "https://")):
        return written
    return _web(base, written)


def _web(base: str, written: str) -> str:
    """An absolute address of the web; "" when it is none."""
    try:
        found = urljoin(base, written.strip())
        named = urlsplit(found).hostname
    except ValueError:
        return ""
    return found if named and found.startswith(("http://", "https://")) and len(found) <= _ADDRESS else ""


def _way_up(link: "LexborNode") -> "list[LexborNode]":
    """A link and what it stands in, up to the entry; empty where it stands in none."""
    way, node = list["LexborNode"](), link
    while len(way) < _DEEPEST:
        way.append(node)
        if "h-entry" in _names(node):
            return way
        if node.parent is None or node.tag == "html":
            break
        node = node.parent
    return []


def _names(node: "LexborNode") -> list[str]:
    return (node.attributes.get("class") or "").split()


def _own(entry: "LexborNode", query: str) -> "Iterator[LexborNode]":
    """Elements of an entry that belong to it, and not to something that it cites or to another entry in it."""
    for node in entry.css(query)[:_MOST]:
        above, steps = node.parent, 0
        while above is not None and above.mem_id != entry.mem_id and steps < _DEEPEST:
            if not {"h-entry", "h-cite", "h-card"}.isdisjoint(_names(above)):
                break
            above, steps = above.parent, steps + 1
        else:
            if steps < _DEEPEST:
                yield node


def _author(page: "LexborHTMLParser", entry: "LexborNode", base: str) -> tuple[str, str]:
    """Name and address; where the entry names nobody, the page's card, if it has just one."""
    node = next(_own(entry, ".p-author"), None)
    if node is None and len(cards := page.css(".h-card")) == 1:
        node = cards[0]
    if node is None:
        return "", ""
    name = node.css_first(".p-name")
    written = name.text(deep=True) if name is not None else node.text(deep=True)
    if not written.strip() and (picture := node.css_first("img[alt]")) is not None:
        written = picture.attributes.get("alt") or ""
    link = node if node.tag == "a" else (node.css_first(".u-url[href]") or node.css_first("a[href]"))
    return _cut(written, _NAME), _web(base, link.attributes.get("href") or "") if link is not None else ""


def _text(entry: "LexborNode", kind: MentionKind) -> str:
    """The words of an answer; of an article that only mentions the target, its summary or title."""
    wanted = (".e-content", ".p-content", ".p-summary", ".p-name")
    for query in wanted if kind == "reply" else (".p-summary", ".p-name", ".e-content", ".p-content"):
        for node in _own(entry, query):
            if text := html_text(node.html or "").strip():
                return text if len(text) <= _TEXT else f"{text[:_TEXT].rstrip()}…"
    return ""


def _published(entry: "LexborNode") -> datetime | None:
    for node in _own(entry, ".dt-published"):
        written = node.attributes.get("datetime") or node.attributes.get("title") or node.text(deep=True)
        try:
            at = datetime.fromisoformat(written.strip()[:40])
        except ValueError:
            continue
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return None


def _own_address(entry: "LexborNode", base: str, address: str) -> str:
    """Where the entry itself is, on the same server; else where it was found."""
    for node in _own(entry, ".u-url"):
        found = _linked(node, base)
        if found and urlsplit(found).hostname == urlsplit(address).hostname:
            return found
    return address


def _cut(text: str, most: int) -> str:
    text = folded(text[: 4 * most]).strip()
    return text if len(text) <= most else f"{text[:most].rstrip()}…"
