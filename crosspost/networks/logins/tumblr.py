"""Tumblr: an app of one's own, and agreeing in the browser (tumblr/docs, api.md, checked 2026-11-25)."""

from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.code_login import CodeLogin
from crosspost.networks.logins.dialog import Choice
from crosspost.networks.logins.own_app import LOOPBACK


class TumblrLogin(CodeLogin):
    page = "https://www.tumblr.com/oauth/apps"
    minutes = 5
    steps = (
        "Log in, and press “Register application”. Any name and your own address will do.",
        f"As “OAuth2 redirect URLs” write {LOOPBACK}, and save.",
        "Copy the OAuth consumer key: it is the client ID. Paste it.",
        "Press “Show secret key”, copy the secret, and paste it.",
        "Agree on the page that is opened.",
        "Say which of your blogs it is, if you have several.",
    )
    pages = "https://www.tumblr.com"
    consent = "/oauth2/authorize"
    exchange = "/v2/oauth2/token"
    scopes = "write offline_access"
    registered = "At the app, “OAuth2 redirect URLs”"

    def connect(self) -> list[Connected]:
        self.dialog.say(
            f"Once, at {self.page}: register an application, with {LOOPBACK} under “OAuth2 redirect URLs”. Its OAuth "
            "consumer key is the client ID."
        )
        tokens = self.tokens()
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        told: Any = self.call("GET", f"{self.base_url}/v2/user/info", headers=header)
        try:
            blogs = [str(one["name"]) for one in told["response"]["user"]["blogs"]]
        except (KeyError, TypeError):
            blogs = []
        if not blogs:
            raise ConfigError("Tumblr named no blog of this login; make one there, and start again")
        blog = self.dialog.choose("blog", "Which blog?", [Choice(name, name) for name in blogs])
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, settings={"blog": blog}, secrets=tokens)]
