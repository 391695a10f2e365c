"""A post as an article of a publishing platform: the whole text, in Markdown, with addresses that work there. Pure.

The draft's text is that Markdown: the title, an empty line, the article, and at the end where it was published first.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple
from urllib.parse import urljoin

import msgspec

from crosspost.compose.clean import clean, one_line
from crosspost.compose.formats.headed import headed
from crosspost.compose.formats.shown_pictures import markdown as shown
from crosspost.compose.formats.shown_pictures import with_pictures
from crosspost.compose.mentions import Mentions
from crosspost.compose.style import Style
from crosspost.model import Draft, Picture, Post, Value
from crosspost.text.lazy_pattern import lazy

#: code points of a title that every such platform takes
TITLE = 128
_FIRST = {
    "de": "Zuerst erschienen:",
    "en": "First published at",
    "fr": "Paru d’abord ici :",
    "es": "Publicado primero:",
}
# a code block that nothing ends goes on to the end of the text (CommonMark 0.31, 4.5)
_FENCE = lazy(r"(?ms)^(?:```|~~~).*?(?:^(?:```|~~~)[ \t]*$|\Z)")
# code wherever it stands: blocks with a fence or an indentation, in HTML, and spans (CommonMark 0.31, 4.4, 4.5 and 6.1)
_CODE = lazy(
    r"(?ims)^(?:```|~~~).*?(?:^(?:```|~~~)[ \t]*$|\Z)"
    r"|(?:\A|(?<=\n\n))(?:(?: {4}|\t)[^\n]*(?:\n|\Z))+"
    r"|<(pre|code)\b[^<>]*>(?:(?!<\1\b).)*?</\1>"
    r"|(?<!`)(`++)(?!`).{1,500}?(?<!`)\2(?!`)"
)
# from the bracket that ends a link's words: what they are, even another picture, does not matter
_LINK = lazy(r"(\]\(\s*+<?)(?![a-z][\w+.-]*:|#|//)([^)\s>]+)")
_DEFINED = lazy(r"(?m)^( {0,3}\[[^\]\n]+\]:\s*)(?![a-z][\w+.-]*:|#|//)(\S+)")
_ATTRIBUTE = lazy(r"(\b(?:src|href)=[\"'])(?![a-z][\w+.-]*:|#|//)([^\"']+)")


class ArticleOptions(Value, frozen=True, kw_only=True):
    """``content`` is the whole article, or title, description and link."""

    content: Literal["full", "teaser"] = "full"


class Parts(NamedTuple):
    """An article's title, and its Markdown."""

    title: str
    markdown: str


def plain(style: Style) -> Style:
    """The style without hashtags: tags have a field of their own there."""
    return msgspec.structs.replace(style, hashtags=False, extra_hashtags=(), card=False)


def as_article(
    draft: Draft, post: Post, *, own: bool, listed: Sequence[Picture] = (), names: Mentions | None = None
) -> Draft:
    """The draft as an article; what it needs beside its text is in its options.

    :param own: the author wrote a text for this account; it is taken as it is
    :param listed: pictures with an address that are to stand at its end
    :param names: how the network wants names; None: nobody is tagged there, and the article's words stay
    """
    if names is not None:
        listed = [msgspec.structs.replace(one, alt=names.said(one.alt)) for one in listed]
    options = draft.options | {"tags": list(post.tags), "excerpt": one_line(post.description), "slug": slug(post)}
    draft = headed(msgspec.structs.replace(draft, options=options), post, TITLE)
    if own or options["content"] == "teaser" or not post.body.strip():
        return _told(with_pictures(draft, listed), names)
    first = _FIRST.get(draft.language.split("-")[0].lower(), _FIRST["en"])
    end = f"{first} {draft.link}" if draft.link else ""
    body = without_picture(with_addresses(post.body, post.url), draft.images[0].url if draft.images else "")
    body = outside_code(body, names.said) if names is not None else body
    text = clean("\n\n".join(filter(None, (draft.title, body, *map(shown, listed), end))))
    return _told(msgspec.structs.replace(draft, text=text, length=len(text), lost=()), names)


def _told(article: Draft, names: Mentions | None) -> Draft:
    """The article that says in a warning whose ``@`` it left out."""
    told = [one for one in names.warnings(article.text) if one not in article.warnings] if names is not None else []
    return msgspec.structs.replace(article, warnings=(*article.warnings, *told)) if told else article


def parts(draft: Draft) -> Parts:
    """Title and Markdown of such a draft. The Markdown does not begin like front matter, which some would read."""
    title, _, rest = draft.text.partition("\n\n")
    return Parts(one_line(title), re.sub(r"\A---(?=\s)", "***", rest.strip()))


def with_addresses(markdown: str, base: str) -> str:
    """Markdown whose links and pictures have whole addresses; what is in a code block stays as it is."""

    def whole(found: re.Match[str]) -> str:
        return f"{found[1]}{urljoin(base, found[2])}"

    def changed(text: str) -> str:
        for pattern in (_LINK, _DEFINED, _ATTRIBUTE):
            text = pattern.sub(whole, text)
        return text

    return _between(_FENCE, markdown, changed)


def outside_code(markdown: str, changed: Callable[[str], str]) -> str:
    """Markdown of which all but the code is changed."""
    return _between(_CODE, markdown, changed)


def _between(pattern: re.Pattern[str], text: str, changed: Callable[[str], str]) -> str:
    """The text with what stands between the matches changed."""
    done, at = [], 0
    for found in pattern.finditer(text):
        done += [changed(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*done, changed(text[at:])])


def without_picture(markdown: str, url: str) -> str:
    """Without a picture that stands in a line of its own and is shown above the article anyway."""
    return re.sub(rf"(?m)^!\[[^\]\n]*\]\({re.escape(url)}[^)\n]*\)\s*$", "", markdown) if url else markdown


def html(markdown: str, link: str) -> str:
    """The article as HTML; where it was published first is a link."""
    from crosspost.markup import make_parser

    body, found, end = markdown.rpartition("\n\n")
    if not link or not end.endswith(link):
        return str(make_parser().render(markdown)).strip()
    words = end.removesuffix(link)
    anchor = f'<p>{_escaped(words)}<a href="{_escaped(link)}">{_escaped(link)}</a></p>'
    return f"{make_parser().render(body).strip()}\n{anchor}".strip() if found else anchor


def slug(post: Post) -> str:
    """The last part of the post's address."""
    last = post.url.rstrip("/").rpartition("/")[2]
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.html?$", "", last).lower()).strip("-")[:80] or "post"


def own_slug(draft: Draft, key: str) -> str:
    """A slug that no other delivery has, by which the article is found again."""
    return f"{draft.options.get('slug') or 'post'}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
