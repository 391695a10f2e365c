"""Mastodon and its relatives: the server registers the app, the person agrees in the browser.

Source: docs.joinmastodon.org/methods/apps, /methods/oauth and /client/token, checked 2026-11-25. Pixelfed wants a
token the person makes (its consent has only the scopes read and write).
"""

from typing import Any
from urllib.parse import urlencode

from crosspost.config import server_address
from crosspost.errors import ConfigError, NotSent
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.logins.oauth import Code, Consent, Pkce, StaleCode, agreed
from crosspost.transport.session import TransportError

SCOPES = "write:statuses write:media read:statuses profile"
#: for servers that do not know the scope ``profile`` (before Mastodon 4.3)
OLDER = "write:statuses write:media read:statuses read:accounts"
_TOKEN_ONLY = {"pixelfed": "read write"}


class MastodonLogin(Login):
    minutes = 1
    steps = (
        "Say which server the account is on.",
        "Log in there, if you are not, and press the button that authorises crosspost.",
    )

    def connect(self) -> list[Connected]:
        server, software = self.until_right(self.question, self._asked)
        if software != "mastodon":
            self.dialog.say(f"{server} runs {software}.")
        scopes = _TOKEN_ONLY.get(software)
        token = self._pasted(server, scopes) if scopes else agreed(self.dialog, lambda: self._agreed(server))
        return [Connected(network=self.network.key, name="mastodon", base_url=server, secrets={"access_token": token})]

    @property
    def question(self) -> Question:
        """Which server it is."""
        return Question(
            "server",
            "Which server is the account on?",
            "The address you log in at, or the whole name: @me@mastodon.social.",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=self._server,
        )

    def _server(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=True)

    def _asked(self, server: str) -> tuple[str, str]:
        """The server and the name of its software, from nodeinfo (nodeinfo.diaspora.software, version 2.0)."""
        try:
            links = self._json(f"{server}/.well-known/nodeinfo").get("links", [])
            href = next(str(link["href"]) for link in links if "/ns/schema/2" in str(link.get("rel", "")))
            software = str(self._json(href)["software"]["name"]).lower()
        except TransportError as error:
            raise ConfigError(f"{server} cannot be asked: {error}") from None
        except (OSError, StopIteration, KeyError, TypeError, AttributeError, ValueError):
            software = "mastodon"  # it says nothing about itself: the next request shows
        return server, software

    def _json(self, url: str) -> dict[str, Any]:
        answer = self.session.get(url, headers={"Accept": "application/json"})
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _pasted(self, server: str, scopes: str) -> str:
        self.dialog.say(
            f"Make a token there: {server}/settings/applications, “Create New Token”, with the scopes {scopes}."
        )
        return self.until_right(
            self.secret("access_token", "The token it shows?"), lambda token: self._known(server, token)
        )

    def _known(self, server: str, token: str) -> str:
        """The token, once the server has said whose it is.

        :raises ConfigError: when it does not know it
        """
        self.session.hide(token)
        header = {"Authorization": f"Bearer {token}"}
        try:
            self.call("GET", f"{server}/api/v1/accounts/verify_credentials", headers=header)
        except ConfigError as error:  # Pixelfed answers a wrong token with its page for logging in
            raise ConfigError(f"{server} does not take this token: {error}. Copy it again, whole") from None
        return token

    def _agreed(self, server: str) -> str:
        pkce = Pkce()
        app: dict[str, Any] = {}
        scopes = SCOPES

        def address(redirect: str, state: str) -> str:
            nonlocal app, scopes
            app, scopes = self._register(server, redirect)
            asked = {
                "response_type": "code", "client_id": app["client_id"], "redirect_uri": redirect, "scope": scopes,
                "state": state, "code_challenge": pkce.challenge, "code_challenge_method": "S256",
            }  # fmt: skip
            return f"{server}/oauth/authorize?{urlencode(asked)}"

        code = Consent(self.dialog, address, issuer=server).by_loopback()
        return self._exchanged(server, app, code, pkce)

    def _register(self, server: str, redirect: str) -> tuple[dict[str, Any], str]:
        """Register crosspost with the server: the app, and the scopes it may ask for."""
        for scopes in (SCOPES, OLDER):
            form = {"client_name": "crosspost", "redirect_uris": redirect, "scopes": scopes}
            answer = self.session.post(f"{server}/api/v1/apps", data=form)
            if answer.status_code in (400, 422) and scopes == SCOPES:
                continue
            try:
                answer.raise_for_status()
                app = answer.json()
                self.session.hide(str(app["client_secret"]))
            except (OSError, ValueError, KeyError, TypeError):
                raise NotSent(
                    f"{server} does not register apps as Mastodon does (HTTP {answer.status_code}); is it one?"
                ) from None
            return app, scopes
        raise AssertionError("the last scopes either return or raise")

    def _exchanged(self, server: str, app: dict[str, Any], code: Code, pkce: Pkce) -> str:
        form = {
            "grant_type": "authorization_code", "code": code.value, "redirect_uri": code.redirect_uri,
            "client_id": app["client_id"], "client_secret": app["client_secret"], "code_verifier": pkce.verifier,
        }  # fmt: skip
        answer = self.session.post(f"{server}/oauth/token", data=form)
        try:
            answer.raise_for_status()
            return str(answer.json()["access_token"])
        except (OSError, ValueError, KeyError, TypeError):
            if answer.status_code in (400, 401):  # invalid_grant, RFC 6749 5.2
                raise StaleCode(f"{server} does not accept the code that the page gave") from None
            raise ConfigError(f"{server} gave no token for the code (HTTP {answer.status_code}); try again") from None
