"""Keeps secrets out of what a person, a log or a terminal gets to see, in every form a library may have given them.

A token that is part of an address is percent-encoded in messages, a login stands in a header in Base64.
"""

import base64
import json
from urllib.parse import quote, quote_plus

#: shorter values are no secrets, and would turn ordinary words into stars
_SHORTEST = 4
_concealed: dict[str, None] = {}


def forms(secret: str) -> list[str]:
    """The ways a secret may stand in a text: as it is, percent-encoded, in JSON, in Base64 (also within a login)."""
    if len(secret) < _SHORTEST:
        return []
    found = [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    data = secret.encode("utf-8", "surrogatepass")
    for before in range(3):  # what stands before it in a login moves it within the groups of three bytes
        coded = base64.b64encode(b"\0" * before + data).rstrip(b"=").decode()
        inner = coded[(before * 8 + 5) // 6 : len(data + b"\0" * before) * 8 // 6]
        if len(inner) >= 8:
            found += [inner, inner.replace("+", "-").replace("/", "_")]
    return sorted(set(found), key=len, reverse=True)


def conceal(*secrets: str) -> None:
    """From now on these are stars in everything this process writes to its terminal or log."""
    _concealed.update(dict.fromkeys(form for secret in secrets for form in forms(secret)))


def concealed(text: str) -> str:
    """The text without what :func:`conceal` was told."""
    for form in sorted(_concealed, key=len, reverse=True):
        text = text.replace(form, "***")
    return text
