"""Keeps secrets out of what a person, a log or a terminal gets to see, in every form a library may have given them.

A token that is part of an address is percent-encoded in messages, a login stands in a header in Base64, and a library
that cannot encode a password quotes a character of it.
"""

import base64
import functools
import html
import json
import re
from collections.abc import Collection
from urllib.parse import quote, quote_plus

#: shorter values are no secrets, and would turn ordinary words into stars
_SHORTEST = 4
_concealed: dict[str, None] = {}


def forms(secret: str) -> list[str]:
    """The ways a secret may stand in a text: as it is, percent-encoded, in JSON, in Base64 (also within a login)."""
    if len(secret) < _SHORTEST:
        return []
    data = secret.encode("utf-8", "surrogatepass")
    found = [secret, quote(data, safe=""), quote_plus(data), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    return sorted({*found, *_coded(secret)}, key=len, reverse=True)


def hidden(text: str, secrets: Collection[str]) -> str:
    """The text with stars for each of the secrets, in whatever form, and also where each character has another one."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = _pattern(secret).sub("***", text)
    return text


def said_by(error: BaseException) -> str:
    """What an error of a library says, but for those that quote what they cannot encode."""
    if isinstance(error, UnicodeError):
        return "there is a character in it that cannot be sent there"
    return str(error)


def conceal(*secrets: str) -> None:
    """From now on these are stars in everything this process writes to its terminal or log."""
    _concealed.update(dict.fromkeys(secrets))


def concealed(text: str) -> str:
    """The text without what :func:`conceal` was told."""
    return hidden(text, _concealed)


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _coded(secret: str) -> set[str]:
    """The secret in Base64: what stands before it in a login moves it within the groups of three bytes."""
    data, found = secret.encode("utf-8", "surrogatepass"), set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).rstrip(b"=").decode()
        inner = coded[(before * 8 + 5) // 6 : len(data + b"\0" * before) * 8 // 6]
        if len(inner) >= 8:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


@functools.cache  # an agency has thousands of them, and every line that is written is looked through
def _pattern(secret: str) -> re.Pattern[str]:
    if len(secret) < _SHORTEST:
        return re.compile("(?!)")
    whole = sorted({*_coded(secret), *forms(secret)}, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, whole), "".join(_spelt(letter) for letter in secret)]))


def _spelt(letter: str) -> str:
    """The ways one character may be written, as a pattern."""
    if letter.isascii() and letter.isalnum():
        return letter
    data = letter.encode("utf-8", "surrogatepass")
    ways = {letter, json.dumps(letter)[1:-1], repr(letter)[1:-1], repr(data)[2:-1], html.escape(letter)}
    ways |= {f"&#{ord(letter)};", f"&#x{ord(letter):x};"}
    found = [*sorted(map(re.escape, ways), key=len, reverse=True), f"(?i:{re.escape(quote(data, safe=''))})"]
    if letter.isspace():  # the words of a message are put into one line
        found += [r"\+", r"\s+"]
    return f"(?:{'|'.join(found)})"
