"""Shorten one text until it fits: at a sentence, else a clause, else a word, with an ellipsis that is counted."""

from bisect import bisect_right
from collections.abc import Callable

from crosspost.compose.breaks import Level, breaks, clusters, level, unclosed
from crosspost.text.lazy_pattern import lazy

ELLIPSIS = "…"

# an end at a sentence (clause) is nicer than one at a word as long as it keeps this share of what would fit
_SENTENCE_SHARE = 0.6
_CLAUSE_SHARE = 0.8
_MAX_DANGLING = 6

# nothing ends with these; a quotation mark only when a blank stands before it, for then it opens
_OPEN_END = ",;:،؛、，；：/&+([{（「『【„‚¿¡–—-"
_QUOTES = "\"'“‘”’«"
_CLOSERS = ELLIPSIS + ' \u00a0\u202f)]}）」』】"“”»«›'
_WORD_END = lazy(r"\w")
_NEEDS_WHOLE = ("@", "#", "://", "＠", "＃")
# no text should end with these: articles, conjunctions, prepositions in German, English, French, Spanish, Italian,
# Dutch, Polish, Portuguese
_DANGLING = frozenset(
    """
    der die das den dem des ein eine einen einem einer eines und oder aber sowie dass weil wenn als wie um zu
    zum zur im in am an auf aus bei beim bis durch für gegen mit nach ohne seit über unter von vom vor während
    wegen the a an and or but nor that because if as of to at by for from into on onto over under with without
    le la les un une des du de et ou mais que qui si dans en par pour sans sur avec au aux à l' d' el los las
    una unos unas y e o u pero del al con sin por para il lo gli di da della dei nel nella alla che het een en maar van
    voor met op aan bij uit naar w z na od że ale lub oraz dla os uma das dos com em mas ou
    """.split()  # noqa: SIM905 - one text is easier to add to
)


def _without_open_end(kept: str) -> str:
    """``kept`` without commas, dashes, opening brackets and opening quotation marks at its end."""
    while True:
        bare = kept.rstrip().rstrip(_OPEN_END).rstrip()
        opens = bare[-1:] in _QUOTES or (bare[-1:] == "»" and "«" not in bare)  # French closes with " »"
        if bare and opens and (len(bare) == 1 or bare[-2].isspace()):
            bare = bare[:-1]
        if bare == kept:
            return kept
        kept = bare


def finish(text: str, at: int) -> str:
    """The first ``at`` code points of ``text`` with an ellipsis, nothing left open at its end."""
    kept = text[:at].rstrip()
    if level(text, at) is not Level.SENTENCE:
        kept = _without_open_end(kept)
    if not kept:
        return ""
    last = kept[kept.rfind(" ") + 1 :]
    apart = not _WORD_END.match(kept[-1]) or "." in last or any(mark in last for mark in _NEEDS_WHOLE)
    return (f"{kept} {ELLIPSIS}" if apart else kept + ELLIPSIS) + unclosed(text, len(kept))


def dangles(text: str) -> bool:
    """Whether a text (without its ellipsis and what closes it) would end with a word that asks for another one."""
    words = text.rstrip(_CLOSERS).split()
    return bool(words) and words[-1].casefold() in _DANGLING


def _last_fitting(text: str, places: list[int], fits: Callable[[str], bool], room: int) -> int:
    """Index of the last place whose cut fits, -1 when none does; looked for from where ``room`` says it should be."""
    low, high = -1, len(places)
    middle, step = min(max(bisect_right(places, room) - 1, 0), high - 1), 1
    while high - low > 1:
        if fits(finish(text, places[middle])):
            low = middle
        else:
            high = middle
        # away from the guess in growing steps until it is on one side, then by halves
        bounded = low >= 0 and high < len(places)
        middle = (low + high) // 2 if bounded else min(low + step, high - 1) if low >= 0 else max(high - step, 0)
        step *= 2
    # endings differ in what is taken away, so a place or two further on may be shorter again
    too_long = len(finish(text, places[high])) if high < len(places) else 0
    for index in range(min(low + 3, len(places) - 1), high, -1):
        cut = finish(text, places[index])
        if len(cut) <= too_long and fits(cut):
            return index
    return low


def _nicest(text: str, places: list[int], last: int) -> int:
    """Index of the place to stop at, given the last one that fits."""
    for wanted, share in ((Level.SENTENCE, _SENTENCE_SHARE), (Level.CLAUSE, _CLAUSE_SHARE)):
        for index in range(last, -1, -1):
            if places[index] < share * places[last]:
                break
            if level(text, places[index]) is wanted and not dangles(finish(text, places[index])):
                return index
    for index in range(last, max(-1, last - _MAX_DANGLING), -1):
        if not dangles(finish(text, places[index])):
            return index
    return last


def _cut(text: str, places: list[int], fits: Callable[[str], bool], room: int) -> tuple[str, bool]:
    """The best cut ("" when none fits), and whether a place beyond the given ones might fit too."""
    last = _last_fitting(text, places, fits, room) if places else -1
    if last < 0:
        return "", False
    index = _nicest(text, places, last)
    while index >= 0 and not fits(cut := finish(text, places[index])):
        index -= 1
    return (cut if index >= 0 else ""), last >= len(places) - 4


def shorten(text: str, fits: Callable[[str], bool], room: int) -> str:
    """The longest good beginning of ``text`` that fits, with an ellipsis; all of it when it fits; "" when nothing does.

    :param fits: says whether a shortened text fits where it is going to stand; measured again for every cut
    :param room: about how many characters may fit; only decides where is looked first
    """
    if fits(text):
        return text
    window = 2 * max(room, 0) + 200
    while True:
        cut, more = _cut(text, breaks(text, window), fits, room)
        if not more or window >= len(text):
            break
        window *= 4
    # one pair of brackets around everything that says something, or one endless word: better something than nothing
    if not _says_something(cut):
        inside, _ = _cut(text, breaks(text, window, in_brackets=True), fits, room)
        cut = inside if _says_something(inside) else cut
    if not cut.strip(ELLIPSIS + " "):
        cut, _ = _cut(text, [place for place in clusters(text, window) if place < len(text)], fits, room)
    return cut


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))
