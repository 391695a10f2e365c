"""Refuses HTML that is nested absurdly deep, before it is parsed: the time a parser takes grows with its square."""

from crosspost.text.lazy_pattern import lazy

#: no real page comes near
_DEEPEST = 1000
_TAG = lazy(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)([^<>]*+)>")
#: without an end tag, or where it may be left out: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
_OPEN = frozenset(
    """
    area base br col embed hr img input link meta param source track wbr html head body p li dt dd tr td th thead tbody
    tfoot caption colgroup option optgroup rt rp path circle rect line use
    """.split()  # noqa: SIM905 - one text is easier to add to
)


class TooDeep(ValueError):
    """HTML that nobody should parse."""


def refuse_depth(html: str) -> None:
    """Check how deep elements are nested.

    :raises TooDeep: when it is deeper than any real page
    """
    depth = 0
    for end, name, rest in _TAG.findall(html):
        if name.lower() in _OPEN or rest.endswith("/"):
            continue
        depth = max(depth - 1, 0) if end else depth + 1
        if depth > _DEEPEST:
            raise TooDeep(f"its HTML is nested more than {_DEEPEST:,} levels deep, as no real page is")
