"""LinkedIn: consent in the browser with the person's own app, or a token from the portal's token tools.

Sources: learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow and
/linkedin/marketing/community-management/organizations/organization-access-control-by-role, checked 2026-11-25. PKCE
gets 403 there. Only partners may renew tokens, so after 60 days a person agrees again.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from crosspost.errors import ConfigError
from crosspost.networks.linkedin import TOKEN_LIFE, Options
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.networks.logins.oauth import Consent, StaleCode, agreed
from crosspost.networks.logins.own_app import LOOPBACK, OwnApp
from crosspost.networks.protocols import restli

_PAGES = "https://www.linkedin.com"
TOOLS = f"{_PAGES}/developers/tools/oauth/token-generator"
_PERSON = ("openid", "profile", "w_member_social")
_ORGANIZATION = ("w_organization_social", "r_organization_social", "rw_organization_admin")
_WAYS = (
    Choice("browser", "agree in the browser"),
    Choice("token", "paste a token that was made with the token tools of the developer portal"),
)
_AUTHORS = (
    Choice("person", "you"),
    Choice("organization", "an organisation (its app needs the Community Management API)"),
)
_PRODUCTS = {
    "person": "“Share on LinkedIn” and “Sign In with LinkedIn using OpenID Connect”",
    "organization": "“Community Management API”",
}
#: roles in an organisation that may post
_MAY_POST = ("ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER")


class LinkedInLogin(OwnApp):
    page = f"{_PAGES}/developers/apps"
    minutes = 10
    steps = (
        "At linkedin.com/developers/apps create an app, and choose the company page it belongs to.",
        "Have an administrator of that page verify the app: “Settings”, “Verify”.",
        "Under “Products” add “Share on LinkedIn” and “Sign In with LinkedIn using OpenID Connect”.",
        "Under “Auth” add the redirect URL that is shown.",
        "Copy the client ID, and paste it.",
        "Copy and paste the client secret.",
        "Agree in the browser.",
    )

    def connect(self) -> list[Connected]:
        way = self.dialog.choose("way", "How do you want to log in?", _WAYS)
        if way == "browser":
            token, issued = self._agreed()
            author = self._author(token, self._posters(token))
        else:
            self.dialog.say(
                f"Make a token at {TOOLS}, with the scopes {' '.join(_PERSON)}, or for an organisation "
                f"{' '.join(_ORGANIZATION)}."
            )
            question = self.secret("access_token", "The token it shows?")
            token, posters = self.until_right(question, lambda answer: (answer, self._posters(answer)))
            issued = date.fromisoformat(self.dialog.ask(self._day()))
            author = self._author(token, posters)
        end = issued + TOKEN_LIFE
        return [
            Connected(
                network=self.network.key,
                name="linkedin",
                base_url=self.desk.base_url,
                settings={"author": author, "token_issued": issued},
                secrets={"access_token": token},
                notes=(
                    f"This login ends on {end:%Y-%m-%d}. LinkedIn lets only its partners renew it: log in again before "
                    "that day, with `crosspost accounts renew`. You will be told in time.",
                ),
                expires=datetime.combine(end, time(), UTC),
            )
        ]

    # ── the token ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _agreed(self) -> tuple[str, date]:
        """Consent in the browser: the token, and the day from which its 60 days count."""
        who = self.dialog.choose("as", "Who is to post?", _AUTHORS)
        scopes = _PERSON if who == "person" else _ORGANIZATION
        self.dialog.say(
            f"Once, at {self.page}: create an app that belongs to a company page, have it verified under “Settings”, "
            f"add {_PRODUCTS[who]} under “Products”, and under “Auth” the redirect URL {LOOPBACK}. What is asked for "
            "now is under “Auth”, too."
        )
        client, secret = self._app()
        redirect = self.redirect("At your app, “Auth”, “Authorized redirect URLs for your app”")

        def address(back: str, state: str) -> str:
            asked = {"response_type": "code", "client_id": client, "redirect_uri": back, "state": state}
            return f"{self._pages}/oauth/v2/authorization?{urlencode(asked | {'scope': ' '.join(scopes)})}"

        def walk() -> dict[str, Any]:
            code = self.walked(Consent(self.dialog, address), redirect)
            form = {"grant_type": "authorization_code", "code": code.value, "redirect_uri": code.redirect_uri}
            answer = self._exchange(client, secret, form)
            if 400 <= answer.status_code < 500:
                raise StaleCode(f"LinkedIn gives no token for the code: {self.said()}")
            return self.object_of(answer)

        found = agreed(self.dialog, walk)
        token = found.get("access_token")
        if not isinstance(token, str) or not token:
            raise ConfigError("LinkedIn answered without a token; start again")
        self.session.hide(token)
        given = str(found.get("scope") or " ".join(scopes)).replace(",", " ").split()
        if missing := [scope for scope in scopes if scope not in given]:
            raise ConfigError(
                f"this login may not post: it lacks {', '.join(missing)}. Add {_PRODUCTS[who]} under “Products” of the "
                "app, and log in again"
            )
        lasts = found.get("expires_in")
        life = timedelta(seconds=lasts) if isinstance(lasts, int) else TOKEN_LIFE
        return token, (self.desk.clock() + min(life, TOKEN_LIFE) - TOKEN_LIFE).date()

    def _app(self) -> tuple[str, str]:
        """The app's ID and secret, once LinkedIn knows them."""
        while True:
            client = self.dialog.ask(self.secret("client_id", "The client ID of the app?"))
            secret = self.dialog.ask(self.secret("client_secret", "Its client secret?"))
            self.session.hide(secret)
            # LinkedIn gives ordinary apps no token of their own; it complains about that only when it knows the app
            answer = self._exchange(client, secret, {"grant_type": "client_credentials"})
            if "invalid_client" not in answer.text:
                return client, secret
            self.dialog.wrong(
                "client_id", f"LinkedIn does not know this client ID with this secret: {self.said()}. Copy both again"
            )

    def _exchange(self, client: str, secret: str, form: Mapping[str, str]) -> Any:
        pair = {"client_id": client, "client_secret": secret}
        return self.sent("POST", f"{self._pages}/oauth/v2/accessToken", data=pair | dict(form))

    def _day(self) -> Question:
        today = self.desk.clock().date()

        def clean(answer: str) -> str:
            try:
                day = date.fromisoformat(answer.strip())
            except ValueError:
                raise ValueError(f"write the day as {today}") from None
            if day > today:
                raise ValueError("that day has not come yet")
            if day + TOKEN_LIFE <= today:
                raise ValueError(f"a token of {day} ended on {day + TOKEN_LIFE}; make a new one")
            return day.isoformat()

        return Question("token_issued", "On which day was it made?", default=today.isoformat(), clean=clean)

    # ── who posts ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _posters(self, token: str) -> list[Choice]:
        """Whom the token lets us see among those it may post as; the person's value is "person".

        :raises ConfigError: when LinkedIn does not know the token
        """
        self.session.hide(token)
        answer = self._asked(token, "/v2/userinfo")
        if answer.status_code == 401:
            raise ConfigError(f"LinkedIn does not know this token: {self.said()}. Copy it again, whole")
        found = (
            [Choice("person", str(self.object_of(answer).get("name") or "you"))] if answer.status_code != 403 else []
        )
        return [*found, *self._organizations(token)]

    def _organizations(self, token: str) -> list[Choice]:
        query = urlencode({"q": "roleAssignee", "state": "APPROVED", "count": 50})
        answer = self._asked(token, f"/rest/organizationAcls?{query}", "FINDER")
        if answer.status_code == 403:  # without rw_organization_admin nobody is told
            return []
        rows = self.object_of(answer).get("elements")
        urns = [
            str(row.get("organization", ""))
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and row.get("role") in _MAY_POST
        ]
        return [
            Choice(number, self._name(token, number)) for number in dict.fromkeys(u.rpartition(":")[2] for u in urns)
        ]

    def _name(self, token: str, number: str) -> str:
        answer = self._asked(token, f"/rest/organizations/{number}")
        name = self.object_of(answer).get("localizedName") if answer.status_code == 200 else None
        return f"{name} (organisation {number})" if name else f"organisation {number}"

    def _author(self, token: str, posters: list[Choice]) -> str | None:
        """The organisation's id; None for the person, which is what the config takes for granted."""
        if posters:
            chosen = self.dialog.choose("author", "Who posts?", posters)
            return None if chosen == "person" else chosen
        question = Question(
            "author",
            "The organisation's id?",
            "This token does not say whom it is for. The id is the number in the address of the organisation's "
            "admin pages: linkedin.com/company/NUMBER/admin.",
            clean=_number,
        )
        return self.until_right(question, lambda answer: self._readable(token, answer))

    def _readable(self, token: str, number: str) -> str:
        query = urlencode({"q": "author", "author": f"urn:li:organization:{number}", "count": 1})
        answer = self._asked(token, f"/rest/posts?{query}", "FINDER")
        if answer.status_code == 403:
            raise ConfigError(f"this token may not post for the organisation {number}: {self.said()}")
        self.object_of(answer)
        return number

    def _asked(self, token: str, path: str, method: str = "") -> Any:
        version = str(self.desk.known.get("version") or Options().version)
        headers = restli.headers(version, method) | {"Authorization": f"Bearer {token}"}
        return self.sent("GET", f"{self.base_url}{path}", headers=headers)

    @property
    def _pages(self) -> str:
        return self.desk.base_url or _PAGES


def _number(answer: str) -> str:
    found = re.fullmatch(
        r"(?:urn:li:organization:|(?:https?://)?(?:www\.)?linkedin\.com/company/)?(\d+)(?:/.*)?", answer
    )
    if not found:
        raise ValueError("it is a number")
    return found[1]
