"""Hashtags from the tags of a post."""

import re
import unicodedata

from crosspost.compose.style import Style

_SEPARATORS = re.compile(r"[\s\-–—/&_·]+")
_MOST = 100  # no network takes more; the search for how many of them fit tries each number
_SIMPLE = str.maketrans("", "", "'’\"“”„()")
_IN_TEXT = re.compile(r"(?<![\w&/#＃])[#＃](\w+)")


def _letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def hashtag(tag: str) -> str:
    """The hashtag for one tag, with ``#``; "" when no network would take it as one.

    Several words become CamelCase, which a screen reader can read out word by word. Letters of every script are kept.
    ``C++`` or ``schema.org`` have characters that end a hashtag, digits alone are none.
    """
    words = [word for word in _SEPARATORS.split(tag.strip().lstrip("#＃").translate(_SIMPLE)) if word]
    if not words or not any(_letter(char) for word in words for char in word):
        return ""
    if not all(char.isalnum() or _letter(char) for word in words for char in word):
        return ""
    if len(words) == 1:
        return "#" + words[0]
    return "#" + "".join(word[0].upper() + word[1:] for word in words)


def in_text(text: str) -> set[str]:
    """The hashtags a text already has, case-folded, without ``#``."""
    return {match.casefold() for match in _IN_TEXT.findall(text)} if "#" in text or "＃" in text else set()


def hashtags(tags: tuple[str, ...], style: Style, *, already: str = "") -> tuple[str, ...]:
    """All hashtags a post may carry on an account, best first, none twice whatever its case.

    :param tags: the tags of the post, as written
    :param already: text in which hashtags may stand already; those are not repeated
    """
    if not style.hashtags or style.max_hashtags == 0:
        return ()
    names = {name.casefold(): to for name, to in style.hashtag_map.items()}
    found: list[str] = []
    seen = in_text(already)
    for tag in (*(names.get(tag.strip().casefold(), tag) for tag in tags), *style.extra_hashtags):
        one = hashtag(tag)
        if one and one[1:].casefold() not in seen:
            seen.add(one[1:].casefold())
            found.append(one)
            if len(found) == _MOST:
                break
    return tuple(found[: style.max_hashtags] if style.max_hashtags > 0 else found)
