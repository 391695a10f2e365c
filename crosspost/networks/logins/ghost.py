"""Ghost: the site, and the Admin API key of a custom integration (ghost.org/docs/admin-api, checked 2026-11-26)."""

from datetime import timedelta
from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.ghost import made_token
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question


class GhostLogin(Login):
    minutes = 2
    steps = (
        "Type the address at which you log in to your Ghost.",
        "Under Settings > Integrations, add a custom integration called crosspost. Copy its Admin API key, and paste "
        "it.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "base_url",
            "The address at which you log in to your Ghost?",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=self._address,
        )
        server = self.until_right(question, self._asked)
        self.dialog.say(f"Add a custom integration: {server}/ghost/#/settings/integrations/new.")
        admin_key = self.until_right(
            self.secret("admin_key", "Its Admin API key?"), lambda admin_key: self._checked(server, admin_key)
        )
        key = self.network.key
        return [Connected(network=key, name=key, base_url=server, secrets={"admin_key": admin_key})]

    def _address(self, answer: str) -> str:
        server = server_address.of_account(answer, schemes=self.network.schemes, at_root=False)
        return server.removesuffix("/ghost")

    def _asked(self, server: str) -> str:
        """The site, once it has said that it is a Ghost.

        :raises ConfigError: when it has not
        """
        told: Any = self.call("GET", f"{server}/ghost/api/admin/site/")
        if not isinstance(told, dict) or "site" not in told:
            raise ConfigError(f"what answers at {server} is not Ghost")
        return server

    def _checked(self, server: str, admin_key: str) -> str:
        """The key, after the site has let it in.

        :raises ConfigError: when it does not
        """
        number, _, secret = admin_key.partition(":")
        try:
            now = self.desk.clock() - (self.session.ahead or timedelta())  # the server's time
            token = made_token(number, secret, int(now.timestamp()))
        except ValueError:
            raise ConfigError("this is not an Admin API key; it looks like 6489…:ab12…") from None
        self.session.hide(secret, token)
        headers = {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}
        self.call("GET", f"{server}/ghost/api/admin/posts/?limit=1&fields=id", headers=headers)
        return admin_key
