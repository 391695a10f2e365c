"""Misskey: the person agrees in the browser, and the server gives a token.

Source: misskey-hub.net, MiAuth, checked 2026-11-25.
"""

import secrets
import uuid
from typing import Any
from urllib.parse import urlencode

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.transport.loopback import Loopback, parameters

#: how often an address that cannot be read is asked for
_TRIES = 3
_RIGHTS = "write:notes,write:drive,read:account"


class MisskeyLogin(Login):
    minutes = 1
    steps = (
        "Say which server the account is on.",
        "Log in there, if you are not, and press the button that accepts crosspost.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "server",
            "Which server is the account on?",
            "The address you log in at, or the whole name: @me@misskey.example.",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=self._server,
        )
        server = self.until_right(question, self._asked)
        token = self._agreed(server)
        key = self.network.key
        return [Connected(network=key, name=key, base_url=server, secrets={"access_token": token})]

    def _server(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=True)

    def _asked(self, server: str) -> str:
        """The server, after it has said that it is one.

        :raises ConfigError: when it has not
        """
        told: Any = self.call("POST", f"{server}/api/meta", json={"detail": False})
        if not isinstance(told, dict) or "maxNoteTextLength" not in told:
            raise ConfigError(f"what answers at {server} is not Misskey; for Mastodon use: accounts add mastodon")
        return server

    def _agreed(self, server: str) -> str:
        """The token, once the person has accepted on the server's page; the session's number is good for one."""
        session = str(uuid.uuid4())

        def ours(address: str) -> bool:
            return secrets.compare_digest(parameters(address).get("session", "").encode(), session.encode())

        with Loopback(ours) as loopback:
            asked = {"name": "crosspost", "callback": loopback.address, "permission": _RIGHTS}
            address = f"{server}/miauth/{session}?{urlencode(asked)}"
            for _ in range(_TRIES):
                if ours(self.dialog.visit(address, loopback).strip()):
                    break
                self.dialog.wrong(
                    "landing",
                    "this is not the address of the page you landed on. Accept on the page, then copy all of the "
                    "address of the page you land on",
                )
            else:
                raise ConfigError("none of these addresses was that of the page you landed on; start again")
        told: Any = self.call("POST", f"{server}/api/miauth/{session}/check", json={})
        if not isinstance(told, dict) or told.get("ok") is not True or not told.get("token"):
            raise ConfigError("the server gave no token: crosspost was not accepted on its page. Try again")
        self.session.hide(str(told["token"]))
        return str(told["token"])
