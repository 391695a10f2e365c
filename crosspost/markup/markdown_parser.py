"""The Markdown parser: CommonMark with tables and strikethrough, and two changes that plain text needs.

Words in angle brackets that are not HTML stay words (:mod:`.elements`), and an asterisk inside a word
(``Schüler*innen``, ``2*3*4``) stays an asterisk.
"""

from functools import cache
from typing import TYPE_CHECKING

from crosspost.markup.elements import TAG, Names, is_markup, names
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

_NAMES = "html_names"  # cached while a text is parsed
_STARS = lazy(r"\*+")


@cache
def parser() -> "MarkdownIt":
    """The shared parser for converting to plain text."""
    return make_parser()


def make_parser() -> "MarkdownIt":
    """A new parser, to which the caller may add rules."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    made.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    made.inline.ruler.at("emphasis", _emphasis)
    made.core.ruler.push("words_in_brackets", _words_in_brackets)
    return made


def _html_block(state: "StateBlock", first: int, last: int, silent: bool) -> bool:
    from markdown_it.rules_block import html_block

    tag = TAG.match(state.src, state.bMarks[first] + state.tShift[first])
    if tag is not None:
        if (among := state.env.get(_NAMES)) is None:
            among = state.env[_NAMES] = names(state.src)
        if not is_markup(tag, among):
            return False
    return html_block(state, first, last, silent)


def _emphasis(state: "StateInline", silent: bool) -> bool:
    from markdown_it.rules_inline import emphasis

    stars = _STARS.match(state.src, state.pos)
    if stars is not None and not silent and _within_a_word(state.src, *stars.span()):
        state.pending += stars[0]
        state.pos = stars.end()
        return True
    return emphasis.tokenize(state, silent)


def _within_a_word(text: str, start: int, end: int) -> bool:
    """Whether it is one asterisk between letters (of scripts with upper and lower case), or asterisks between
    digits.
    """
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isdecimal() and after.isdecimal():
        return True
    return end - start == 1 and _of_a_word(before) and _of_a_word(after)


def _of_a_word(char: str) -> bool:
    return char.isdecimal() or char.islower() or char.isupper()


def _words_in_brackets(state: "StateCore") -> None:
    for token in state.tokens:
        children = token.children or []
        if not any(child.type == "html_inline" for child in children):
            continue
        among, before = names(token.content), ""
        for child in children:
            if child.type == "html_inline" and not _html(before, child.content, among):
                child.type = "text"
            before = child.content[-1:]


def _html(before: str, tag: str, among: Names) -> bool:
    found = TAG.match(before + tag, len(before))
    return found is None or is_markup(found, among, line=True)  # anything else is a comment or declaration
