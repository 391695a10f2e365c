"""Keeps secrets out of messages, logs and terminals, in every encoding a library may have given them.

A token in an address is percent-encoded in messages, a login in a header is Base64, and a library that cannot encode
a password quotes a character of it.
"""

import functools
import re
import threading
from collections.abc import Collection

#: characters; shorter values are not secrets, and hiding them would turn ordinary words into stars
_SHORTEST = 4
#: characters of a part of a secret by which it is looked up
_PART = 8
#: secrets whose pattern is kept: few of an agency's thousands are ever in a text
_KEPT = 256
_PLAIN = re.compile("[A-Za-z0-9]+")


def forms(secret: str) -> list[str]:
    """The ways a text may contain a secret: unchanged, percent-encoded, in JSON, in Base64 (also inside a login)."""
    if len(secret) < _SHORTEST:
        return []
    import json
    from urllib.parse import quote, quote_plus

    data = secret.encode("utf-8", "surrogatepass")
    found = [secret, quote(data, safe=""), quote_plus(data), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    return sorted({*found, *_coded(secret)}, key=len, reverse=True)


def hidden(text: str, secrets: Collection[str]) -> str:
    """The text with stars in place of the secrets, in any of their :func:`forms` or a mix of them."""
    return _hidden(text, Concealed(secrets).perhaps(text))


def message_of(error: BaseException) -> str:
    """A library error's message; a fixed sentence for codec errors, which quote the character they cannot encode."""
    if isinstance(error, UnicodeError):
        return "it contains a character that cannot be sent there"
    return str(error)


class Concealed:
    """Finds out which of many secrets a text may contain: an agency has thousands, and writes many lines.

    A text in which a secret is, however it is written, has a part of it as it is: letters and digits of it that stand
    together, or of what Base64 makes of it. So a secret is looked up by the first characters of each such part.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        self._parts: dict[str, tuple[str, ...]] = {}  # of each length in `_lengths`
        self._lengths: frozenset[int] = frozenset()
        self._others: tuple[str, ...] = ()  # those that have no such part
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Look for these too; safe while other threads do the same, or look."""
        with self._lock:
            for secret in secrets:
                if secret not in self._known and len(secret) >= _SHORTEST:
                    self._known.add(secret)
                    self._add(secret)

    def _add(self, secret: str) -> None:
        if not (parts := _parts(secret)):
            self._others += (secret,)
        for part in parts:
            self._parts[part] = (*self._parts.get(part, ()), secret)
        self._lengths |= {len(part) for part in parts}

    def perhaps(self, text: str) -> set[str]:
        """The secrets that may be in a text; no other one is."""
        found = set(self._others)
        for length in self._lengths:
            for place in range(len(text) - length + 1):
                found.update(self._parts.get(text[place : place + length], ()))
        return found


_concealed = Concealed()


def conceal(*secrets: str) -> None:
    """Hide these values from now on in everything this process writes to its terminal or log."""
    _concealed.add(*secrets)


def concealed(text: str) -> str:
    """The text without the values given to :func:`conceal`."""
    return _hidden(text, _concealed.perhaps(text))


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _hidden(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = _pattern(secret).sub("***", text)
    return text


@functools.lru_cache(_KEPT)
def _parts(secret: str) -> tuple[str, ...]:
    """By what a secret is looked up: one of these is in each text that contains it; none when there is nothing."""
    longest = max(_PLAIN.findall(secret), key=len, default="")
    return tuple({part[:_PART] for part in (longest, *_coded(secret))}) if longest else ()


def _coded(secret: str) -> set[str]:
    """The secret in Base64, at each of the three offsets it may have after the user name of a login."""
    import base64

    data, found = secret.encode("utf-8", "surrogatepass"), set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).rstrip(b"=").decode()
        inner = coded[(before * 8 + 5) // 6 : len(data + b"\0" * before) * 8 // 6]
        if len(inner) >= 8:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


@functools.lru_cache(_KEPT)
def _pattern(secret: str) -> re.Pattern[str]:
    if len(secret) < _SHORTEST:
        return re.compile("(?!)")
    whole = sorted({*_coded(secret), *forms(secret)}, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, whole), "".join(_spelt(letter) for letter in secret)]))


def _spelt(letter: str) -> str:
    """The ways one character may be written, as a pattern."""
    if letter.isascii() and letter.isalnum():
        return letter
    import html
    import json
    from urllib.parse import quote

    data = letter.encode("utf-8", "surrogatepass")
    ways = {letter, json.dumps(letter)[1:-1], repr(letter)[1:-1], repr(data)[2:-1], html.escape(letter)}
    ways |= {f"&#{ord(letter)};", f"&#x{ord(letter):x};"}
    found = [*sorted(map(re.escape, ways), key=len, reverse=True), f"(?i:{re.escape(quote(data, safe=''))})"]
    if letter.isspace():  # messages are joined into one line
        found += [r"\+", r"\s+"]
    return f"(?:{'|'.join(found)})"
