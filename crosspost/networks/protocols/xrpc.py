"""Requests to an AT Protocol server: a login session that is kept between runs, and the error names.

Logins are limited to 30 in five minutes and 300 a day, so the session is kept in the vault and renewed with its refresh
token (valid for 90 days). An access token is valid for two hours; the response to an expired one is 400, not 401.

Sources: atproto.com/specs/xrpc, docs.bsky.app/docs/advanced-guides/rate-limits,
github.com/bluesky-social/atproto packages/pds/src/account-manager, checked 2026-11-22.
"""

import base64
from typing import Any

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Unknown
from crosspost.networks.base import Network
from crosspost.transport.exchange import Exchange

#: seconds: an access token that expires sooner is renewed before it is used
_MARGIN = 300
#: the lifetime of an access token in seconds, if it does not contain one
_LIFETIME = 7200
_DEAD = ("ExpiredToken", "InvalidToken")


class Xrpc(Network):
    """Base of adapters for AT Protocol services, with the credentials ``handle`` and ``app_password``."""

    def call(self, verb: str, method: str, *, irreversible: bool = False, **more: Any) -> dict[str, Any]:
        """Call an XRPC method, logged in.

        :param verb: ``GET`` for a query, ``POST`` for a procedure
        :param more: ``params``, ``json`` or ``data`` with ``headers``, as requests takes them
        :raises NotSent: when the login has expired; it is renewed for the next attempt
        """
        token = self._token()
        try:
            with self.talking(irreversible=irreversible):
                return self._answer(verb, method, token, **more)
        except AuthExpired as error:
            if error_of(self.session.last) not in _DEAD:
                raise
            self._renewed(token)
            message = f"{self.account}: the login had expired early; it is renewed, and the next attempt uses it"
            raise NotSent(message) from error

    def remembered(self) -> dict[str, Any]:
        """The vault's entry for this account, if it belongs to the current credentials; else {}."""
        known = self.vault.get(self.account)
        return known if known.get("mark") == self.mark() else {}

    def remember(self, **values: Any) -> dict[str, Any]:
        """Add values to the vault's entry for this account."""
        known = {**self.remembered(), "mark": self.mark(), **values}
        self.vault.put(self.account, known)
        return known

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        """The error names that are more specific than their status."""
        name, message = error_of(exchange), f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if name in _DEAD:
            return AuthExpired(message)
        if name == "InvalidSwap" and irreversible:  # there is a record under our key: find out which
            return Unknown(message)
        if name == "BlobNotFound":  # unused uploads are deleted after an hour or more; they are uploaded again
            return NotSent(message)
        return None

    def sentence(self, last: Exchange) -> str:
        """Here ``message`` is the error message, and ``error`` a name for programs."""
        body = last.json()
        if isinstance(body, dict) and isinstance(body.get("message"), str) and body["message"]:
            message = self.session.redact(" ".join(body["message"].split()))[:1000]
            name = self.session.redact(str(body.get("error", "")))[:100]
            return f"{message} ({name}, HTTP {last.status})"
        return super().sentence(last)

    # ── the session ───────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> str:
        """An access token that is still valid for a while."""
        known = self._known()
        return str(known["access"]) if self._good(known) else self._renewed(str(known.get("access") or ""))

    def _renewed(self, old: str) -> str:
        """Another access token than ``old``: the one that another process has got meanwhile, else a new one."""
        with self.renewing():
            known = self._known()
            if not self._good(known) or known["access"] == old:
                known = self._renew(str(known.get("refresh") or ""))
            return str(known["access"])

    def _known(self) -> dict[str, Any]:
        """What is remembered, and nobody sees."""
        known = self.remembered()
        self.session.hide(str(known.get("access", "")), str(known.get("refresh", "")))
        return known

    def _good(self, known: dict[str, Any]) -> bool:
        return bool(known.get("access")) and self.clock().timestamp() <= known.get("until", 0) - _MARGIN

    def _renew(self, refresh: str) -> dict[str, Any]:
        if refresh:
            try:
                with self.talking():
                    return self._keep(self._answer("POST", "com.atproto.server.refreshSession", refresh))
            except AuthExpired:  # used up or revoked: the app password may still be valid
                self.vault.put(self.account, {})
        return self._log_in()

    def _log_in(self) -> dict[str, Any]:
        who = {"identifier": self.secret("handle").strip().removeprefix("@"), "password": self.secret("app_password")}
        with self.talking():
            return self._keep(self._answer("POST", "com.atproto.server.createSession", "", json=who))

    def _keep(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Store a new session before it is used, because the server has just ended the old one."""
        access, refresh = str(answer.get("accessJwt") or ""), str(answer.get("refreshJwt") or "")
        self.session.hide(access, refresh)
        if not access or not refresh:
            raise NotSent(f"{self.account}: the server accepted the login but returned no session")
        if answer.get("active") is False:
            raise AuthExpired(f"{self.account}: the account is {answer.get('status') or 'not active'}")
        # counted from now by our own clock, so that the server's clock does not matter
        until = self.clock().timestamp() + _lifetime(access)
        return self.remember(access=access, refresh=refresh, until=until)

    def _answer(self, verb: str, method: str, token: str, **more: Any) -> dict[str, Any]:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        response = self.session.request(verb, f"{self.base_url}/xrpc/{method}", headers=headers, **more)
        response.raise_for_status()
        answer = response.json()
        if not isinstance(answer, dict):
            raise TypeError("the response is not a JSON object")
        return answer


def error_of(exchange: Exchange | None) -> str:
    """The error name in a response (``{"error": …, "message": …}``), or ""."""
    body = exchange.json() if exchange is not None else None
    return str(body.get("error", "")) if isinstance(body, dict) else ""


def _lifetime(token: str) -> float:
    """The lifetime of a JSON Web Token in seconds, from its claims (RFC 7519 §4.1)."""
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"] - claims["iat"])
    except (IndexError, ValueError, KeyError, TypeError):
        return _LIFETIME
