"""Inline HTML to Markdown: marks where they are read as marks, and a backslash before what only looks like one."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**"}
#: elements without a mark of Markdown's, which it takes as they are
_TAGS = frozenset("del ins kbd mark q s small sub sup u".split())  # noqa: SIM905
_KEPT = frozenset("audio iframe math object svg video".split())  # noqa: SIM905
_SILENT = frozenset("script style template noscript".split())  # noqa: SIM905
_DEEPEST = 40
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: what would be read as markup
_SPECIAL = re.compile(r"[\\`*\[\]]|<(?=[A-Za-z/!?])|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,40};)|~(?=~)")
#: and only at the beginning of a line
_AT_START = re.compile(r"(?:#{1,6}(?=\s|\Z)|>|[-+=:|](?=\s|\Z|[-=|])|~~~|\d{1,9}(?=[.)](?:\s|\Z)))")
_NOTE = re.compile(r"#(?:user-content-)?fn(?:ref)?[:\d_-]*?[:_-]?([^\s:\[\]]{1,60})")


def inline_markdown(nodes: "Iterator[LexborNode]", *, begins: bool = False) -> str:
    """The Markdown of text and inline elements, on one line for each hard break.

    :param begins: whether a block of its own begins with them
    """
    out: list[str] = []
    _write(nodes, out, 0, marked=False)
    lines = (_SPACES.sub(" ", line).strip(" ") for line in "".join(out).split("\v"))
    kept = [_started(line) if begins else line for line in lines]
    return "  \n".join(kept).strip("\n ")


def plain(node: "LexborNode") -> str:
    """An element's text without any structure."""
    return _escaped(_SPACES.sub(" ", node.text(deep=True)).strip())


def note_label(address: str) -> str:
    """The name of the footnote that an address or id means; "" when it means none.

    >>> note_label("#fn:1"), note_label("#fn-a_2"), note_label("/page/")
    ('1', 'a_2', '')
    """
    found = _NOTE.fullmatch(address)
    return found[1] if found else ""


def _started(line: str) -> str:
    """A line that begins no list, heading or quotation."""
    found = _AT_START.match(line)
    if found is None:
        return line
    return f"{found[0]}\\{line[found.end() :]}" if found[0].isdecimal() else f"\\{line}"


def _write(nodes: "Iterator[LexborNode]", out: list[str], depth: int, *, marked: bool) -> None:
    held = list(nodes)
    for place, node in enumerate(held):
        tag = node.tag or ""
        if tag == "-text":
            out.append(_escaped(_SPACES.sub(" ", node.text(deep=False))))
        elif tag == "br":
            out.append("\v")  # HTML has no such character; it becomes a hard break
        elif tag == "img":
            out.append(_picture(node))
        elif tag in _SILENT or tag.startswith(("-", "_", "!")):
            continue
        elif depth > _DEEPEST:
            out.append(plain(node))
        elif tag in _KEPT:
            out.append(_SPACES.sub(" ", node.html or ""))
        else:
            following = held[place + 1].text(deep=True)[:1] if place + 1 < len(held) else ""
            _element(node, tag, out, depth, following, marked=marked)


def _element(node: "LexborNode", tag: str, out: list[str], depth: int, following: str, *, marked: bool) -> None:
    if (label := _note(node, tag)) is not None:
        out.append(f"[^{label}]")
        return
    if tag == "code":
        out.append(_code(node.text(deep=True)))
        return
    inner: list[str] = []
    _write(node.iter(include_text=True), inner, depth + 1, marked=marked or tag in _MARKS)
    text = "".join(inner)
    said = text.strip(" ")
    if not said or "\v" in said:
        out.append(text)
        return
    before, after = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    if tag == "a" and (address := _address(node.attributes.get("href") or "")):
        said = f"[{said}]({address})"
    elif tag in _MARKS and not marked and _flanked(out, before, said, after, following):
        said = f"{_MARKS[tag]}{said}{_MARKS[tag]}"
    elif tag in _MARKS or tag in _TAGS:
        said = f"<{tag}>{said}</{tag}>"
    out.append(f"{before}{said}{after}")


def _flanked(out: list[str], before: str, said: str, after: str, following: str) -> bool:
    """Whether asterisks here are read as marks: between a blank or nothing and a letter, on both sides."""
    last = out[-1][-1:] if out else ""
    opens = before or not last or last in " \v("
    closes = after or not following or not (following.isalnum() or following in "*_")
    return bool(opens and closes and said[0].isalnum() and said[-1].isalnum())


def _note(node: "LexborNode", tag: str) -> str | None:
    """The label of a footnote that an element refers to; None for other elements."""
    if tag not in ("sup", "a"):
        return None
    link = node.css_first("a[href]") if tag == "sup" else node
    if link is None or not any(map(str.isalnum, node.text(deep=True))):
        return None
    marks = (link.attributes.get("class") or "", link.attributes.get("role") or "", node.attributes.get("id") or "")
    label = note_label(link.attributes.get("href") or "")
    return label if label and (tag == "sup" or any("note" in mark or "fnref" in mark for mark in marks)) else None


def _picture(node: "LexborNode") -> str:
    address = _address(node.attributes.get("src") or "")
    alt = _escaped(_SPACES.sub(" ", node.attributes.get("alt") or "").strip())
    return f"![{alt}]({address})" if address else ""


def _address(written: str) -> str:
    address = written.strip()
    if not re.search(r"[\s()<>\\]", address):
        return address
    return "<{}>".format(re.sub(r"[<>\\\s]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), address))


def _code(text: str) -> str:
    text = _SPACES.sub(" ", text)
    if not text.strip():
        return text
    longest = max((len(row) for row in re.findall("`+", text)), default=0)
    fence, space = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{space}{text}{space}{fence}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
