"""Threads, and Instagram without a Page: a token for 60 days, which crosspost renews on its own later.

It is made in the app's dashboard and pasted, or comes from a page of consent by way of the person's own site, as a
code, then a token for an hour, then one for 60 days.

Sources: developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions, /long-lived-tokens and
/docs/instagram-platform/instagram-api-with-instagram-login/business-login, checked 2026-11-26.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.networks.logins.meta import APPS, NO_TOKEN, NOT_ALLOWED, Refusal, app_id, ask, introduce, own_site
from crosspost.networks.logins.oauth import Code, Consent, PageRefused, StaleCode, agreed

_LIFE = timedelta(days=60)
_RENEWED = "crosspost renews this login itself when it runs at least once a month; otherwise it ends"
#: no program is told the mode, so it is said to everybody
_MODE = (
    "While Meta calls your app “in development”, it can post only for its testers: keep the tester role that you "
    f"accepted. Should others not see a post, publish the app: {APPS}/ (Publish; it asks for the address of a privacy "
    "policy)."
)


class LongTokenLogin(Login):
    """What a network has to say is data.

    :ivar authorize, exchange, api: addresses of the page of consent, of the exchange of codes, and of the API
    :ivar grant: what the exchange for a long-lived token is called
    :ivar scopes: the permissions; the first two are needed
    :ivar reading: further ones, to read what came back; only for an account that says ``responses = true``
    :ivar who: the fields of the account; the first is its id
    :ivar quota: an edge that answers only to whoever may publish
    :ivar id_name: what the dashboard calls the app's id, and the secret
    :ivar where: where it stands
    :ivar generator: how a token is made in the dashboard
    :ivar redirects: where the address to come back to is entered
    """

    authorize: ClassVar[str]
    exchange: ClassVar[str]
    api: ClassVar[str]
    version: ClassVar[str]
    grant: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]
    reading: ClassVar[tuple[str, ...]] = ()
    who: ClassVar[tuple[str, ...]]
    quota: ClassVar[str]
    id_name: ClassVar[str]
    where: ClassVar[str]
    generator: ClassVar[str]
    redirects: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}

    def connect(self) -> list[Connected]:
        introduce(self, self.steps)
        way = self.dialog.choose(
            "way",
            "How do you want to log in?",
            (
                Choice("token", "with a token that your app’s page at Meta makes"),
                Choice("site", "in the browser, by way of an address of your own site"),
            ),
        )
        if way == "token":
            token, ends = self.until_right(self.secret("access_token", "The token?", self.generator), self._pasted)
        else:
            token, ends = self._agreed()
        return [
            Connected(
                network=self.network.key,
                name=self.network.key,
                base_url=self.desk.base_url,
                settings=self.settings,
                secrets={"access_token": token},
                notes=(f"{_RENEWED} on {ends:%Y-%m-%d}.", *self._unable(token), _MODE),
                expires=ends,
            )
        ]

    # ── a token that was pasted ───────────────────────────────────────────────────────────────────────────────────

    def _pasted(self, token: str) -> tuple[str, datetime]:
        self.session.hide(token)
        self._may_publish(token)
        ends = self.told(token).get("expires_at")
        end = datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else self.desk.clock() + _LIFE
        if end - self.desk.clock() < timedelta(days=1):
            raise ConfigError("this token ends within a day; the page of your app makes one for 60 days")
        return token, end

    def _may_publish(self, token: str) -> None:
        """Ask whose token it is, and something that only answers when it may publish.

        :raises ConfigError: when it is not a token, or may not publish
        """
        name = self.network.name
        try:
            me = self._get(self.version + "/me", access_token=token, fields=",".join(self.who))
            rows = me.get("data")
            me = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else me
            number = str(me.get(self.who[0]) or "me")
            self._get(f"{self.version}/{number}/{self.quota}", access_token=token, fields="quota_usage")
        except Refusal as error:
            if error.code in NO_TOKEN:
                other = " It looks like one of Facebook; here it must be another." if token.startswith("EAA") else ""
                raise ConfigError(f"{name} does not accept this token: copy all of it again.{other} {error}") from None
            if error.code in NOT_ALLOWED:
                needed = " and ".join(self.scopes[:2])
                raise ConfigError(
                    f"this token may not publish: it needs {needed}. Add what is missing to the app’s use case, then"
                    f" make a new token. {error}"
                ) from None
            raise

    def told(self, token: str) -> dict[str, Any]:  # noqa: ARG002  # part of the shape
        """What the network says about a token: ``scopes``, ``expires_at``; {} where it says nothing."""
        return {}

    def _unable(self, token: str) -> list[str]:
        """What the token may not do besides publishing."""
        scopes = self.told(token).get("scopes")
        missing = [scope for scope in self.scopes[2:] if isinstance(scopes, list) and scope not in scopes]
        if not missing:
            return []
        return [f"It lacks {', '.join(missing)}; deleting posts or threads of posts need that ({self.network.name})."]

    # ── a page of consent ─────────────────────────────────────────────────────────────────────────────────────────

    def _agreed(self) -> tuple[str, datetime]:
        """The token of somebody who agreed on the page; asks again while the page does not know the app."""
        while True:
            number = self.dialog.ask(app_id(f"The {self.id_name} of your app at Meta?", f"It is at {self.where}."))
            secret = self.dialog.ask(self._secret)
            site = own_site(self.dialog, self.desk.site)
            try:
                code = self._consent(number, site)
                break
            except PageRefused:
                why = (
                    f"you cannot agree on the page as long as {number} is not the {self.id_name}, or {site} is not "
                    f"entered exactly like that at {self.redirects}. Look at both, and answer again"
                )
                self.dialog.wrong("app_id", why)
        return self._long(*self._exchanged(code, number, secret, site))

    def _exchanged(self, code: Code, number: str, secret: str, site: str) -> tuple[str, str]:
        """The token for an hour, and the secret that was right; a wrong one is asked for again, the code stays good."""
        unused = True

        def walk() -> str:
            nonlocal code, unused
            code, unused = (code if unused else self._consent(number, site)), False
            return self._short(code, number, secret)

        while True:
            self.session.hide(secret)
            try:
                return agreed(self.dialog, walk), secret
            except Refusal as error:
                if "secret" not in str(error):
                    raise
                unused = True
                self.dialog.wrong("app_secret", f"this is not the secret beside the {self.id_name} {number}. {error}")
                secret = self.dialog.ask(self._secret)

    @property
    def _secret(self) -> Question:
        return self.secret("app_secret", "The secret beside it?", "Behind “Show”. crosspost does not keep it.")

    def _consent(self, number: str, site: str) -> Code:
        """Take the person to the page of consent, and back by way of their site."""
        self.dialog.say(
            f"First enter {site}, exactly as shown here, at {self.redirects}. It needs the permissions"
            f" {', '.join(self._asked)}. If the page shows an error, press Enter here."
        )

        def address(redirect: str, state: str) -> str:
            asked = {
                "client_id": number, "redirect_uri": redirect, "scope": ",".join(self._asked), "response_type": "code",
                "state": state,
            }  # fmt: skip
            return f"{self._at(self.authorize)}?{urlencode(asked)}"

        return Consent(self.dialog, address).by_site(site, may_refuse=True)

    @property
    def _asked(self) -> tuple[str, ...]:
        """The permissions that are asked for."""
        return (*self.scopes, *(self.reading if self.desk.known.get("responses") is True else ()))

    def _short(self, code: Code, number: str, secret: str) -> str:
        """The token for an hour."""
        form = {
            "client_id": number, "client_secret": secret, "grant_type": "authorization_code", "code": code.value,
            "redirect_uri": code.redirect_uri,
        }  # fmt: skip
        try:
            answer = ask(self.session, self.network.name, "POST", self._at(self.exchange), **form)
        except Refusal as error:
            if "code was" in str(error) or "authorization code" in str(error).casefold():
                raise StaleCode(str(error)) from None
            raise
        rows = answer.get("data")
        return self._token(rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else answer)

    def _long(self, short: str, secret: str) -> tuple[str, datetime]:
        """The token for 60 days, once it may publish."""
        self._may_publish(short)
        answer = self._get("access_token", grant_type=self.grant, client_secret=secret, access_token=short)
        lasts = timedelta(seconds=int(answer.get("expires_in") or 0)) or _LIFE
        return self._token(answer), self.desk.clock() + min(lasts, _LIFE)

    def _token(self, answer: dict[str, Any]) -> str:
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise ConfigError(f"{self.network.name} gave no token; try again")
        self.session.hide(token)
        return token

    def _get(self, path: str, **fields: str) -> dict[str, Any]:
        return ask(self.session, self.network.name, "GET", f"{self._at(self.api)}/{path}", **fields)

    def _at(self, address: str) -> str:
        """The address, on the sandbox when that is asked for."""
        return f"{self.desk.base_url}{urlsplit(address).path}" if self.desk.base_url else address
