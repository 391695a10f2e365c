"""Clean up tokens and addresses that were copied from a page, a letter or a word processor.

What clearly does not belong is removed: spaces and invisible characters around it, quotes, angle brackets, the word
``Bearer``. What may belong, or shows that something is missing, is an error; the message never quotes the character,
because it may be part of a secret.
"""

import re

from crosspost.text.lazy_pattern import lazy

# zero-width characters, direction marks, soft hyphen, byte order mark, variation selectors
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_BLANK = lazy(r"[\s\u0085\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_CURLY = "“”„‟«»‹›‘’‚‛「」『』＂"  # what word processors make of quotes
_PAIRS = lazy(rf"^([{_CURLY}\"'`])(.*)([{_CURLY}\"'`])$", re.DOTALL)
_ANGLES = lazy(r"^<([^<>]*)>$", re.DOTALL)


def visible(text: str) -> str:
    """The text without invisible characters and surrounding spaces."""
    return re.sub(f"[{_INVISIBLE}]", "", text).strip()


def unquoted(text: str) -> str:
    """The text without the quotes around it, or the angle brackets that mails and Markdown put around addresses."""
    while True:
        if angled := _ANGLES.match(text):
            text = angled[1].strip()
        elif (quoted := _PAIRS.match(text)) and _belong(quoted[1], quoted[3]):
            text = quoted[2].strip()
        else:
            return text


def address(text: str) -> str:
    """An address or a name without what was copied along with it."""
    return unquoted(visible(text))


def _belong(opening: str, closing: str) -> bool:
    """Whether two quotes form a pair; any two curly quotes do."""
    return opening == closing if opening in "\"'`" or closing in "\"'`" else True


def token(text: str) -> str:
    """A token as the network issued it: plain ASCII without spaces.

    :raises ValueError: with one clause that says why it cannot be a token
    """
    text = unquoted(visible(text))
    text = unquoted(re.sub(r"(?i)^(?:authorization\s*:\s*)?bearer(?:\s+|\s*:\s*)", "", text).strip())
    for number, char in enumerate(text, 1):
        if problem := _not_in_a_token(char):
            raise ValueError(f"it has {problem} (character {number} of {len(text)}); copy it again")
    return text


def _not_in_a_token(char: str) -> str:
    if char in "\r\n\u0085\u2028\u2029":
        return "a line break inside it"
    if char in _CURLY:
        return "a curly quote"
    if _BLANK.match(char):
        return "a space inside it" if char == " " else "an unusual kind of space inside it"
    if not char.isprintable():
        return "a control character"
    return "" if char.isascii() else "a character that tokens never have, such as a letter of another alphabet"


def words(text: str) -> str:
    """A name or a password, which may have spaces and letters of every alphabet.

    :raises ValueError: with one clause that says why it cannot be used
    """
    text = text.strip(" \t\r\n\u00a0\ufeff\u200b\u2060")
    quoted = _PAIRS.match(text)
    if quoted and quoted[1] in _CURLY and quoted[3] in _CURLY:
        text = quoted[2]
    for number, char in enumerate(text, 1):
        problem = ""
        if char in "\r\n\u0085\u2028\u2029":
            problem = "a line break inside it"
        elif char != " " and _BLANK.match(char):
            problem = "an unusual kind of space inside it"
        elif re.match(f"[{_INVISIBLE}]", char) or not char.isprintable():
            problem = "an invisible character"
        if problem:
            raise ValueError(f"it has {problem} (character {number} of {len(text)}); type it again")
    return text
