"""Split a long text into numbered parts: at paragraphs, else sentences, else words; never inside what is one."""

from collections.abc import Callable
from typing import Literal

from crosspost.compose.breaks import Level, breaks, clusters, level
from crosspost.compose.fit import shorten

Fits = Callable[[str], bool]

#: a thread has at most this many parts; what is longer is cut at the end
MOST = 25
# a paragraph's or sentence's end is nicer as long as the part keeps this share of what would fit
_SHARE = 0.4
_AHEAD = 2000


def split(text: str, fits: Fits, *, tail: str = "", tail_in: Literal["first", "last"] = "first") -> tuple[str, ...]:
    """The parts of a thread, each with its number ("2/5") on a line of its own; one part has none.

    :param text: cleaned text, without the tail
    :param fits: whether a part fits the network, number and tail included
    :param tail: link and hashtags: stand whole at the end of one part, before its number
    :returns: the parts in order, of a text that is too long one more than :data:`MOST`; () when not even one word (or
        the tail) fits beside a number
    """
    whole = _joined(text, tail, "")
    if fits(whole):
        return (whole,)
    for digits in (1, 2):
        widest = "9" * digits
        bodies = _bodies(text, lambda body, at: fits(_joined(body, at, f"{widest}/{widest}")), tail, tail_in)  # noqa: B023  # used at once
        if bodies and len(bodies) < 10**digits:
            total = len(bodies)
            return tuple(_joined(body, at, f"{n}/{total}") for n, (body, at) in enumerate(bodies, 1))
    return ()


def thread(text: str, fits: Fits, *, tail: str, tail_in: Literal["first", "last"]) -> tuple[tuple[str, ...], int]:
    """:func:`split` into at most :data:`MOST` parts, and how many characters had to go for that.

    :returns: ((), 0) when it cannot be split
    """
    parts = split(text, fits, tail=tail, tail_in=tail_in)
    if len(parts) <= MOST:
        return parts, 0

    def few(cut: str) -> bool:
        return 0 < len(split(cut, fits, tail=tail, tail_in=tail_in)) <= MOST

    kept = shorten(text, few, sum(map(len, parts[:MOST])))
    return split(kept, fits, tail=tail, tail_in=tail_in), len(text) - len(kept)


def _joined(*blocks: str) -> str:
    return "\n\n".join(filter(None, blocks))


def _bodies(text: str, fits: Callable[[str, str], bool], tail: str, tail_in: str) -> list[tuple[str, str]]:
    """(text, tail or "") of each part, without numbers; [] when it cannot be done."""
    found: list[tuple[str, str]] = []
    rest, first = text.strip(), tail if tail_in == "first" else ""
    last = tail if tail_in == "last" else ""
    while rest and len(found) <= MOST:
        carried = first if not found else ""
        if fits(rest, _joined(carried, last)):
            return [*found, (rest, _joined(carried, last))]
        at = _place(rest, lambda body, carried=carried: fits(body, carried))  # type: ignore[misc]
        if not at:
            return []
        found.append((rest[:at].rstrip(), carried))
        rest = rest[at:].lstrip()
    if rest or not last:  # too long, or nothing is left
        return found
    return [*found, ("", last)] if fits("", last) else []


def _place(text: str, fits: Fits) -> int:
    """Where the first part ends, in code points; 0 when nothing fits."""
    ahead = len(text)
    while ahead > _AHEAD and not fits(text[: ahead // 2].rstrip()):
        ahead //= 2  # a whole post need not be looked through for one part of it
    for places in (breaks(text, ahead), breaks(text, ahead, in_brackets=True), clusters(text, ahead)):
        low, high = -1, len(places)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(text[: places[middle]].rstrip()) else (low, middle)
        if low >= 0:
            return _nicest(text, places[: low + 1])
    return len(text) if fits(text) else 0


def _nicest(text: str, places: list[int]) -> int:
    good = [at for at in places if at >= _SHARE * places[-1]]
    paragraphs = [at for at in good if text[at : at + 2] == "\n\n"]
    sentences = [at for at in good if level(text, at) is Level.SENTENCE]
    return max(paragraphs or sentences or good)
