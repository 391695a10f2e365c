"""Hashtags from the tags of a post, and where a text has hashtags."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from crosspost.compose.measure import UNITS, normalise
from crosspost.compose.style import Style
from crosspost.model import Limits
from crosspost.text.lazy_pattern import lazy

#: what stands inside words of some scripts without being a letter: joiners, interpunct, katakana middle dot, Hebrew
#: geresh, gershayim and maqaf, Tibetan tsheg, Japanese double hyphen, wave dashes and sound marks, ditto, kavyka.
#: ``Limits.hashtag_signs`` says which of them a network takes.
SIGNS = "\u200c\u200d·・׳״־་༌゠〜～゛゜〃\ua67e"
# written by mistake or by an old keyboard instead of one of them
_SPELT = str.maketrans({"･": "・", "‧": "·", "⋅": "·", "∙": "·"})
_SEPARATORS = lazy(r"[\s\-‐‑‒–—―/&_|\\•]+")
_MOST = 100  # no network takes more; the search for how many of them fit tries each number
_QUOTES = str.maketrans("", "", "'‘’‚`´\"“”„«»‹›()[]{}（）「」『』【】《》〈〉")
# what nobody sees: soft hyphen, marks of direction, word joiners, fillers; variation selectors are about emoji
_INVISIBLE = lazy(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe0e\ufe0f\ufeff\uffa0]"
)
_KEYCAP = lazy("[0-9#*]\ufe0f?\u20e3")
# a Malayalam consonant without its vowel, as it was written before Unicode 5.1 gave it a letter of its own
_CHILLU = lazy("([ണനരലളക])്\u200d")
_CHILLUS = dict(zip("ണനരലളക", "ൺൻർൽൾൿ", strict=True))
_DECORATION = frozenset(("So", "Cf", "Cn", "Co", "Me"))
_SENTENCE_ENDS = ".,!?…;:。、，．！？：；؟،।"
_HASH = lazy(r"(?<![\w&/#＃])[#＃](?=\w)")


class Hashtags(NamedTuple):
    """The hashtags of a post, each with its ``#``, and the tags that cannot be one on this network, as written."""

    said: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def belongs(char: str) -> bool:
    """Whether a hashtag may have ``char`` on every network: letters, digits and their marks in every script, ``_``.

    No variation selector and no keycap: they are about emoji.
    """
    if char.isalpha() or char.isdecimal() or char == "_":
        return True
    return unicodedata.category(char) in ("Mn", "Mc") and not "\ufe00" <= char <= "\ufe0f"


def spans(text: str, signs: str = SIGNS) -> Iterator[tuple[int, int]]:
    """Where ``text`` has hashtags: start at the ``#`` and end (exclusive), in code points.

    :param signs: what a hashtag may have between two letters; see ``Limits.hashtag_signs``
    """
    for match in _HASH.finditer(text) if "#" in text or "＃" in text else ():
        before = text[match.start() - 1 : match.start()]
        if before and (before in signs or belongs(before)):
            continue
        end = match.end()
        while end < len(text) and (belongs(text[end]) or _between(text, end, signs)):
            end += 1
        if end > match.end():
            yield match.start(), end


def _between(text: str, at: int, signs: str) -> bool:
    """Whether a sign stands at ``at`` with a letter, digit or mark on both sides."""
    return text[at] in signs and 0 < at < len(text) - 1 and belongs(text[at - 1]) and belongs(text[at + 1])


def in_text(text: str) -> set[str]:
    """The hashtags a text already has, case-folded, without ``#``."""
    return {text[start + 1 : end].casefold() for start, end in spans(text)}


