"""The readable text of inline Markdown and HTML."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crosspost.markup.elements import literal
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from markdown_it.token import Token
    from selectolax.lexbor import LexborHTMLParser

_BREAK = "\u2028"  # Unicode's line separator: authors do not use it, and it is not HTML white space
_SPACES = lazy(r"[ \t\r\n\f]+")
_UNREADABLE = ["script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"]
_BLOCKS = (
    "p,div,li,tr,h1,h2,h3,h4,h5,h6,blockquote,pre,section,article,figure,figcaption,dt,dd,table,ul,ol,header,footer,"
    "details,summary,aside,main,address"
)


def html_tree(source: str) -> "LexborHTMLParser":
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(literal(source))


def html_text(source: str, without: str = "") -> str:
    tree = html_tree(source)
    tree.strip_tags(_UNREADABLE)
    if without:
        for node in tree.css(without):
            node.decompose()
    for node in tree.css("br"):
        node.replace_with(_BREAK)
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    text = tree.body.text() if tree.body else ""
    lines = (folded(line) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" \n\t")


def inline(children: "Sequence[Token]", without: str = "") -> str:
    """The text of inline tokens; if they include HTML, an HTML parser decides what is text.

    :param without: CSS selector of elements to leave out with their content
    """
    if not any(child.type == "html_inline" for child in children):
        return "".join(_inline_part(child) for child in children)
    parts = (
        child.content if child.type == "html_inline" else html.escape(_inline_part(child)).replace("\n", "<br>")
        for child in children
    )
    return html_text("".join(parts), without)


def _inline_part(token: "Token") -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type, "")
