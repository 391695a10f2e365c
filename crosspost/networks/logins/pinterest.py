"""Pinterest: an app of one's own, and agreeing in the browser (developers.pinterest.com, checked 2026-11-25)."""

from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.code_login import CodeLogin
from crosspost.networks.logins.dialog import Choice
from crosspost.networks.logins.own_app import LOOPBACK


class PinterestLogin(CodeLogin):
    page = "https://developers.pinterest.com/apps/"
    minutes = 10
    steps = (
        "Log in with a business account, and press “Connect app”. Pinterest looks at it before it gives Trial access.",
        f"At “Redirect URIs” of the app write {LOOPBACK}, and save.",
        "Copy the App ID: it is the client ID. Paste it.",
        "Copy the App secret key, and paste it.",
        "Agree on the page that is opened.",
        "Say which board the pins go to.",
        "Ask for Standard access there, with a film of the log-in: before it is granted only you see the pins.",
    )
    pages = "https://www.pinterest.com"
    consent = "/oauth/"
    exchange = "/v5/oauth/token"
    scopes = "boards:read,boards:write,pins:read,pins:write,user_accounts:read"
    in_form = False
    registered = "At the app, “Redirect URIs”"

    def connect(self) -> list[Connected]:
        self.dialog.say(
            f"Once, at {self.page}: connect an app, with {LOOPBACK} under “Redirect URIs”. Its App ID is the client "
            "ID, its App secret key the client secret. As long as the app has Trial access, only you see the pins."
        )
        tokens = self.tokens()
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        told: Any = self.call("GET", f"{self.base_url}/v5/boards?page_size=100", headers=header)
        try:
            boards = [Choice(str(one["id"]), str(one["name"])) for one in told["items"]]
        except (KeyError, TypeError):
            boards = []
        if not boards:
            raise ConfigError("Pinterest named no board of this login; make one there, and start again")
        settings = {"board": self.dialog.choose("board", "Which board?", boards)}
        if access := self.desk.known.get("access"):
            settings["access"] = str(access)
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, settings=settings, secrets=tokens)]
