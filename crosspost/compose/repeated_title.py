"""A title that the description repeats."""

_ELLIPSES = ("…", "...", "[…]", "[...]")
_SEPARATORS = (":", " –", " —", " -", " |", "\n")
_SENTENCE_ENDS = ".!?…。！？؟।"
_CLOSING = " \"'”’“»«)]」』"


def letters(text: str) -> str:
    """What two texts are compared by: letters and digits, whatever their case."""
    return "".join(filter(str.isalnum, text.casefold()))


def without_repetition(title: str, description: str) -> tuple[str, str]:
    """Title and description when one does not say again what the other says.

    A title stays a headline: a description that says the same is left out, one that begins with it as a sentence of
    its own goes on behind it, and one that only begins with the same words is left as it is. A title that is cut off
    (``We went to the sea and…``) is not a headline where the description says all of it.
    """
    if not title or not description:
        return title, description
    if title == description or (letters(title) and letters(title) == letters(description)):
        return title, ""
    cut = next((title.removesuffix(end) for end in _ELLIPSES if title.endswith(end)), "")
    if letters(cut) and letters(description).startswith(letters(cut)):
        return "", description
    return title, without_title(title, description)


def without_title(title: str, text: str) -> str:
    """The text behind the title it begins with, when that is a sentence or a heading of its own; else all of it."""
    end = _end(title, text)
    ends = title.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS if end else False
    rest = text[end:] if end else ""
    after = rest.lstrip(_SENTENCE_ENDS)
    if not (ends or len(after) < len(rest) or rest.startswith(_SEPARATORS)):
        return text
    after = after.lstrip("".join(_SEPARATORS) + _CLOSING + _SENTENCE_ENDS).strip()
    return after if after and not after[0].islower() else text


def _end(title: str, text: str) -> int:
    """Where the title ends in a text that begins with its letters; 0 when it does not, or goes on within a word."""
    wanted, at = letters(title), 0
    while wanted and at < len(text):
        found = letters(text[at])
        if not wanted.startswith(found):
            return 0
        wanted, at = wanted[len(found) :], at + 1
    return at if letters(title) and not wanted and not text[at : at + 1].isalnum() else 0
