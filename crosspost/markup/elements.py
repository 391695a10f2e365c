"""Tells HTML tags from words in angle brackets: ``<em>`` is HTML; ``List<String>`` and ``<your name>`` are text.

Source of the names: https://html.spec.whatwg.org/multipage/indices.html and its list of obsolete elements; MathML
Core for the content of ``<math>``; checked 2026-11-25.
"""

import re
from typing import NamedTuple

from crosspost.text.lazy_pattern import lazy

# void elements: they have no content and no closing tag
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
# elements that are useful without an attribute, or whose closing tag is optional
_ALONE = frozenset(
    "br hr wbr p li dt dd tr td th thead tbody tfoot option optgroup colgroup caption rp rt".split()  # noqa: SIM905
)
# text formatting; authors forget to close these
_LOOKS = frozenset(
    """
    a abbr acronym b bdi bdo big blockquote center cite code del dfn div em font i ins kbd mark nobr q s samp small span
    strike strong sub sup tt u var
    """.split()  # noqa: SIM905 - one text is easier to read
)
_OTHERS = frozenset(
    """
    address applet article aside audio body button canvas data datalist details dialog dir fieldset figcaption figure
    footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup html iframe label legend main map marquee menu meter
    nav noframes noscript object ol output picture pre progress ruby script search section select slot style summary svg
    table template textarea time title ul video math dl center
    """.split()  # noqa: SIM905 - the same
)
_MATH = frozenset(
    """
    annotation maction math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics
    """.split()  # noqa: SIM905 - the same
)
ELEMENTS = _EMPTY | _ALONE | _LOOKS | _OTHERS
# <my-player src="…">, and leftovers of office programs: <o:p></o:p>
_CUSTOM = lazy(r"[a-z][a-z0-9]*(?:[-:][a-z0-9._]+)+")
TAG = lazy(r"<(/?)([A-Za-z][^\s/<>]*)([^<>]*)(>?)")
_DECLARED = lazy(r"<[!?][^<>]*>")  # comments, declarations, processing instructions
_NO_TAG = lazy(r"</(?![A-Za-z])")


class Names(NamedTuple):
    """The names of all opening and all closing tags in a text, in lower case."""

    opened: frozenset[str]
    closed: frozenset[str]


def names(source: str) -> Names:
    """Find the tags in a text."""
    found = [(tag[1], tag[2].lower()) for tag in TAG.finditer(source)]
    return Names(frozenset(n for end, n in found if not end), frozenset(n for end, n in found if end))


def is_markup(tag: re.Match[str], among: Names, *, line: bool = False) -> bool:
    """Whether a match of :data:`TAG` is an HTML tag, and not words of the text.

    :param among: the tags of the whole text
    :param line: whether the text is a line such as a title, where ``The <script> tag`` only mentions an element
    """
    closing, name, given = tag[1], tag[2].lower(), tag[3]
    attributes = given[:1].isspace() and given.strip(" /\n\t") != ""
    if name not in ELEMENTS and not (name in _MATH and "math" in among.opened):
        if not _CUSTOM.fullmatch(name):
            return False
        return name in among.opened if closing else attributes or name in among.closed
    if closing or attributes:
        return True
    if name in _EMPTY:
        return not line or name in _ALONE
    if name in _ALONE or name in among.closed:
        return True
    glued = tag.start() > 0 and tag.string[tag.start() - 1].isalnum()  # Promise<object>
    return not glued and (not line or name in _LOOKS)


def literal(source: str) -> str:
    """Escape words in angle brackets that are not HTML elements, so that a parser reads them as text."""
    if "<" not in source:
        return source
    among, last = names(source), source.rfind(">")

    def judged(tag: re.Match[str]) -> str:
        whole = bool(tag[4]) or tag.end() <= last
        return tag[0] if whole and is_markup(tag, among) else "&lt;" + tag[0][1:]

    return _NO_TAG.sub("&lt;/", TAG.sub(judged, source))


def without_tags(text: str) -> str:
    """A line without its HTML tags and comments; words in angle brackets that are not HTML elements stay."""
    among = names(text)
    text = TAG.sub(lambda tag: "" if tag[4] and is_markup(tag, among, line=True) else tag[0], text)
    return _DECLARED.sub("", text)
