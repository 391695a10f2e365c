"""What is said of a post: the words of its feed's item, completed by those of its page."""

import re
from typing import Any, Self

import msgspec

from crosspost import markup
from crosspost.sources.descriptions import bare
from crosspost.sources.feed.items import Item
from crosspost.sources.front_matter import bounded
from crosspost.sources.web.main_text import fragment
from crosspost.sources.web.post_data import shown_of
from crosspost.sources.web.web_page import WebPage
from crosspost.sources.web.web_record import DESCRIPTION, PICTURE
from crosspost.text.lazy_pattern import lazy
from crosspost.text.printable import printable

#: how a text ends that was cut
_CUT = lazy(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|read more|continue reading|weiterlesen|lire la suite|leer más)"
    r"[\s.»→>\])]*\Z",
    re.IGNORECASE,
)
#: the line with which WordPress (Yoast SEO) ends the texts of a feed: "The post … appeared first on …."
_FOOTER = lazy(
    r"(?:<p(?:\s[^<>]*)?>\s*)?(?:The post|Der Beitrag|L[’']article|La entrada|L[’']articolo|Het bericht|O post)\s*"
    r"<a\b[^<>]*>(?:(?!</a>).){0,1000}</a>\s*"
    r"(?:(?:first )?appeared(?: first)? on|erschien zuerst auf|est apparu en premier sur"
    r"|(?:se publicó primero|apareció primero|aparece primero) en|proviene da|verscheen eerst op"
    r"|apareceu primeiro em)\s*"
    r"<a\b[^<>]*>(?:(?!</a>).){0,1000}</a>\s*\.?\s*(?:</p>)?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
#: characters of a text's end in which that line is looked for
_END = 6000
#: characters of a title that is made from the text
_TITLE = 100


class FeedPost(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of one post; ``text`` is HTML, ``published`` a date as written."""

    url: str
    title: str = ""
    text: str = ""
    description: str = ""
    published: str = ""
    picture: str = ""
    alt: str = ""
    lang: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Item) -> Self:
        """What the item alone says."""
        item = msgspec.structs.replace(item, text=_without_footer(item.text), summary=_without_footer(item.summary))
        text = fragment(item.text or item.summary, item.url)
        plain = " ".join(markup.to_line(item.summary or text).split()) if not item.title else ""
        return cls(
            url=item.url,
            title=printable(item.title or _beginning(plain)),
            text=text,
            description=_summary(item),
            published=item.published,
            picture=item.picture,
            alt=item.alt if item.picture else "",
            author=item.author,
            tags=item.tags,
        )

    def is_on(self, page: WebPage) -> bool:
        """Whether a page is that of this post: it has its title, or a part of it."""
        mine, other = bare(self.title), bare(page.title)
        return bool(mine and other) and (mine in other or other in mine or mine in bare(page.text))

    def bounded(self, path: str) -> str:
        """The text, if it is not too long.

        :raises PostRefused: when it is
        """
        return bounded(self.text, path)

    def data(self) -> dict[str, Any]:
        """As the data of a record."""
        found: dict[str, Any] = {
            DESCRIPTION: self.description or None,
            "tags": list(self.tags),
            "lang": self.lang or None,
            "author": self.author or None,
        }
        if self.picture:
            found[PICTURE] = {"url": self.picture, "alt": self.alt}
        return found


def of_page(item: Item, page: WebPage | None) -> FeedPost:
    """An item that says too little of itself, such as an address of a sitemap, with what its page says."""
    post = FeedPost.of(item)
    if page is None:
        return post
    return msgspec.structs.replace(
        post,
        title=printable(item.title or page.title) or post.title,
        published=item.published or page.published,
        tags=item.tags or page.tags,
    )


def facts_of(item: Item, page: WebPage | None, front: WebPage) -> FeedPost:
    """The whole post.

    :param page: its page; None when it could not be read
    :param front: the home page, whose description and picture are not those of a post
    """
    post = of_page(item, page)
    if page is None:
        return post
    shown = shown_of(page, front)
    whole = bool(item.text) and not is_cut(item.text)
    return msgspec.structs.replace(
        post,
        text=post.text if whole or len(page.text) <= len(post.text) else page.text,
        description=shown.description or post.description,
        picture=shown.picture or post.picture,
        alt=shown.alt or (post.alt if shown.picture in ("", post.picture) else ""),
        lang=page.lang,
        author=post.author or page.author,
    )


def is_cut(text: str) -> bool:
    """Whether a text ends as one that was cut.

    >>> is_cut("<p>Ein langer Tag […]</p>"), is_cut("<p>Ein Tag.</p>")
    (True, False)
    """
    plain = re.sub(r"<[^<>]*>", " ", text[-500:]).rstrip()
    return _CUT.search(plain) is not None


def _without_footer(text: str) -> str:
    """A text without the line that names post and site once more."""
    return text[:-_END] + _FOOTER.sub("", text[-_END:])


def _summary(item: Item) -> str:
    """The summary, where it is not just the text again, or cut from it."""
    if not item.summary or not item.text:
        return ""
    line = markup.to_line(item.summary)
    begin = bare(line.rstrip("….[] "))
    text = bare(markup.to_line(fragment(item.text[:20_000], item.url)))
    return "" if not begin or text.startswith(begin) else line


def _beginning(text: str) -> str:
    """A title for an item without one: the beginning of its text, at the end of a word."""
    if len(text) <= _TITLE:
        return text
    return text[:_TITLE].rpartition(" ")[0].rstrip(" ,;:–-") + "…"
