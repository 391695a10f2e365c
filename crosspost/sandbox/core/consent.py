"""The pages of consent of the sandbox, and the codes they give (RFC 6749 4.1, RFC 7636, RFC 9207).

A page is shown to whoever comes with a client that is known and a redirect address that is registered; its ticket is
good for one answer. A code is good for one exchange, by the same client, to the same address, within its lifetime, and
with the verifier whose challenge was given.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from crosspost.sandbox.core.html import environment
from crosspost.sandbox.core.http_messages import Reply
from crosspost.sandbox.core.store import Store

#: the address for people whose browser cannot come back: a page shows the code
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
NEVER = datetime.max.replace(tzinfo=UTC)
_TICKET = timedelta(minutes=10)


class NoGrant(Exception):
    """The code, or the page's answer, is not accepted; the message says why."""


@dataclass(frozen=True)
class Grant:
    """What somebody agreed to, or is asked about.

    :ivar account: the name of the account that agreed
    :ivar challenge: the S256 challenge of PKCE; "" without
    :ivar until: when the ticket or the code ends
    """

    client: str
    redirect_uri: str
    scope: str
    state: str
    challenge: str = ""
    account: str = ""
    until: datetime = NEVER


class Consents:
    """The consents of one network.

    :param network: its key
    :param lifetime: seconds a code is good for
    :param issuer: whether answers carry ``iss``
    """

    def __init__(self, store: Store, network: str, *, lifetime: int, issuer: bool = False) -> None:
        self._store, self._network, self._lifetime, self._issuer = store, network, timedelta(seconds=lifetime), issuer

    def page(self, asked: Grant, *, title: str, client: str, action: str, now: datetime) -> Reply:
        """The page that asks.

        :param title: the network's name
        :param client: the app's name
        :param action: the path its form is sent to
        """
        ticket = secrets.token_urlsafe(16)
        self._memory("ticket")[ticket] = replace(asked, until=now + _TICKET)
        accounts = [(a.name, a.display_name) for a in self._store.accounts.values() if a.network == self._network]
        return _page(
            "consent.html",
            network=title,
            client=client,
            scopes=asked.scope,
            ticket=ticket,
            accounts=accounts,
            action=action,
        )

    def decided(self, form: Mapping[str, str], base_url: str, now: datetime) -> Reply:
        """Send the browser back with a code, or with a refusal.

        :raises NoGrant: for a ticket that is unknown, used or too old, or an account that does not exist
        """
        asked = self._memory("ticket").pop(form.get("ticket", ""), None)
        if asked is None or now > asked.until:
            raise NoGrant("this page is too old; begin again")
        if form.get("decision") != "allow":
            denied = {"error": "access_denied", "error_description": "The person said no."}
            return self._back(asked, denied, base_url)
        account = form.get("account", "")
        if (self._network, account) not in self._store.accounts:
            raise NoGrant("there is no such account")
        code = secrets.token_urlsafe(24)
        self._memory("code")[code] = replace(asked, account=account, until=now + self._lifetime)
        if asked.redirect_uri == OUT_OF_BAND:
            return _page("code.html", code=code)
        return self._back(asked, {"code": code}, base_url)

    def redeem(self, code: str, *, client: str, redirect_uri: str, verifier: str = "", now: datetime) -> Grant:
        """What a code stands for; it is used up, also by a wrong attempt.

        :raises NoGrant: when anything is not as it was given out
        """
        grant = self._memory("code").pop(code, None)
        if grant is None:
            raise NoGrant("the code is unknown or was used before")
        if now > grant.until:
            raise NoGrant("the code has expired")
        if (grant.client, grant.redirect_uri) != (client, redirect_uri):
            raise NoGrant("the code was given to another client or address")
        if grant.challenge != (_challenge(verifier) if verifier or grant.challenge else ""):
            raise NoGrant("the code verifier does not match the challenge")
        return grant

    def _back(self, asked: Grant, answer: dict[str, str], base_url: str) -> Reply:
        answer |= {"state": asked.state} if asked.state else {}
        answer |= {"iss": base_url} if self._issuer else {}
        parts = urlsplit(asked.redirect_uri)
        query = urlencode([*parse_qsl(parts.query), *answer.items()])
        return Reply(302, headers={"Location": parts._replace(query=query).geturl(), "Cache-Control": "no-store"})

    def _memory(self, kind: str) -> dict[str, Grant]:
        found: dict[str, Grant] = self._store.memory.setdefault((self._network, "consent", kind), {})
        return found


def _page(template: str, **values: object) -> Reply:
    html = environment("crosspost.sandbox.core").get_template(template).render(values)
    # no form-action: browsers apply it to the redirect after the form as well
    policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Reply(200, html.encode(), "text/html; charset=utf-8", headers)


def _challenge(verifier: str) -> str:
    """RFC 7636 section 4.2, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
