"""The token of one request to Ghost's Admin API (RFC 7519, HS256; ghost.org/docs/admin-api, token authentication)."""

import base64
import hashlib
import hmac
import json
from typing import Any, NamedTuple

LONGEST = 300  # seconds it may be good for


class Token(NamedTuple):
    """What a token says of itself: the number of the key that signed it, its head and body, the bytes that are signed,
    and the signature."""

    key: str
    head: dict[str, Any]
    body: dict[str, Any]
    said: bytes
    signature: bytes

    def signed_with(self, secret: str) -> bool:
        """Whether this secret (hexadecimal) signed it, for this API."""
        right = hmac.new(bytes.fromhex(secret), self.said, hashlib.sha256).digest()
        same = hmac.compare_digest(right, self.signature)
        return same and self.body.get("aud") == "/admin/" and self.head["alg"] == "HS256"

    def over(self, now: int) -> bool:
        """Whether its time is over; one from the future is not looked at."""
        return now > min(int(self.body["exp"]), int(self.body["iat"]) + LONGEST)


def read(text: str) -> Token:
    """Take a token apart.

    :raises ValueError, KeyError, TypeError: when it is none
    """
    said, _, signature = text.rpartition(".")
    head, body = (json.loads(_decoded(part)) for part in said.split("."))
    token = Token(str(head["kid"]), head, body, said.encode(), _decoded(signature))
    token.over(0)  # here it shows that it does not say for how long it is good
    return token


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
