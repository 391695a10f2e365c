"""WordPress: the site, a login name and an application password.

Source: developer.wordpress.org/rest-api/using-the-rest-api/authentication, checked 2026-11-26.
"""

import base64
from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question


class WordPressLogin(Login):
    minutes = 2
    steps = (
        "Type the address of your WordPress.",
        "Under Users > Profile > Application Passwords, add one called crosspost. Copy it, and paste it with your "
        "login name.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "base_url",
            "The address of your WordPress?",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=lambda answer: server_address.of_account(answer, schemes=self.network.schemes, at_root=False),
        )
        server = self.until_right(question, self._asked)
        self.dialog.say(f"Add an application password: {server}/wp-admin/profile.php, at the end.")
        secrets = self.until_both_right(
            self.secret("username", "Your login name there?", "Not the name of the password."),
            lambda name: name,
            lambda _: self.secret("password", "The application password?"),
            lambda name, password: self._checked(server, name, password),
        )
        return [Connected(network=self.network.key, name=self.network.key, base_url=server, secrets=secrets)]

    def _asked(self, server: str) -> str:
        """The site, once it has said that it is a WordPress that lets programs in.

        :raises ConfigError: when it has not
        """
        told: Any = self.call("GET", f"{server}/wp-json/")
        if not isinstance(told, dict) or "wp/v2" not in (told.get("namespaces") or ()):
            raise ConfigError(f"what answers at {server} is not WordPress, or its REST API is switched off")
        return server

    def _checked(self, server: str, name: str, password: str) -> dict[str, str]:
        """Both, after the site has let them in.

        :raises ConfigError: when it does not
        """
        password = " ".join(password.split())
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        self.session.hide(password, pair)
        headers = {"Authorization": f"Basic {pair}"}
        self.call("GET", f"{server}/wp-json/wp/v2/users/me", params={"context": "edit"}, headers=headers)
        return {"username": name, "password": password}
