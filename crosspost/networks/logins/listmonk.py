"""listmonk: the server, an API user, and the lists to write to (listmonk.app/docs/apis/lists, checked 2026-11-22)."""

import base64
from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.text.numbers import counted
from crosspost.transport.session import TransportError


class ListmonkLogin(Login):
    minutes = 3
    steps = (
        "Type the address of your listmonk.",
        "There, under Admin > Users, add a user of the type API that may send campaigns. Copy its name and token.",
        "Choose the lists from those that are there.",
    )

    def connect(self) -> list[Connected]:
        server = self.until_right(
            Question("base_url", "The address of your listmonk?", default=self.desk.base_url or None, clean=_server),
            self._answers,
        )
        self.dialog.say(f"Add a user of the type API: {server}/admin/users.")
        secrets, lists = self.until_both_right(
            self.secret("username", "The API user's name?"),
            lambda username: username,
            lambda _: self.secret("token", "Its access token?"),
            lambda username, token: self._lists(server, username, token),
        )
        choices = [Choice(str(one["id"]), f"{one['name']} ({_people(one)})") for one in lists]
        chosen = self.dialog.choose("list", "Which list does a post go to?", choices)
        return [
            Connected(
                network=self.network.key,
                name="listmonk",
                base_url=server,
                settings={"lists": [int(chosen)]},
                secrets=secrets,
            )
        ]

    def _answers(self, server: str) -> str:
        """The server, once something answers there.

        :raises ConfigError: when nothing does
        """
        try:
            self.session.get(f"{server}/api/lists")  # refused without a login: that is an answer, too
        except TransportError as error:
            raise ConfigError(f"listmonk cannot be asked: {error}") from None
        return server

    def _lists(self, server: str, username: str, token: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
        """The login, and the lists it can see."""
        header = {"Authorization": f"token {username}:{token}"}
        self.session.hide(token, base64.b64encode(f"{username}:{token}".encode()).decode())
        found = self.call("GET", f"{server}/api/lists", params={"per_page": "all"}, headers=header)
        lists = (found.get("data") or {}).get("results") if isinstance(found, dict) else None
        if not isinstance(lists, list):
            raise ConfigError(f"what answers at {server} is not listmonk")
        if not lists:
            raise ConfigError("there is no list yet; add one in listmonk, then give the token again")
        return {"username": username, "token": token}, lists


def _people(one: dict[str, Any]) -> str:
    """How many have it."""
    number = one.get("subscriber_count")
    return counted(number if isinstance(number, int) else 0, "person", "people")


def _server(answer: str) -> str:
    return server_address.of_account(answer, schemes=("https", "http"), at_root=False)
