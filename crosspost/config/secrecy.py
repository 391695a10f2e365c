"""Keeps secrets out of messages, logs and terminals, in every encoding a library may have given them.

A token in an address is percent-encoded in messages, a login in a header is Base64, and a library that cannot encode
a password quotes a character of it.
"""

import functools
import re
from collections.abc import Collection

#: characters; shorter values are not secrets, and hiding them would turn ordinary words into stars
_SHORTEST = 4
_concealed: dict[str, None] = {}


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
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) <= len(text):  # no form is shorter, and a pattern of each takes long to make
            text = _pattern(secret).sub("***", text)
    return text


def message_of(error: BaseException) -> str:
    """A library error's message; a fixed sentence for codec errors, which quote the character they cannot encode."""
    if isinstance(error, UnicodeError):
        return "it contains a character that cannot be sent there"
    return str(error)


def conceal(*secrets: str) -> None:
    """Hide these values from now on in everything this process writes to its terminal or log."""
    _concealed.update(dict.fromkeys(secrets))


def concealed(text: str) -> str:
    """The text without the values given to :func:`conceal`."""
    return hidden(text, _concealed)


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


@functools.cache  # an agency has thousands of secrets, and every line that is written is searched for them
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
