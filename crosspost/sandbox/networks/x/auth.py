"""OAuth 1.0a signatures (RFC 5849, HMAC-SHA1) as X checks them, and nothing else."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote, unquote

from crosspost.sandbox.core.http_messages import Request
from crosspost.sandbox.core.store import Store

HOSTS = ("https://api.x.com", "https://api.twitter.com")
"""Signatures for these hosts are accepted, too, because a client may sign before it is redirected to the sandbox."""

TOLERANCE = 300  # seconds a timestamp may be wrong
_REQUIRED = ("consumer_key", "nonce", "timestamp", "signature_method", "signature")


def signed(request: Request, consumer_secret: str, token_secret: str, store: Store) -> bool:
    """Whether the request is signed, just now, with these secrets. A nonce is valid for one request.

    :param token_secret: "" for a request that has no token yet
    """
    fields = oauth_fields(request)
    if any(not fields.get(f"oauth_{name}") for name in _REQUIRED):
        return False
    stamp, nonce = fields["oauth_timestamp"], ("x", "nonce", fields.get("oauth_token", ""), fields["oauth_nonce"])
    # clients sign with the real time, whatever time the sandbox uses
    fresh = stamp.isascii() and stamp.isdecimal() and abs(int(stamp[:12]) - time.time()) <= TOLERANCE
    if not fresh or fields["oauth_signature_method"] != "HMAC-SHA1" or nonce in store.memory:
        return False
    for base in (request.base_url, request.base_url.replace("127.0.0.1", "localhost"), *HOSTS):
        expected = signature(request, base + request.path, fields, (consumer_secret, token_secret))
        if hmac.compare_digest(expected, fields["oauth_signature"].encode()):
            store.memory[nonce] = True
            return True
    return False


def oauth_fields(request: Request) -> dict[str, str]:
    """The parameters of an ``Authorization: OAuth …`` header."""
    scheme, _, rest = str(request.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() != "oauth":
        return {}
    found = {}
    for part in rest.split(","):
        name, _, value = part.strip().partition("=")
        found[name] = unquote(value.strip('"'))
    return found


def signature(request: Request, url: str, fields: dict[str, str], secrets: tuple[str, str]) -> bytes:
    """The signature this request must carry for ``url`` (section 3.4 of the RFC)."""
    form = request.form if request.kind == "application/x-www-form-urlencoded" else []
    oauth = [(k, v) for k, v in fields.items() if k not in ("oauth_signature", "realm")]
    parameters = sorted((_quote(k), _quote(v)) for k, v in [*request.query, *form, *oauth])
    listed = "&".join(f"{k}={v}" for k, v in parameters)
    base = "&".join((request.method, _quote(url), _quote(listed)))
    key = "&".join(_quote(secret) for secret in secrets)
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest())


def _quote(text: str) -> str:
    return quote(text, safe="-._~")
