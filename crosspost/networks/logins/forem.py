"""dev.to and other Forems: an API key (developers.forem.com/api/v1, checked 2026-11-26)."""

from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login


class ForemLogin(Login):
    page = "https://dev.to/settings/extensions"
    minutes = 1
    steps = (
        "Under Extensions, at the end, generate an API key called crosspost.",
        "Copy the key, and paste it.",
    )

    def connect(self) -> list[Connected]:
        self.dialog.say(f"Generate an API key: {self.base_url}/settings/extensions, at the end.")
        api_key = self.until_right(self.secret("api_key", "The API key?"), self._checked)
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, secrets={"api_key": api_key})]

    def _checked(self, api_key: str) -> str:
        """The key, after the server has said whose it is.

        :raises ConfigError: when it does not know it
        """
        self.session.hide(api_key)
        headers = {"api-key": api_key, "Accept": "application/vnd.forem.api-v1+json"}
        me: Any = self.call("GET", f"{self.base_url}/api/users/me", headers=headers)
        if not isinstance(me, dict) or not me.get("username"):
            raise ConfigError(f"what answers at {self.base_url} is not a Forem")
        return api_key
