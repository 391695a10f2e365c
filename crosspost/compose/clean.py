"""Text as it may be sent: one Unicode form, no invisible rubbish, no piled-up blank lines."""

from crosspost.compose.measure import normalise
from crosspost.text.lazy_pattern import lazy

# controls except the line break, halves of surrogate pairs, and what X calls invalid; U+2028/9 are line breaks
_DROPPED = lazy("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]")
_LINE_END = lazy("\r\n?|[\u0085\u2028\u2029]")
# it begins where the blanks begin: tried from each of them, a row of blanks would cost its length squared
_TRAILING = lazy(r"(?<![^\S\n])[^\S\n]++(?=\n)")
_BLANK_LINES = lazy(r"\n{3,}")
_PRINTABLE_ASCII = lazy(r"[ -~]*")


def clean(text: str) -> str:
    """NFC; LF; no control characters; no blanks at a line's end; at most one blank line in a row."""
    if _PRINTABLE_ASCII.fullmatch(text):
        return text.strip()
    text = _LINE_END.sub("\n", text)
    text = normalise(_DROPPED.sub("", text).replace("\t", " "))
    if "\n" not in text:
        return text.strip()
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def one_line(text: str) -> str:
    """The same on one line, for titles and alternative texts."""
    return " ".join(clean(text).split())
