"""What comes along when a token or an address is copied from a page, a letter or a word processor.

What is plain is taken away: blanks and invisible characters around it, quotes, the word ``Bearer``. What may be part of
it, or shows that something is missing, is said; never the character itself, because it may be a secret's.
"""

import re

# zero-width characters, direction marks, soft hyphen, byte order mark, variation selectors
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_BLANK = re.compile(r"[\s\u0085\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CURLY = "“”„‟«»‹›‘’‚‛「」『』＂"  # what word processors make of quotes
_PAIRS = re.compile(rf"^([{_CURLY}\"'`])(.*)([{_CURLY}\"'`])$", re.DOTALL)


def visible(text: str) -> str:
    """The text without invisible characters, and without blanks around it."""
    return re.sub(f"[{_INVISIBLE}]", "", text).strip()


def unquoted(text: str) -> str:
    """The text without the quotes around it."""
    while (quoted := _PAIRS.match(text)) and _belong(quoted[1], quoted[3]):
        text = quoted[2].strip()
    return text


def _belong(opening: str, closing: str) -> bool:
    """Whether two quotes are a pair; of the curly ones any two are."""
    return opening == closing if opening in "\"'`" or closing in "\"'`" else True


def token(text: str) -> str:
    """A token as its network gave it: plain ASCII without blanks.

    :raises ValueError: with one clause, when it cannot be that
    """
    text = unquoted(visible(text))
    text = unquoted(re.sub(r"(?i)^(?:authorization\s*:\s*)?bearer(?:\s+|\s*:\s*)", "", text).strip())
    for number, char in enumerate(text, 1):
        if what := _not_in_a_token(char):
            raise ValueError(f"it has {what} (character {number} of {len(text)}); copy it again")
    return text


def _not_in_a_token(char: str) -> str:
    if char in "\r\n\u0085\u2028\u2029":
        return "a line break within"
    if char in _CURLY:
        return "a curly quote"
    if _BLANK.match(char):
        return "a blank within" if char == " " else "a blank within that is no ordinary one"
    if not char.isprintable():
        return "a control character"
    return "" if char.isascii() else "a character that no token has, such as one of another alphabet"


def words(text: str) -> str:
    """A name or a password, which may have blanks and letters of every alphabet.

    :raises ValueError: with one clause, when it cannot be meant so
    """
    text = text.strip(" \t\r\n\u00a0\ufeff\u200b\u2060")
    quoted = _PAIRS.match(text)
    if quoted and quoted[1] in _CURLY and quoted[3] in _CURLY:
        text = quoted[2]
    for number, char in enumerate(text, 1):
        what = ""
        if char in "\r\n\u0085\u2028\u2029":
            what = "a line break within"
        elif char != " " and _BLANK.match(char):
            what = "a blank within that is no ordinary one"
        elif re.match(f"[{_INVISIBLE}]", char) or not char.isprintable():
            what = "an invisible character"
        if what:
            raise ValueError(f"it has {what} (character {number} of {len(text)}); type it anew")
    return text
