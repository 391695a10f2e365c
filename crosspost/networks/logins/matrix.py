"""Matrix: the account's name, its password or a token, then one of the rooms it is in.

Sources: spec.matrix.org/latest/client-server-api (well-known, login, joined rooms, room state), checked 2026-11-26.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import quote

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.text import pasted
from crosspost.text.lazy_pattern import lazy

_USER = lazy(r"@?([^:@\s]+)[:@]([^\s/@]+)")
_PASSWORD = "m.login.password"  # noqa: S105  # the name of a way to log in
#: rooms whose names are asked for; with more, the room is typed
_ROOMS = 30


class _Home(NamedTuple):
    """An account's name, its homeserver, and whether that takes passwords."""

    user: str
    server: str
    passwords: bool


class MatrixLogin(Login):
    minutes = 2
    steps = (
        "Make an account for your site on a homeserver, and join the room with it.",
        "Type its name (@news:matrix.example), and its password; or a token, "
        "where the server does not accept passwords.",
        "Choose the room from the list.",
    )

    def connect(self) -> list[Connected]:
        server, token = self.until_both_right(
            Question("user", "The account's name?", "Such as @news:matrix.example.", clean=_user),
            self._found,
            self._secret,
            self._logged_in,
        )
        room = self._room(server, token)
        settings, key = {"room": room}, self.network.key
        secrets = {"access_token": token}
        return [Connected(network=key, name=key, base_url=server, settings=settings, secrets=secrets)]

    def _server_of(self, user: str) -> str:
        """The address of the account's homeserver, which its name's server tells.

        :raises ConfigError: when there is none
        """
        if self.desk.base_url:
            return self.base_url
        name = user.partition(":")[2]
        try:
            told = self.call("GET", f"https://{name}/.well-known/matrix/client")
            server = server_address.of_site(str(told["m.homeserver"]["base_url"]))
        except (ConfigError, KeyError, TypeError, ValueError):
            server = f"https://{name}"
        if not self._ask(server, "/versions").get("versions"):
            raise ConfigError(f"no Matrix server answers for {name}; is the name spelt right?")
        return server

    def _takes_passwords(self, server: str) -> bool:
        flows = self._ask(server, "/v3/login").get("flows") or []
        return any(isinstance(flow, dict) and flow.get("type") == _PASSWORD for flow in flows)

    def _found(self, user: str) -> _Home:
        server = self._server_of(user)
        return _Home(user, server, self._takes_passwords(server))

    def _secret(self, home: _Home) -> Question:
        """The question for the password, or for a token where the server takes none."""
        if home.passwords:
            return self.secret("password", "Its password? (It is not kept; a token of its own is.)")
        how = f"{home.server} does not accept passwords here. In Element: Settings › Help & About › Access Token."
        return self.secret("access_token", "The access token?", how)

    def _logged_in(self, home: _Home, secret: str) -> tuple[str, str]:
        """The server, and a token of the account there.

        :raises ConfigError: when the server does not take the password or the token, or it is another account's
        """
        self.session.hide(secret)
        if not home.passwords:
            found = self._ask(home.server, "/v3/account/whoami", token=secret).get("user_id")
            if found != home.user:
                raise ConfigError(f"this is a token of {found}, not of {home.user}")
            return home.server, secret
        names = {"type": "m.id.user", "user": home.user}
        form = {"type": _PASSWORD, "identifier": names, "password": secret}
        form["initial_device_display_name"] = "crosspost"
        token = str(self._ask(home.server, "/v3/login", json=form)["access_token"])
        self.session.hide(token)
        return home.server, token

    def _room(self, server: str, token: str) -> str:
        """The room that was chosen, by its address where it has one."""
        joined = self._ask(server, "/v3/joined_rooms", token=token).get("joined_rooms") or []
        rooms = [choice for room in joined[:_ROOMS] if (choice := self._named(server, token, str(room)))]
        if rooms and len(joined) <= _ROOMS:
            return self.dialog.choose("room", "Which room?", rooms)
        question = Question("room", "The room's address?", "Such as #news:matrix.example.", clean=_room)
        return self.until_right(question, lambda room: self._joined(server, token, room, joined))

    def _named(self, server: str, token: str, room: str) -> Choice | None:
        """A room as a choice; None for an encrypted one."""
        if self._state(server, token, room, "m.room.encryption") is not None:
            return None
        address = (self._state(server, token, room, "m.room.canonical_alias") or {}).get("alias")
        name = (self._state(server, token, room, "m.room.name") or {}).get("name")
        label = f"{name} ({address})" if name and address else name or address or room
        return Choice(str(address or room), str(label))

    def _joined(self, server: str, token: str, room: str, joined: list[Any]) -> str:
        number = room
        if room.startswith("#"):
            found = self._ask(server, f"/v3/directory/room/{quote(room, safe='')}", token=token)
            number = str(found.get("room_id"))
        if number not in joined:
            raise ConfigError(f"the account is not a member of {room}; join the room with it first")
        if self._state(server, token, number, "m.room.encryption") is not None:
            raise ConfigError(f"{room} is encrypted, which crosspost does not do; choose another")
        return room

    def _state(self, server: str, token: str, room: str, kind: str) -> dict[str, Any] | None:
        try:
            return self._ask(server, f"/v3/rooms/{quote(room, safe='')}/state/{kind}", token=token)
        except ConfigError:
            last = self.session.last
            if last is not None and last.status == 404:
                return None
            raise

    def _ask(self, server: str, path: str, *, token: str = "", json: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = "POST" if json is not None else "GET"
        found = self.call(method, f"{server}/_matrix/client{path}", json=json, headers=headers)
        return found if isinstance(found, dict) else {}


def _user(answer: str) -> str:
    """A Matrix name, also written as ``name@server``.

    :raises ValueError: when it cannot be one
    """
    found = _USER.fullmatch(pasted.address(answer))
    if not found:
        raise ValueError("a Matrix name looks like @news:matrix.example")
    return f"@{found[1]}:{found[2]}"


def _room(answer: str) -> str:
    """A room's address or id, also from a link to it.

    :raises ValueError: when it cannot be one
    """
    from urllib.parse import unquote

    found = re.fullmatch(r"(?:https://matrix\.to/#/)?([#!][^\s/?]+)(?:\?.*)?", unquote(pasted.address(answer)))
    if not found:
        raise ValueError("a room's address looks like #news:matrix.example")
    return found[1]
