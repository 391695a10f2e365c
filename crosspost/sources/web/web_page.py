"""Reads a web page: title, description, picture, dates, language, tags and text, from what its head and text mark.

Tried in this order: JSON-LD, Open Graph and ``article:*``, microformats (h-entry), then plain HTML.
Sources: https://ogp.me/, https://microformats.org/wiki/h-entry, https://schema.org/Article, checked 2026-11-26.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from crosspost import markup
from crosspost.markup.page_head import facts
from crosspost.model import Value
from crosspost.sources.post_language import language
from crosspost.sources.web import json_ld
from crosspost.sources.web.main_text import main_text
from crosspost.sources.web.nesting import refuse_depth
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_LONGEST = 2000  # characters of one value
_DATES = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "parsely-pub-date",
    "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "citation_publication_date",
)  # fmt: skip
_ENCODING = lazy(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)
#: encodings used on the web; some of Python's others are extremely slow on a long page
_ENCODINGS = lazy(
    r"utf-?8|utf-?16(?:[lb]e)?|iso-8859-\d+|windows-\d+|koi8-[ru]|shift_jis|euc-(?:jp|kr)|big5|gbk|gb2312|gb18030|us-ascii"
)


class WebPage(Value, frozen=True, kw_only=True):
    """What a page says. Addresses are absolute; every text is "" where the page has none.

    ``published`` and ``modified`` are dates as written. ``text`` is the HTML of the article. ``kind`` is what the page
    is: "article", "page" (nothing marks it as an article), "list" (several posts) or "redirect". ``hidden`` is why the
    page asks not to be found. ``feeds`` are addresses of its feeds.
    """

    title: str = ""
    description: str = ""
    picture: str = ""
    alt: str = ""
    lang: str = ""
    published: str = ""
    modified: str = ""
    canonical: str = ""
    author: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    kind: str = "page"
    hidden: str = ""
    feeds: tuple[str, ...] = ()


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a page in the encoding it names; what cannot be decoded is replaced."""
    named = re.search(r"charset=[\"']?([\w-]+)", content_type, re.ASCII)
    meta = _ENCODING.search(body[:2048])
    name = (named[1] if named else meta[1].decode("ascii", "replace") if meta else "utf-8").lower()
    if body.startswith(b"\xef\xbb\xbf") or not _ENCODINGS.fullmatch(name):
        name = "utf-8"
    try:
        return body.decode(name, "replace").removeprefix("\ufeff")
    except LookupError:
        return body.decode("utf-8", "replace").removeprefix("\ufeff")


def read_page(html: str, base: str) -> WebPage:
    """Read a page.

    :param base: the page's address, to resolve relative ones
    :raises TooDeep: when nobody should parse it
    """
    refuse_depth(html)
    from selectolax.lexbor import LexborHTMLParser

    return _Reader(LexborHTMLParser(html), base).page()


