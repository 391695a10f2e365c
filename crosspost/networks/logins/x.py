"""X: the four keys of OAuth 1.0a pasted, a PIN for another account, or OAuth 2.0 in the browser.

Sources: docs.x.com/resources/fundamentals/authentication (oauth-1-0a/obtaining-user-access-tokens, /pin-based-oauth;
oauth-2-0/authorization-code, /user-access-token), checked 2026-11-25. The tokens of OAuth 1.0a do not end.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from crosspost.errors import ConfigError
from crosspost.networks.library import library
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.networks.logins.own_app import OwnApp
from crosspost.networks.logins.x_browser import Browser

if TYPE_CHECKING:
    import requests

_WAYS = (
    Choice("keys", "the account that owns the app: paste its four keys (the shortest way, and they do not end)"),
    Choice("pin", "another account: it agrees on a page and gets a number to type here"),
    Choice("browser", "OAuth 2.0: agree in the browser; the login is renewed every two hours by itself"),
)
_APP = ("consumer_key", "consumer_secret")
_ACCOUNT = ("access_token", "access_token_secret")
#: what the console calls each, and how many characters it has there
_CALLED = {
    "consumer_key": ("API key", 25),
    "consumer_secret": ("API key secret", 50),
    "access_token": ("access token", 50),
    "access_token_secret": ("access token secret", 45),
}
_INTRO = (
    "Once, at https://console.x.com: sign in, buy credits, create an app, choose “Read and write” under “User "
    "authentication settings” (your site will do for the addresses it wants), and save. What is asked for now is under "
    "“Keys and tokens” of that app."
)
#: how often a new page is opened after a wrong PIN
_TRIES = 3


class XLogin(OwnApp):
    page = "https://console.x.com"
    minutes = 15
    steps = (
        "Sign in at console.x.com with the account that is to post.",
        "Buy credits there: X has no free plan for new apps.",
        "Create an app.",
        "Under “User authentication settings” choose “Read and write”, and save (your site will do for the addresses).",
        "Under “Keys and tokens” copy the API key, and paste it.",
        "Copy and paste the API key secret.",
        "Generate the access token (after “Read and write” was saved), and paste it.",
        "Copy and paste the access token secret.",
    )

    def connect(self) -> list[Connected]:
        way = self.dialog.choose("way", "Which account is to post, and how does crosspost get in?", _WAYS)
        notes: tuple[str, ...] = ()
        if way == "browser":
            secrets = Browser(self).tokens()
            notes = (
                "The login is renewed by itself. The newest tokens are in state/sessions beside the ledger: take that "
                "folder along when you move, or log in again.",
            )
        else:
            self.dialog.say(_INTRO)
            pair = self._right(_APP, {}, self._knows_app)
            secrets = self._right(_ACCOUNT, pair, self._knows_account) if way == "keys" else self._with_pin(pair)
        return [
            Connected(network=self.network.key, name="x", base_url=self.desk.base_url, secrets=secrets, notes=notes)
        ]

    # ── two keys at a time ────────────────────────────────────────────────────────────────────────────────────────

    def _right(
        self, fields: Sequence[str], known: Mapping[str, str], why_not: Callable[[Mapping[str, str]], str]
    ) -> dict[str, str]:
        """Ask for two keys that belong together, until X accepts them; both, or the one that cannot be right.

        :param known: keys that were right
        :param why_not: what is wrong with them all, one sentence; "" when they are right
        """
        keys, wanted = dict(known), list(fields)
        while True:
            for field in wanted:
                keys[field] = self.dialog.ask(self._question(field, keys))
                self.session.hide(keys[field])
            why = why_not(keys)
            if not why:
                return keys
            odd = [field for field in fields if len(keys[field]) != _CALLED[field][1]]
            wanted = odd if len(odd) == 1 else list(fields)
            for field in wanted:
                del keys[field]
            self.dialog.wrong(wanted[0], f"{why} {_hint(wanted)}")

    def _question(self, field: str, keys: Mapping[str, str]) -> Question:
        name, _ = _CALLED[field]
        late = "Generate it after “Read and write” was saved; its secret is shown beside it."
        asked = self.secret(field, f"The {name}?", late if field == "access_token" else "")

        def clean(answer: str) -> str:
            found = asked.clean(answer)
            if same := [other for other, value in keys.items() if value == found and other != field]:
                raise ValueError(f"this is what you pasted as the {_CALLED[same[0]][0]}")
            if field in _APP and re.fullmatch(r"\d{5,}-\w+", found):
                raise ValueError(f"this looks like an access token, not like the {name}")
            return found

        return Question(field, asked.text, asked.help, secret=True, clean=clean)

    def _knows_app(self, keys: Mapping[str, str]) -> str:
        answer = self._signed("POST", "/oauth/request_token", keys, callback_uri="oob")
        if answer.status_code in (200, 403):  # 403: the app has no callback address, but it is known
            return ""
        return f"X does not know this app: {self.said()}."

    def _knows_account(self, keys: Mapping[str, str]) -> str:
        answer = self._signed("GET", "/2/users/me", keys)
        if answer.status_code == 401:
            return f"The app is right, but X does not know this access token: {self.said()}."
        self.object_of(answer)
        if answer.headers.get("x-access-level") == "read":
            return (
                "This access token may only read. Choose “Read and write” under “User authentication settings”, save, "
                "and then generate the access token again: the old one stays as it is."
            )
        return ""

    # ── another account ───────────────────────────────────────────────────────────────────────────────────────────

    def _with_pin(self, pair: Mapping[str, str]) -> dict[str, str]:
        """Send the person to X, and exchange the number they get there."""
        question = Question("pin", "The number it shows?", clean=_pin)
        for _ in range(_TRIES):
            begun = self._fields(self._signed("POST", "/oauth/request_token", pair, callback_uri="oob"))
            page = f"{self.base_url}/oauth/authorize?{urlencode({'oauth_token': begun['oauth_token']})}"
            self.dialog.say(f"Open this page where the other account is logged in, and agree there: {page}")
            keys = dict(pair) | {
                "access_token": begun["oauth_token"], "access_token_secret": begun["oauth_token_secret"]
            }  # fmt: skip
            answer = self._signed("POST", "/oauth/access_token", keys, verifier=self.dialog.ask(question))
            if answer.status_code != 401:
                given = self._fields(answer)
                return dict(pair) | {
                    "access_token": given["oauth_token"], "access_token_secret": given["oauth_token_secret"]
                }  # fmt: skip
            self.dialog.wrong("pin", "X does not take this number. Each page gives another; here is a new page")
        raise ConfigError("X took none of these numbers. Nothing was connected; start again")

    def _fields(self, answer: "requests.Response") -> dict[str, str]:
        """The token and its secret in an answer, which is a form.

        :raises ConfigError: when they are not in it
        """
        found = dict(parse_qsl(answer.text)) if answer.status_code == 200 else {}
        if not found.get("oauth_token") or not found.get("oauth_token_secret"):
            raise ConfigError(f"X gives no token: {self.said()}")
        self.session.hide(found["oauth_token_secret"])
        return found

    def _signed(self, method: str, path: str, keys: Mapping[str, str], **more: str) -> "requests.Response":
        """The answer to a request that is signed with these keys."""
        auth = library("requests_oauthlib", "x").OAuth1(
            keys["consumer_key"],
            client_secret=keys["consumer_secret"],
            resource_owner_key=keys.get("access_token"),
            resource_owner_secret=keys.get("access_token_secret"),
            **more,
        )
        return self.sent(method, f"{self.base_url}{path}", auth=auth)


def _hint(fields: Sequence[str]) -> str:
    if len(fields) == 1:
        name, usual = _CALLED[fields[0]]
        return f"The {name} is the wrong one: X’s have {usual} characters. Copy it again, whole."
    first, second = (_CALLED[field][0] for field in fields)
    return f"It does not say whether that is the {first} or the {second}: copy both again, from the same app."


def _pin(answer: str) -> str:
    found = re.sub(r"\s", "", answer)
    if not re.fullmatch(r"\d{5,10}", found):
        raise ValueError("it is a number of seven digits")
    return found
