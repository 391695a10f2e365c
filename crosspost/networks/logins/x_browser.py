"""OAuth 2.0 of X in the browser, with PKCE; a code lives 30 seconds, so it is exchanged at once."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Question
from crosspost.networks.logins.oauth import Consent, Pkce, StaleCode, agreed
from crosspost.networks.logins.own_app import LOOPBACK

if TYPE_CHECKING:
    import requests

    from crosspost.networks.logins.own_app import OwnApp

_PAGES = "https://x.com"
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
_INTRO = (
    "Once, at https://console.x.com: sign in, buy credits, create an app, choose “Read and write” and enter a callback "
    f"address ({LOOPBACK}) under “User authentication settings”, and save. What is asked for now is under “Keys and "
    "tokens” of that app, at “OAuth 2.0”."
)


class Browser:
    """One walk through the browser.

    :param login: asks the person and the network
    """

    def __init__(self, login: "OwnApp") -> None:
        self._login, self._dialog, self._session = login, login.dialog, login.session
        self._exchange = f"{login.base_url}/2/oauth2/token"

    def tokens(self) -> dict[str, str]:
        """The credentials that the account needs.

        :raises ConfigError: when X gives none
        """
        self._dialog.say(_INTRO)
        client, secret = self._app()
        redirect = self._login.redirect("At “User authentication settings”, “Callback URI”")
        pkce = Pkce()

        def address(back: str, state: str) -> str:
            asked = {
                "response_type": "code", "client_id": client, "redirect_uri": back, "scope": " ".join(SCOPES),
                "state": state, "code_challenge": pkce.challenge, "code_challenge_method": "S256",
            }  # fmt: skip
            return f"{self._login.desk.base_url or _PAGES}/i/oauth2/authorize?{urlencode(asked)}"

        self._dialog.say("If you paste the address of the page you land on, do it at once: X allows 30 seconds.")

        def walk() -> dict[str, object]:
            code = self._login.walked(Consent(self._dialog, address), redirect)
            form = {
                "grant_type": "authorization_code", "code": code.value, "redirect_uri": code.redirect_uri,
                "code_verifier": pkce.verifier, "client_id": client,
            }  # fmt: skip
            answer = self._asked(client, secret, form)
            if 400 <= answer.status_code < 500:
                raise StaleCode(f"X gives no token for the code, which is good for 30 seconds: {self._login.said()}")
            return self._login.object_of(answer)

        found = agreed(self._dialog, walk)
        return self._checked(found) | {"client_id": client} | ({"client_secret": secret} if secret else {})

    def _app(self) -> tuple[str, str]:
        """The app's ID and secret, once X knows them."""
        while True:
            client = self._dialog.ask(Question("client_id", "The client ID of the app?", clean=_words))
            secret = self._dialog.ask(
                Question(
                    "client_secret",
                    "Its client secret (just Enter for a native app)?",
                    secret=True,
                    default="",
                    clean=lambda answer: self._login.secret("client_secret", "").clean(answer) if answer else "",
                )
            )
            self._session.hide(*filter(None, [secret]))
            if not (why := self._why_not(client, secret)):
                return client, secret
            self._dialog.wrong("client_secret" if not secret else "client_id", why)

    def _why_not(self, client: str, secret: str) -> str:
        """What is wrong with the app's ID and secret; "" when X knows them.

        A code that cannot be right is offered: X complains about it only when it knows the app.
        """
        form = {
            "grant_type": "authorization_code", "code": "none", "redirect_uri": "http://localhost/",
            "code_verifier": "none", "client_id": client,
        }  # fmt: skip
        answer = self._asked(client, secret, form)
        try:
            error = answer.json()
            kind, words = str(error.get("error")), str(error.get("error_description"))
        except (ValueError, AttributeError):
            return ""  # the exchange will show
        if kind not in ("unauthorized_client", "invalid_client") and "client" not in words:
            return ""
        if not secret:
            return f"X says: {self._login.said()}. Either the client ID is wrong, or this app has a client secret"
        return f"X does not know this client ID with this secret: {self._login.said()}. Copy both again"

    def _asked(self, client: str, secret: str, form: dict[str, str]) -> "requests.Response":
        return self._login.sent("POST", self._exchange, data=form, auth=(client, secret) if secret else None)

    def _checked(self, found: dict[str, object]) -> dict[str, str]:
        """The tokens in an answer, when they may do what is needed."""
        access, refresh = found.get("access_token"), found.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise ConfigError("X answered without a token; start again")
        self._session.hide(access)
        if missing := [scope for scope in SCOPES if scope not in str(found.get("scope", " ".join(SCOPES))).split()]:
            raise ConfigError(
                f"this login may not post: it lacks {', '.join(missing)}. Choose “Read and write” under “User "
                "authentication settings” of the app, and log in again"
            )
        if not isinstance(refresh, str) or not refresh:
            raise ConfigError("X gave no refresh token, so the login would end in two hours; start again")
        self._session.hide(refresh)
        return {"bearer_token": access, "refresh_token": refresh}


def _words(answer: str) -> str:
    from crosspost.text import pasted

    if not (found := pasted.token(answer)):
        raise ValueError("it is empty")
    return found
