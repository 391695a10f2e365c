"""Split a long text into numbered parts: at paragraphs, else sentences, else words; never inside what is one."""

from collections.abc import Callable
from typing import Literal

from crosspost.compose.breaks import Level, breaks, clusters, level

# a paragraph's or sentence's end is nicer as long as the part keeps this share of what would fit
_SHARE = 0.4


def split(
    text: str, fits: Callable[[str], bool], *, link: str = "", link_in: Literal["first", "last"] = "first"
) -> tuple[str, ...]:
    """The parts of a thread, each with its number ("2/5") on a line of its own; one part has none.

    :param text: cleaned text, without the link
    :param fits: whether a part fits the network, number and link included
    :param link: stands whole in one part, before its number
    :returns: the parts in order; () when not even one word (or the link) fits beside a number
    """
    whole = _joined(text, link, "")
    if fits(whole):
        return (whole,)
    for digits in (1, 2, 3):
        widest = "9" * digits
        bodies = _bodies(text, lambda body, at: fits(_joined(body, at, f"{widest}/{widest}")), link, link_in)  # noqa: B023  # used at once
        if bodies and len(bodies) < 10**digits:
            total = len(bodies)
            return tuple(_joined(body, with_link, f"{n}/{total}") for n, (body, with_link) in enumerate(bodies, 1))
    return ()


def _joined(*blocks: str) -> str:
    return "\n\n".join(filter(None, blocks))


def _bodies(text: str, fits: Callable[[str, str], bool], link: str, link_in: str) -> list[tuple[str, str]]:
    """(text, link or "") of each part, without numbers; [] when it cannot be done."""
    found: list[tuple[str, str]] = []
    rest, first = text.strip(), link if link_in == "first" else ""
    last = link if link_in == "last" else ""
    while rest:
        carried = first if not found else ""
        if fits(rest, _joined(carried, last)):
            return [*found, (rest, _joined(carried, last))]
        at = _place(rest, lambda body, carried=carried: fits(body, carried))  # type: ignore[misc]
        if not at:
            return []
        found.append((rest[:at].rstrip(), carried))
        rest = rest[at:].lstrip()
    return [*found, ("", last)] if last and fits("", last) else [] if last else found


def _place(text: str, fits: Callable[[str], bool]) -> int:
    """Where the first part ends, in code points; 0 when nothing fits."""
    for places in (breaks(text), breaks(text, in_brackets=True), clusters(text)):
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
