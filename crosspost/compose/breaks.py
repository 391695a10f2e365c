"""Where a text may be cut: after sentences, clauses and words, never inside what only makes sense whole."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from enum import IntEnum
from functools import cache, lru_cache
from itertools import accumulate

from crosspost.compose import hashtags
from crosspost.compose.graphemes import graphemes
from crosspost.text.lazy_pattern import lazy


class Level(IntEnum):
    """How good a place is to stop."""

    WORD = 0
    CLAUSE = 1
    SENTENCE = 2


# the bounds keep a text of one endless word from being searched again from each of its letters
_WHOLE = lazy(
    r"!?\[[^\[\]\n]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)"  # Markdown link
    r"|[A-Za-z][A-Za-z0-9+.-]{0,40}://\S+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|[@＠][\w.-]+(?:@[\w.-]+)?"
)
_WHOLE_MARKS = ("@", "#", "://", "](", "＠", "＃")  # a text without any of these has nothing of the above
_PAIRS = {"(": ")", "[": "]", "{": "}", "（": "）", "「": "」", "『": "』", "【": "】"}
_BRACKET = lazy(r"[()\[\]{}（）「」『』【】]")
# opening quotation mark → what may close it
_QUOTES = {"„": "“”", "“": "”", "«": "»", "»": "«", "‹": "›", '"': '"'}
_QUOTE = lazy('["„“”«»‹›]')
_BLANK = lazy(r"\s+")
# what may be of such a script; its few letters compile at once, while those below take 2 ms
_PERHAPS_DENSE = lazy("[^\u0000-\u0dff\u1e00-\u2e7f]")
_NOT_FIRST = frozenset("。、，．！？：；）」』】〕》〉・ー々ゝヽ…‥”’.,!?:;)]}%\"'-/_~+=&|\u0e2f\u0e46")
_NOT_LAST = frozenset("（「『【〔《〈“‘([{@#＠＃$-/_~+=&|\u0e40\u0e41\u0e42\u0e43\u0e44")

_ENDS = frozenset(".!?…。！？؟۔।॥։")
_WIDE_ENDS = frozenset("。！？")
_CLOSING = "\"'”’“»«)]）」』"
_CLAUSE_ENDS = frozenset(",;:，、；：،؛")
_DASHES = (" –", " —", " -")
# a full stop after these ends no sentence; German, English, French, Spanish
_ABBREVIATIONS = frozenset(
    """
    abb abs art bd bspw bzgl bzw ca cf dr ed etc evtl ggf hrsg inkl jr max min mio mr mrs ms nr no op p pp
    prof rd resp s sr sra st str tel u usw v vgl vs zb z.b d.h u.a o.ä i.d.r e.g i.e p.ej av mme m
    """.split()  # noqa: SIM905 - one text is easier to add to
)


@lru_cache(maxsize=64)  # while a text is cut, it is looked at again for every cut
def _brackets(text: str) -> tuple[tuple[int, int], ...]:
    """Where bracket pairs stand; a bracket without its partner is only a character."""
    spans: list[tuple[int, int]] = []
    opened: list[tuple[int, str]] = []
    waiting: Counter[str] = Counter()  # how many of each closing bracket could come
    for found in _BRACKET.finditer(text):
        if closing := _PAIRS.get(found[0]):
            opened.append((found.start(), closing))
            waiting[closing] += 1
        elif waiting[found[0]]:
            while opened[-1][1] != found[0]:
                waiting[opened.pop()[1]] -= 1
            spans.append((opened.pop()[0], found.end()))
            waiting[found[0]] -= 1
    return tuple(spans)


@lru_cache(maxsize=64)  # the same
def _quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Where quotations stand, with their marks; German, English, French and straight ones."""
    spans: list[tuple[int, int]] = []
    opened: list[tuple[int, str]] = []
    for found in _QUOTE.finditer(text):
        mark, at = found[0], found.start()
        touches = mark == "«" or text[at + 1 : at + 2].strip() != ""  # French puts a blank behind «
        begins = mark in _QUOTES and touches and (at == 0 or not text[at - 1].isalnum())
        if opened and mark in opened[-1][1] and not (mark == '"' and begins and text[at - 1 : at].isspace()):
            spans.append((opened.pop()[0], found.end()))
        elif begins:
            opened.append((at, _QUOTES[mark]))
    return tuple(spans)