def hashtag(tag: str, limits: Limits | None = None) -> str:
    """The hashtag for one tag, with ``#``; "" when the network would not take it as exactly one.

    Several words become CamelCase, which a screen reader can read out word by word. Letters and marks of every script
    are kept; signs inside a word (``l·l``, ``ハリー・ポッター``) where the network takes them, else the word is joined
    without them. Emoji and full stops around a tag go. ``C++`` or ``schema.org`` have characters that end a hashtag,
    digits alone are none.

    >>> [hashtag(tag) for tag in ("erneuerbare Energien", "🌱 Garten", "C++", "2026")]
    ['#ErneuerbareEnergien', '#Garten', '', '']

    :param limits: the network's; None for what every network takes
    """
    found = _joined(tag, limits.hashtag_signs if limits else "")
    if limits and any(UNITS[unit](found[1:], limits) > most for unit, most in limits.hashtag_length):
        return ""
    return found


@lru_cache(maxsize=4096)  # a site has few tags, and says each of them on every account and in many posts
def _joined(tag: str, kept: str) -> str:
    """The hashtag, however long; ``kept`` are the signs that stay."""
    words = [_word(word, kept) for word in _words(tag)]
    words = [word for word in words if word]
    found = words[0] if len(words) == 1 else "".join(_capital(word) for word in words)
    if not any(char.isalpha() for char in found) or not all(belongs(char) or char in kept for char in found):
        return ""
    return "#" + found


def _words(tag: str) -> list[str]:
    """The words of a tag, without what stands around them."""
    text = _INVISIBLE.sub("", _KEYCAP.sub("\u2b1a", normalise(tag).translate(_QUOTES)))
    text = _CHILLU.sub(lambda match: _CHILLUS[match[1]], "".join(map(_plain, text)).translate(_SPELT))
    text = text.strip().lstrip("#＃")
    while text and _is_decoration(text[0]):
        text = text[1:]
    while text and _is_decoration(text[-1]):
        text = text[:-1]
    text = "".join(" " if char in SIGNS and not _between(text, at, SIGNS) else char for at, char in enumerate(text))
    return [word.lstrip("¿¡").rstrip(_SENTENCE_ENDS) for word in _SEPARATORS.split(text)]


def _plain(char: str) -> str:
    """``₂`` and ``Ⅷ`` as the digits and letters they stand for: as they are, they end a hashtag."""
    return unicodedata.normalize("NFKC", char) if unicodedata.category(char) in ("No", "Nl") else char


def _is_decoration(char: str) -> bool:
    """Blanks and emoji with all they are made of, which may stand before and behind a tag."""
    return char.isspace() or unicodedata.category(char) in _DECORATION or "\U0001f3fb" <= char <= "\U0001f3ff"


def _word(word: str, kept: str) -> str:
    """One word without the signs the network does not take, and without marks that have no letter before them."""
    word = "".join(char for char in word if char not in SIGNS or char in kept)
    while word and unicodedata.category(word[0])[0] == "M":
        word = word[1:]
    return word


def _capital(word: str) -> str:
    """``word`` with a capital where its script begins words with one; ``ß`` and Georgian have none of their own."""
    first = word[0].title()
    return first + word[1:] if len(first) == 1 else word


def hashtags(tags: tuple[str, ...], style: Style, limits: Limits, *, already: str = "") -> Hashtags:
    """All hashtags a post may carry on an account, best first, none twice whatever its case.

    :param tags: the tags of the post, as written
    :param limits: the network's, which say what a hashtag may have
    :param already: text in which hashtags may stand already; those are not repeated
    """
    if not style.hashtags or style.max_hashtags == 0:
        return Hashtags()
    names = {name.casefold(): to for name, to in style.hashtag_map.items()}
    most = min(_MOST, style.max_hashtags) if style.max_hashtags > 0 else _MOST
    found: list[str] = []
    refused: list[str] = []
    seen = in_text(already)
    for tag in (*(names.get(tag.strip().casefold(), tag) for tag in tags), *style.extra_hashtags):
        if len(found) == most:
            break
        one = hashtag(tag, limits)
        if not one:
            refused += [tag.strip()] if tag.strip() else []  # an empty name in the map drops the tag
        elif one[1:].casefold() not in seen:
            seen.add(one[1:].casefold())
            found.append(one)
    return Hashtags(tuple(found), tuple(dict.fromkeys(refused)))
