"""Talking to a server of the AT Protocol: a login session that lasts from run to run, and its error names.

Logging in is limited to 30 times in five minutes and 300 times a day, so the session is kept in the vault and renewed
with its refresh token (good for 90 days). An access token lives two hours; a dead one is answered with 400, not 401.

Sources: atproto.com/specs/xrpc, docs.bsky.app/docs/advanced-guides/rate-limits,
github.com/bluesky-social/atproto packages/pds/src/account-manager, checked 2026-11-22.
"""

import base64
from typing import Any

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Unknown
from crosspost.networks.base import Network
from crosspost.transport.exchange import Exchange

#: seconds: an access token with less time left is renewed before it is used
_MARGIN = 300
#: seconds an access token lives where it does not say so itself
_LIFETIME = 7200
_DEAD = ("ExpiredToken", "InvalidToken")


class Xrpc(Network):
    """What adapters of AT Protocol services share. They have the credentials ``handle`` and ``app_password``."""

    def call(self, verb: str, method: str, *, irreversible: bool = False, **more: Any) -> dict[str, Any]:
        """Call an XRPC method, logged in.

        :param verb: ``GET`` for a query, ``POST`` for a procedure
        :param more: ``params``, ``json`` or ``data`` with ``headers``, as requests takes them
        :raises NotSent: when the login turned out to be dead; it is renewed then, for the next attempt
        """
        token = self._token()
        try:
            with self.talking(irreversible=irreversible):
                return self._answer(verb, method, token, **more)
        except AuthExpired as error:
            if error_of(self.session.last) not in _DEAD:
                raise
            self._renew()
            said = f"{self.account}: the login had ended before its time; it is renewed, the next attempt uses it"
            raise NotSent(said) from error

    def remembered(self) -> dict[str, Any]:
        """What the vault has for this account under the credentials of today."""
        known = self.vault.get(self.account)
        return known if known.get("mark") == self.mark() else {}

    def remember(self, **values: Any) -> dict[str, Any]:
        """Add to what the vault has for this account."""
        known = {**self.remembered(), "mark": self.mark(), **values}
        self.vault.put(self.account, known)
        return known

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        """The error names that say more than their status."""
        name, said = error_of(exchange), f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if name in _DEAD:
            return AuthExpired(said)
        if name == "InvalidSwap" and irreversible:  # something stands at our own key: look what it is
            return Unknown(said)
        if name == "BlobNotFound":  # unused uploads are thrown away after an hour or more; they are uploaded anew
            return NotSent(said)
        return None

    def sentence(self, last: Exchange) -> str:
        """``message`` is the sentence here; ``error`` is a name for programs."""
        body = last.json()
        if isinstance(body, dict) and isinstance(body.get("message"), str) and body["message"]:
            said = self.session.redact(" ".join(body["message"].split()))[:1000]
            name = self.session.redact(str(body.get("error", "")))[:100]
            return f"{said} ({name}, HTTP {last.status})"
        return super().sentence(last)

    # ── the session ───────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> str:
        """An access token that still lives for a while."""
        known = self.remembered()
        self.session.hide(str(known.get("access", "")), str(known.get("refresh", "")))
        if not known.get("access"):
            known = self._log_in()
        elif self.clock().timestamp() > known.get("until", 0) - _MARGIN:
            known = self._renew()
        return str(known["access"])

    def _renew(self) -> dict[str, Any]:
        refresh = self.remembered().get("refresh")
        if refresh:
            try:
                with self.talking():
                    return self._keep(self._answer("POST", "com.atproto.server.refreshSession", str(refresh)))
            except AuthExpired:  # used up or revoked: the app password may still be good
                self.vault.put(self.account, {})
        return self._log_in()

    def _log_in(self) -> dict[str, Any]:
        who = {"identifier": self.secret("handle").strip().removeprefix("@"), "password": self.secret("app_password")}
        with self.talking():
            return self._keep(self._answer("POST", "com.atproto.server.createSession", "", json=who))

    def _keep(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Write a new session down before it is used: the server has just given up the one before it."""
        access, refresh = str(answer.get("accessJwt") or ""), str(answer.get("refreshJwt") or "")
        self.session.hide(access, refresh)
        if not access or not refresh:
            raise NotSent(f"{self.account}: the server answered the login, but with no session")
        if answer.get("active") is False:
            raise AuthExpired(f"{self.account}: the account is {answer.get('status') or 'not active'}")
        # counted from now by our own clock, so that it does not matter what the server's clock says
        until = self.clock().timestamp() + _lifetime(access)
        return self.remember(access=access, refresh=refresh, until=until)

    def _answer(self, verb: str, method: str, token: str, **more: Any) -> dict[str, Any]:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        response = self.session.request(verb, f"{self.base_url}/xrpc/{method}", headers=headers, **more)
        response.raise_for_status()
        answer = response.json()
        if not isinstance(answer, dict):
            raise TypeError("the answer is no JSON object")
        return answer


def error_of(exchange: Exchange | None) -> str:
    """The error name in an answer (``{"error": …, "message": …}``), or ""."""
    body = exchange.json() if exchange is not None else None
    return str(body.get("error", "")) if isinstance(body, dict) else ""


def _lifetime(token: str) -> float:
    """Seconds a JSON Web Token lives by its own claims (RFC 7519 §4.1)."""
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"] - claims["iat"])
    except (IndexError, ValueError, KeyError, TypeError):
        return _LIFETIME
