"""Finds the text of an article in a page, without menus, scripts and whatever else surrounds it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from crosspost.markup.shown_address import shown_address
from crosspost.sources.web.nesting import refuse_depth
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

#: what marks the text itself, most certain first
_TEXTS = (
    ".e-content", "[itemprop=articleBody]", "article .post-content", "article .entry-content", ".md-content article",
    "article", "main", "[role=main]", "#content", "body",
)  # fmt: skip
_AROUND = (
    "script, style, template, noscript, nav, aside, form, footer, iframe, svg, button, .toc, #toc, .comments, "
    "#comments, .headerlink, .anchor, .post-meta, .post-tags, .related, .pagination, .md-source-file, .share"
)
_HEAD = "header, h1, .p-name, time, .dt-published"
_DEEPEST = 300
_SPACES = lazy(r"(?<![ \t])[ \t]*+\n\s*+")  # a long row of blanks is looked at once


def main_text(tree: "LexborHTMLParser", base: str) -> str:
    """The HTML of the article, one line after another without empty ones, with absolute addresses of pictures.

    :param base: the address to resolve them
    """
    for selector in _TEXTS:
        found = tree.css(selector)[:2]
        if len(found) == 1 or (found and selector in (".e-content", "body")):
            return _cleaned(found[0], base, whole=selector not in _TEXTS[:4])
    return ""


def fragment(html: str, base: str) -> str:
    """The same for a piece of HTML, such as the text of a feed's item.

    :raises TooDeep: when nobody should parse it
    """
    refuse_depth(html)
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(f"<body>{html}").body
    return _cleaned(body, base, whole=False) if body is not None else ""


def _cleaned(node: "LexborNode", base: str, *, whole: bool) -> str:
    _remove(node, f"{_AROUND}, {_HEAD}" if whole else _AROUND)  # the title is not a part of the text
    for picture in node.css("img")[:500]:
        if address := shown_address(picture.attributes):
            picture.attrs["src"] = _joined(base, address)
    inner = node.inner_html or ""
    return _SPACES.sub("\n", inner).strip()


def _remove(node: "LexborNode", selector: str) -> None:
    """Remove what matches; of two nested matches only the outer one, which takes the inner one with it."""
    found = node.css(selector)
    ids = {one.mem_id for one in found}
    for one in [one for one in found if not _within(one, ids)]:
        one.decompose()


def _within(node: "LexborNode", ids: set[int]) -> bool:
    """Whether one of these is above a node; also said of a node that is absurdly deep, which stays."""
    above: Any = node.parent
    for _ in range(_DEEPEST):
        if above is None:
            return False
        if above.mem_id in ids:
            return True
        above = above.parent
    return True


def _joined(base: str, written: str) -> str:
    try:
        return urljoin(base, written.strip())
    except ValueError:
        return written
