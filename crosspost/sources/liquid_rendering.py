"""Renders a post's Liquid and removes kramdown's attribute lists.

Liquid is rendered by python-liquid, which gives templates no access to Python objects, with limits on loops and output.
Includes and plug-in tags render to nothing. Imported on first use, because listings render nothing.
Sources: https://jekyllrb.com/docs/liquid/ and https://kramdown.gettalong.org/syntax.html
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

MAX_OUTPUT = 500_000  # bytes: the same limit as for a text without Liquid

_FENCE = lazy(r" {0,3}(`{3,}|~{3,})")
_CODE_SPAN = lazy(r"(`+)(?!`).*?(?<!`)\1(?!`)")
# the bounds prevent quadratic time for lists that are never closed
_ATTRIBUTES = lazy(r"\{:(?:\\.|[^\\}\n]){0,500}\}")
_CONTENTS_LIST = lazy(
    r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:[^}\n]{0,200}\btoc\b[^}\n]{0,200}\}[ \t]*$", re.MULTILINE
)
_COMMENT_OPENS, _COMMENT_CLOSES = "{::comment}", re.compile(r"\{:/(?:comment)?\}")
_LONG_LINE = 10_000  # characters; longer lines have no attributes
_ABBREVIATION = lazy(r"^\*\[[^\]\n]+\]:[^\n]*$", re.MULTILINE)

Address = Callable[[str], str]


def render(text: str, variables: dict[str, Any], relative: Address, absolute: Address) -> tuple[str, str]:
    """Render a post's Liquid.

    :param variables: the variables of templates: ``site``, ``page``
    :param relative: Jekyll's ``relative_url`` filter
    :param absolute: Jekyll's ``absolute_url`` filter
    :returns: the text, and a warning ("" if there is none). A template with a mistake only loses its tags.
    """
    if "{{" not in text and "{%" not in text:
        return text, ""
    from liquid.exceptions import LiquidError

    from crosspost.sources.liquid_bounds import excess, without_marks

    try:
        if wrong := excess(text):
            raise LiquidError(wrong, token=None)
        template: BoundTemplate = _environment().from_string(text)
        filters = {"relative": relative, "absolute": absolute}
        return template.render(**variables, crosspost_addresses=filters), ""
    except (LiquidError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        said = " ".join(str(error).split()).partition(" -> ")[0]  # what follows repeats the text, with a mark below it
        reason = said[:120] or type(error).__name__
        return without_marks(text), f"a mistake in the Liquid of the text ({reason}); its tags were left out"


def without_attributes(text: str) -> str:
    """Remove kramdown's attribute lists (``{: .class}``), table of contents, comments and abbreviations."""
    if "{:" in text:
        text = _CONTENTS_LIST.sub("", _without_comments(text))
        text = "\n".join(_lines_without_attributes(text.split("\n")))
    return _ABBREVIATION.sub("", text) if "*[" in text else text


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find(_COMMENT_OPENS, at)) >= 0 and (closed := _COMMENT_CLOSES.search(text, start)) is not None:
        kept.append(text[at:start])
        at = closed.end()
    return "".join([*kept, text[at:]])


def _lines_without_attributes(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
            yield line
        elif mark:
            fence = mark[1]
            yield _ATTRIBUTES.sub("", line[:_LONG_LINE])
        elif "{:" not in line or len(line) > _LONG_LINE:
            yield line
        else:
            cleaned = _outside_code(line)
            if cleaned.strip():
                yield cleaned.rstrip()
            # a line with only attributes belongs to the block above, so no empty line must remain


def _outside_code(line: str) -> str:
    pieces, end = [], 0
    for span in _CODE_SPAN.finditer(line):
        pieces += [_ATTRIBUTES.sub("", line[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*pieces, _ATTRIBUTES.sub("", line[end:])])


@cache
def _environment() -> "Environment":
    from crosspost.sources.liquid_jekyll import make_environment

    return make_environment(MAX_OUTPUT)
