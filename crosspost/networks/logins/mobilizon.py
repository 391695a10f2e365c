"""Mobilizon: the server registers the app, the person agrees in the browser.

Source: framasoft/mobilizon 5.1.3, application_controller.ex and app_scope.ex, checked 2026-11-27. It knows no PKCE, and
a code is good for a minute.
"""

from typing import Any
from urllib.parse import urlencode

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.dialog import Question
from crosspost.networks.logins.oauth import Consent, agreed
from crosspost.networks.logins.own_app import OwnApp

SCOPES = (
    "read:profile", "read:profile:organized_events", "read:event", "read:group", "write:event:create",
    "write:event:update", "write:event:delete", "write:media:upload",
)  # fmt: skip


class MobilizonLogin(OwnApp):
    minutes = 1
    steps = (
        "Say which server the account is on.",
        "Log in there, if you are not, and press the button that authorises crosspost.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "server",
            "Which server is the account on?",
            "The address you log in at.",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=lambda answer: server_address.of_account(answer, schemes=self.network.schemes, at_root=False),
        )
        server = self.until_right(question, self._asked)
        tokens = agreed(self.dialog, lambda: self._agreed(server))
        key = self.network.key
        settings = {name: value for name in ("profile", "group") if (value := self.desk.known.get(name))}
        return [Connected(network=key, name=key, base_url=server, settings=settings, secrets=tokens)]

    def _asked(self, server: str) -> str:
        """The server, after it has said that it is one.

        :raises ConfigError: when it has not
        """
        told: Any = self.call("POST", f"{server}/api", json={"query": "query { config { name version } }"})
        if not isinstance(told, dict) or not isinstance((told.get("data") or {}).get("config"), dict):
            raise ConfigError(f"what answers at {server} is not Mobilizon")
        return server

    def _agreed(self, server: str) -> dict[str, str]:
        """The credentials, once the person has agreed."""
        app: dict[str, str] = {}

        def address(redirect: str, state: str) -> str:
            app.update(self._registered(server, redirect))
            asked = {"client_id": app["client_id"], "redirect_uri": redirect, "scope": " ".join(SCOPES), "state": state}
            return f"{server}/oauth/authorize?{urlencode(asked)}"

        code = Consent(self.dialog, address).by_loopback()
        form = {"redirect_uri": code.redirect_uri, "scope": " ".join(SCOPES)} | app
        return app | self.exchanged(f"{server}/oauth/token", code, form)

    def _registered(self, server: str, redirect: str) -> dict[str, str]:
        """The id and secret of an app that this server makes for us."""
        form = {"name": "crosspost", "redirect_uri": redirect, "scope": " ".join(SCOPES)}
        told: Any = self.call("POST", f"{server}/apps", data=form)
        try:
            app = {name: str(told[name]) for name in ("client_id", "client_secret")}
        except (KeyError, TypeError):
            raise ConfigError(f"{server} does not register apps as Mobilizon does; is it one?") from None
        self.session.hide(app["client_secret"])
        return app