def unclosed(text: str, at: int) -> str:
    """What closes the brackets and quotations in which the first ``at`` code points of a text end, innermost first."""
    cut = sorted((span for span in _brackets(text) + _quotations(text) if span[0] < at < span[1]), reverse=True)
    return "".join(text[end - 2 : end] if text[end - 2].isspace() else text[end - 1] for _, end in cut)


def _ends_sentence(kept: str, following: str) -> bool:
    """Whether a sentence ends with ``kept``, whose last character but quotes and brackets is a sentence's end."""
    bare = kept.rstrip(_CLOSING)
    if bare[-1] in _WIDE_ENDS:
        return True
    word = bare.rsplit(None, 1)[-1].lstrip("(„“\"'«").rstrip("".join(_ENDS)).casefold()
    # "29. November", "z. B. Wind", "A. Muster": the full stop belongs to the word
    if bare[-1] == "." and (word in _ABBREVIATIONS or word.isdecimal() or len(word) == 1):
        return False
    begins = following.lstrip(" \"'„“‚‘«»([-–*\n")
    return not begins[:1].islower() or begins.startswith(("https://", "http://"))


def level(text: str, at: int) -> Level:
    """How good a place to stop is at ``at`` code points."""
    kept = text[max(0, at - 40) : at]
    bare = kept.rstrip(_CLOSING)
    if bare and bare[-1] in _ENDS and _ends_sentence(kept, text[at : at + 20]):
        return Level.SENTENCE
    if text[at : at + 1] == "\n":
        return Level.SENTENCE if text[at : at + 2] == "\n\n" else Level.CLAUSE
    return Level.CLAUSE if kept[-1:] in _CLAUSE_ENDS or kept.endswith(_DASHES) else Level.WORD


@cache
def _no_blanks() -> re.Pattern[str]:
    """Scripts written without blanks between words; Thai, Lao, Khmer, Myanmar, Tibetan, Chinese, Japanese."""
    return re.compile(
        "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff]"
    )


def _dense(text: str) -> list[int]:
    """Places between characters of scripts that put no blanks between words."""
    found: list[int] = []
    at, before, dense = 0, "", _no_blanks()
    for cluster in graphemes(text):
        if (
            before
            and (dense.match(before) or dense.match(cluster))
            and before[-1] not in _NOT_LAST
            and cluster[0] not in _NOT_FIRST
            and not (before.isspace() or cluster.isspace())
        ):
            found.append(at)
        at += len(cluster)
        before = cluster
    return found


def _whole(text: str) -> list[tuple[int, int]]:
    """Where links, mentions and hashtags stand."""
    if not any(mark in text for mark in _WHOLE_MARKS):
        return []
    return [*(match.span() for match in _WHOLE.finditer(text)), *hashtags.spans(text)]


def breaks(text: str, upto: int | None = None, *, in_brackets: bool = False) -> list[int]:
    """Every place where ``text`` may be cut, in code points from the start; its own end is not one of them.

    :param upto: look for places before this one only; what belongs together is still seen in the whole text
    :param in_brackets: also between brackets, for a text that has nothing outside of them
    """
    head = text[:upto]
    places = [match.start() for match in _BLANK.finditer(head) if match.start()]
    if _PERHAPS_DENSE.search(head) and _no_blanks().search(head):
        places = sorted({*places, *_dense(head)})
    spans = _whole(head)
    if not in_brackets:
        spans += _brackets(text)
    for start, end in spans:
        del places[bisect_right(places, start) : bisect_left(places, end)]
    return places


def clusters(text: str, upto: int | None = None) -> list[int]:
    """Every grapheme boundary before the first link, mention or hashtag: the last resort for one endless word."""
    head = text[:upto]
    first = min((start for start, _ in _whole(head)), default=len(head))
    return list(accumulate(map(len, graphemes(head[:first]))))
