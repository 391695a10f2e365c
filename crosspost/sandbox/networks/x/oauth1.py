"""OAuth 1.0a of X: request tokens, the page of consent with a PIN or a callback, access tokens.

Source: docs.x.com/resources/fundamentals/authentication/oauth-1-0a/{obtaining-user-access-tokens,pin-based-oauth} and
the codes of docs.x.com/x-api/fundamentals/response-codes-and-errors, checked 2026-11-25.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant, shown
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import StandIn, route
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.x.auth import oauth_fields, signed

PIN = "oob"
_LIFE = timedelta(minutes=10)  # of a request token; X names no number


@dataclass(frozen=True)
class Asked:
    """A request token.

    :ivar callback: where the browser goes; "oob" shows a PIN
    :ivar verifier: what proves that the person agreed; "" before they did
    """

    secret: str
    consumer_key: str
    callback: str
    until: datetime
    verifier: str = ""
    account: str = ""


class OAuth1(StandIn):
    """Gives access tokens that never expire."""

    @route("POST", "/oauth/request_token")
    def request_token(self, request: Request) -> Reply:
        """A token to send somebody to the page of consent with."""
        consumer_key = self._consumer(request, "")
        callback = oauth_fields(request).get("oauth_callback") or first(request.form, "oauth_callback") or ""
        if callback not in (PIN, *self.settings["callbacks"]):
            raise Refused(_not_approved())
        token = secrets.token_urlsafe(20)
        asked = Asked(secrets.token_urlsafe(24), consumer_key, callback, request.now + _LIFE)
        self._requests[token] = asked
        return _form(oauth_token=token, oauth_token_secret=asked.secret, oauth_callback_confirmed="true")

    @route("GET", "/oauth/authorize")
    @route("GET", "/oauth/authenticate")
    def ask(self, request: Request) -> Reply:
        """The page of consent."""
        token = first(request.query, "oauth_token") or ""
        asked = self._requests.get(token)
        if asked is None or request.now > asked.until or asked.verifier:
            raise Refused(
                self.refusal(403, "The request token for this page is invalid. It may have already been used.")
            )
        grant = Grant(token, asked.callback, "Read and write posts", "")
        return self._pages.page(
            grant, title=self.name, client="crosspost", action="/oauth/authenticate", now=request.now
        )

    @route("POST", "/oauth/authenticate")
    def agree(self, request: Request) -> Reply:
        """The person's answer: a page with the PIN, or back to the app."""
        try:
            grant = self._pages.answered(dict(request.form), request.now)
        except NoGrant as error:
            raise Refused(self.refusal(403, str(error))) from None
        asked = self._requests.get(grant.client)
        if asked is None or not grant.account:
            self._requests.pop(grant.client, None)
            return _back(grant.redirect_uri, denied=grant.client)
        number = f"{secrets.randbelow(10**7):07}" if asked.callback == PIN else secrets.token_urlsafe(24)
        self._requests[grant.client] = replace(asked, verifier=number, account=grant.account)
        if asked.callback == PIN:
            return shown("code.html", code=number)
        return _back(asked.callback, oauth_token=grant.client, oauth_verifier=number)

    @route("POST", "/oauth/access_token")
    def access_token(self, request: Request) -> Reply:
        """Exchange a request token; it is used up, also by a wrong PIN."""
        fields = oauth_fields(request)
        token = fields.get("oauth_token", "")
        asked = self._requests.get(token)
        if asked is None or request.now > asked.until:
            raise Refused(_plain(401, "Error processing your OAuth request: Invalid request token"))
        if self._consumer(request, asked.secret) != asked.consumer_key:
            raise Refused(_could_not())
        del self._requests[token]
        verifier = fields.get("oauth_verifier") or first(request.form, "oauth_verifier") or ""
        if not asked.verifier or not secrets.compare_digest(verifier.encode(), asked.verifier.encode()):
            raise Refused(_plain(401, "Error processing your OAuth request: Invalid oauth_verifier parameter"))
        account = self.store.accounts[self.key, asked.account]
        made, secret = f"{account.id}-{secrets.token_urlsafe(20)}", secrets.token_urlsafe(24)
        self._given[made] = (secret, asked.consumer_key, account.name)
        return _form(oauth_token=made, oauth_token_secret=secret, user_id=account.id, screen_name=account.handle)

    def signer(self, request: Request) -> Account | None:
        """The account whose tokens signed this request, or None."""
        fields = oauth_fields(request)
        key, token = fields.get("oauth_consumer_key", ""), fields.get("oauth_token", "")
        if token in self._given:
            secret, consumer_key, name = self._given[token]
            owner: Account | None = self.store.accounts[self.key, name]
        else:
            owner = self.store.account(self.key, access_token=token)
            known = owner.credentials if owner is not None else {}
            secret, consumer_key = known.get("access_token_secret", ""), known.get("consumer_key", "")
        right = key and key == consumer_key and signed(request, self._consumers[key], secret, self.store)
        return owner if right else None

    def _consumer(self, request: Request, token_secret: str) -> str:
        """The consumer key that signed the request.

        :raises Refused: 401, which does not say whether the key, its secret or the signature is wrong
        """
        key = oauth_fields(request).get("oauth_consumer_key", "")
        if key not in self._consumers or not signed(request, self._consumers[key], token_secret, self.store):
            raise Refused(_could_not())
        return key

    @property
    def _consumers(self) -> dict[str, str]:
        """Consumer key → its secret, of every app."""
        accounts = (account for account in self.store.accounts.values() if account.network == self.key)
        return {one.credentials["consumer_key"]: one.credentials["consumer_secret"] for one in accounts}

    @property
    def _pages(self) -> Consents:
        return Consents(self.store, self.key, lifetime=0)

    @property
    def _requests(self) -> dict[str, Asked]:
        found: dict[str, Asked] = self.store.memory.setdefault((self.key, "request tokens"), {})
        return found

    @property
    def _given(self) -> dict[str, tuple[str, str, str]]:
        found: dict[str, tuple[str, str, str]] = self.store.memory.setdefault((self.key, "signing tokens"), {})
        return found


def _back(address: str, **answer: str) -> Reply:
    if address == PIN:  # a browser that cannot go back sees that nothing was given
        return _plain(200, "You have denied the app access to your account.")
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query), *answer.items()])
    return Reply(302, headers={"Location": parts._replace(query=query).geturl(), "Cache-Control": "no-store"})


def _form(**fields: str) -> Reply:
    return Reply(200, urlencode(fields).encode(), "text/html; charset=utf-8")


def _plain(status: int, words: str) -> Reply:
    return Reply(status, words.encode(), "text/html; charset=utf-8")


def _could_not() -> Reply:
    return Reply.json({"errors": [{"code": 32, "message": "Could not authenticate you."}]}, 401)


def _not_approved() -> Reply:
    """As X answers: XML, whatever the client accepts."""
    words = (
        "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your "
        "application settings"
    )
    body = f"<?xml version='1.0' encoding='UTF-8'?><errors><error code=\"415\">{words}</error></errors>"
    return Reply(403, body.encode(), "application/xml; charset=utf-8")
