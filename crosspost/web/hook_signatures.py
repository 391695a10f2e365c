"""Whether a message is from somebody who has the secret: by signature or token, compared in constant time.

Sources: docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries (``X-Hub-Signature-256``),
forgejo.org/docs/latest/user/webhooks, docs.gitea.com/usage/webhooks (``X-Forgejo-Signature``, ``X-Gitea-Signature``),
support.atlassian.com/bitbucket-cloud/docs/manage-webhooks (``X-Hub-Signature`` with sha256),
docs.gitlab.com/user/project/integrations/webhooks (``X-Gitlab-Token``),
docs.netlify.com/deploy/deploy-notifications (``X-Webhook-Signature``, a JWS with HS256 that holds the body's sha256),
developers.cloudflare.com/notifications (``cf-webhook-auth``), RFC 6750 (``Authorization: Bearer``),
w3.org/TR/websub section 8 (``X-Hub-Signature`` of a hub), checked 2026-11-27.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

#: what a hub may sign with; HMAC with sha1 is not broken, and hubs of 2026 still use nothing else
_OF_HUBS = ("sha1", "sha256", "sha384", "sha512")


class Signed(Protocol):
    """Takes a message bit by bit, so that none is kept, and then tells whether it is signed as it should be."""

    def update(self, data: bytes) -> None: ...

    def good(self) -> bool: ...


class Hook:
    """A message of a place where sites are kept or built.

    :param headers: names in lower case
    :param secret: ASCII
    """

    def __init__(self, headers: Mapping[str, str], secret: str) -> None:
        self._headers, self._secret = headers, secret
        self._mac, self._digest = hmac.new(secret.encode(), digestmod=hashlib.sha256), hashlib.sha256()

    def update(self, data: bytes) -> None:
        self._mac.update(data)
        self._digest.update(data)

    def good(self) -> bool:
        """By the first header that is there; a bad one is not made up for by another one."""
        found = next((name for name in _WAYS if name in self._headers), "")
        return bool(found) and _WAYS[found](self, self._headers[found].strip())

    def _bare(self, said: str) -> bool:
        return _same(said.lower(), self._mac.hexdigest())

    def _named(self, said: str) -> bool:
        name, _, value = said.partition("=")
        return name.lower() == "sha256" and self._bare(value)

    def _token(self, said: str) -> bool:
        return _same(said, self._secret)

    def _bearer(self, said: str) -> bool:
        kind, _, token = said.partition(" ")
        return kind.lower() == "bearer" and self._token(token.strip())

    def _netlify(self, said: str) -> bool:
        body, _, signature = said.rpartition(".")
        right = hmac.digest(self._secret.encode(), body.encode("utf-8", "replace"), hashlib.sha256)
        if not _same(signature.rstrip("="), base64.urlsafe_b64encode(right).decode().rstrip("=")):
            return False
        claims = _claims(body.rpartition(".")[2])  # read only now: nobody without the secret wrote it
        return _same(str(claims.get("sha256", "")).lower(), self._digest.hexdigest())


_WAYS: Mapping[str, Callable[[Hook, str], bool]] = {
    "x-hub-signature-256": Hook._named,  # noqa: SLF001  # its own methods
    "x-forgejo-signature": Hook._bare,  # noqa: SLF001
    "x-gitea-signature": Hook._bare,  # noqa: SLF001
    "x-gogs-signature": Hook._bare,  # noqa: SLF001
    "x-hub-signature": Hook._named,  # noqa: SLF001
    "x-gitlab-token": Hook._token,  # noqa: SLF001
    "x-webhook-signature": Hook._netlify,  # noqa: SLF001
    "cf-webhook-auth": Hook._token,  # noqa: SLF001
    "authorization": Hook._bearer,  # noqa: SLF001
}


class Notification:
    """A message of a hub.

    :param headers: names in lower case
    :param secret: ASCII
    """

    def __init__(self, headers: Mapping[str, str], secret: str) -> None:
        name, _, self._said = headers.get("x-hub-signature", "").strip().partition("=")
        known = name.lower() in _OF_HUBS
        self._mac = hmac.new(secret.encode(), digestmod=name.lower()) if known else None

    def update(self, data: bytes) -> None:
        if self._mac is not None:
            self._mac.update(data)

    def good(self) -> bool:
        return self._mac is not None and _same(self._said.strip().lower(), self._mac.hexdigest())


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _claims(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