class _Reader:
    def __init__(self, tree: "LexborHTMLParser", base: str) -> None:
        self.tree = tree
        root = tree.css_first("base[href]")
        self.base = _absolute(base, (root.attributes.get("href") or "") if root is not None else "") or base
        self.data = json_ld.article(tree)
        self.meta: dict[str, list[str]] = {}
        for node in tree.css("meta[content]")[:300]:
            name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop")
            value = " ".join((node.attributes.get("content") or "").split())[:_LONGEST]
            if name and value:
                self.meta.setdefault(name.lower(), []).append(value)
        entries = [node for node in tree.css(".h-entry")[:20] if not _inside(node, "h-entry")]
        self.entry = entries[0] if len(entries) == 1 else None
        self.entries = len(entries)

    def page(self) -> WebPage:
        head = facts(self.tree, self.base)
        site = self._meta("og:site_name") or json_ld.text(self.data.get("publisher"))
        title = self._title(site)
        return WebPage(
            title=title,
            description=self._line(
                self._meta("og:description") or self._meta("description") or self._meta("twitter:description")
                or json_ld.text(self.data.get("description")) or self._of_entry(".p-summary")
            ),
            picture=head.picture or _absolute(self.base, json_ld.text(self.data.get("image"))) or self._photo("src"),
            alt=head.alt if head.picture else self._photo("alt"),
            lang=self._language(head.language),
            published=self._published(),
            modified=self._meta("article:modified_time") or json_ld.text(self.data.get("dateModified")),
            canonical=self._canonical(),
            author=self._line(
                json_ld.text(self.data.get("author")) or self._meta("author") or self._of_entry(".p-author")
            ),
            site=self._line(site),
            tags=self._tags(),
            kind=self._kind(),
            hidden=self._hidden(),
            feeds=self._feeds(),
            text=main_text(self.tree, self.base),  # last, because it takes the tree apart
        )  # fmt: skip

    def _meta(self, *names: str) -> str:
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    @staticmethod
    def _line(text: str) -> str:
        return markup.to_line(text) if text else ""

    def _of_entry(self, selector: str, attribute: str = "") -> str:
        node = self.entry.css_first(selector) if self.entry is not None else None
        if node is None:
            return ""
        text = (node.attributes.get(attribute) or "") if attribute else node.text(deep=True)
        return " ".join(text.split())[:_LONGEST]

    def _title(self, site: str) -> str:
        headings = self.tree.css("h1")[:2]
        node = self.tree.css_first("title")
        found = (
            json_ld.text(self.data.get("headline"))
            or self._meta("og:title")
            or self._of_entry(".p-name")
            or (_text(headings[0]) if len(headings) == 1 else "")
            or self._meta("twitter:title")
            or (_text(node) if node is not None else "")
        )
        return self._line(without_site(found, site))

    def _language(self, of_html: str) -> str:
        for one in (of_html, json_ld.text(self.data.get("inLanguage")), self._meta("og:locale", "language")):
            if found := language(one):
                return found
        return ""

    def _published(self) -> str:
        marked = json_ld.text(self.data.get("datePublished")) or self._meta(*_DATES)
        return marked or self._of_entry(".dt-published", "datetime") or self._time()

    def _time(self) -> str:
        """The date of a ``time`` element of the article, or of the page if it has only one."""
        hatom = self.tree.css_first("abbr.published[title]")  # Pelican's usual theme
        if hatom is not None:
            return (hatom.attributes.get("title") or "")[:100]
        first = ("[itemprop=datePublished]", "article header time[datetime]")
        for selector in (*first, "article time[datetime]", "main time[datetime]", "time[datetime]"):
            nodes = self.tree.css(selector)[:3]
            if selector not in first:  # those in lists are of other posts
                nodes = [node for node in nodes if not _in_list(node)]
            if nodes and (len(nodes) == 1 or selector.startswith(("[", "article"))):
                return (nodes[0].attributes.get("datetime") or nodes[0].attributes.get("content") or "")[:100]
        return ""

    def _canonical(self) -> str:
        node = self.tree.css_first('link[rel~="canonical"][href]')
        written = (node.attributes.get("href") or "") if node is not None else ""
        return _absolute(self.base, written) or _absolute(self.base, self._meta("og:url"))

    def _photo(self, attribute: str) -> str:
        for selector in ("img.u-featured", "img.u-photo"):
            if found := self._of_entry(selector, attribute):
                return _absolute(self.base, found) if attribute == "src" else found
        return ""

    def _tags(self) -> tuple[str, ...]:
        found = [*self.meta.get("article:tag", [])] or [*json_ld.texts(self.data.get("keywords"))]
        if not found and self.entry is not None:
            found = [_text(node) for node in self.entry.css(".p-category")[:50]]
        if not found:
            found = [_text(node) for node in self.tree.css('a[rel~="tag"]')[:50]]
        words = (" ".join(markup.decoded(one).split()).lstrip("#").strip()[:200] for one in found)
        return tuple(dict.fromkeys(word for word in words if word))

    def _kind(self) -> str:
        if self._refresh():
            return "redirect"
        if self.entries > 1 or self.tree.css_first(".h-feed") is not None:
            return "list"
        if self.data.get("headline") or self.entry is not None or self._meta("article:published_time"):
            return "article"
        if self._meta("og:type").lower() in ("article", "blog"):
            return "article"
        return "list" if self._leads_on() else "page"

    def _leads_on(self) -> bool:
        """Whether the headings lead to other pages, as those of a list do, or several articles stand side by side.

        Beside an article with the page's heading, others are answers or suggestions.
        """
        beside = len(self.tree.css("article")) - len(self.tree.css("article article")) > 1
        links = self.tree.css("article h1 a[href], article h2 a[href], article header a[href]")[:20]
        own = urlsplit(self.base).path
        away = [
            link for link in links
            if urlsplit(_absolute(self.base, link.attributes.get("href") or "")).path not in ("", own)
        ]  # fmt: skip
        return bool(away) or (beside and self.tree.css_first("article h1") is None)

    def _refresh(self) -> bool:
        nodes = self.tree.css("meta[http-equiv]")[:20]
        return any((node.attributes.get("http-equiv") or "").lower() == "refresh" for node in nodes)

    def _hidden(self) -> str:
        if self._meta("quarto:status").lower() == "draft":
            return "it is a draft"
        return "its page asks not to be found (noindex)" if "noindex" in self._meta("robots").lower() else ""

    def _feeds(self) -> tuple[str, ...]:
        kinds = ("application/atom+xml", "application/rss+xml", "application/feed+json", "application/json")
        nodes = self.tree.css('link[rel~="alternate"][href]')[:50]
        nodes.sort(key=lambda node: kinds.index(_type(node)) if _type(node) in kinds else 9)
        found = (_absolute(self.base, node.attributes.get("href") or "") for node in nodes if _type(node) in kinds)
        return tuple(dict.fromkeys(one for one in found if one and "comment" not in one and "wp-json" not in one))


def without_site(title: str, site: str) -> str:
    """The title of a page without the name of its site behind it.

    >>> without_site("Ein Beet | Das Tal", "Das Tal")
    'Ein Beet'
    """
    if not site:
        return title
    found = re.sub(rf"\s+[|·•–—»:-]\s+{re.escape(site)}\s*\Z", "", title)
    return found or title


def _type(node: "LexborNode") -> str:
    return (node.attributes.get("type") or "").lower().partition(";")[0].strip()


def _text(node: "LexborNode") -> str:
    return " ".join(node.text(deep=True).split())[:_LONGEST]


def _inside(node: "LexborNode", name: str) -> bool:
    above: Any = node.parent
    for _ in range(200):
        if above is None:
            return False
        if name in (above.attributes.get("class") or "").split():
            return True
        above = above.parent
    return False


def _in_list(node: "LexborNode") -> bool:
    """Whether an element is inside a link, or in a list beside one."""
    above: Any = node.parent
    for _ in range(20):
        if above is None:
            return False
        if above.tag in ("a", "li"):
            return above.tag == "a" or above.css_first("a[href]") is not None
        above = above.parent
    return False


def _absolute(base: str, written: str) -> str:
    try:
        found = urljoin(base, written.strip()) if written.strip() else ""
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
