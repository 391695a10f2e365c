"""Lemmy and PieFed: name and password once, for a token; then the community.

Sources: LemmyNet/lemmy 0.19.20, piefed-api-client; checked 2026-11-26. A server allows a few log-ins an hour only.
"""

from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.lemmy import APIS
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question

_CODE = "missing_totp_token"


class LemmyLogin(Login):
    minutes = 2
    steps = (
        "Say which server the account is on.",
        "Type the account's name and password, and its second factor if it has one. Only a token is kept.",
        "Say which community the posts go to.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "server",
            "Which server is the account on?",
            "The address you log in at.",
            default=self.desk.base_url or self.desk.known.get("base_url"),
            clean=lambda answer: server_address.of_account(answer, schemes=self.network.schemes, at_root=True),
        )
        server, kind = self.until_right(question, self._asked)
        token = self.until_both_right(
            self.secret("username", "The account's name?"),
            lambda name: name,
            lambda _: self.secret("password", "Its password?"),
            lambda name, password: self._token(server, kind, name, password),
        )
        known = self.desk.known.get("community")
        where = Question("community", "Which community?", "For example garden@lemmy.example", default=known)
        community = self.until_right(where, lambda name: self._found(server, kind, token, name))
        key = self.network.key
        settings = {"community": community}
        return [Connected(network=key, name=key, base_url=server, settings=settings, secrets={"token": token})]

    def _asked(self, server: str) -> tuple[str, str]:
        """The server and its kind.

        :raises ConfigError: when it is neither Lemmy nor PieFed
        """
        for kind in ("lemmy", "piefed"):
            try:
                told = self.call("GET", f"{server}{APIS[kind].base}/site")
            except ConfigError:
                if kind == "piefed":
                    raise
                continue
            if isinstance(told, dict) and "version" in told:
                return server, kind
        raise ConfigError(f"what answers at {server} is neither Lemmy nor PieFed")

    def _token(self, server: str, kind: str, name: str, password: str) -> str:
        self.session.hide(password)
        field = "username" if kind == "piefed" else "username_or_email"
        form = {field: name, "password": password}
        address = f"{server}{APIS[kind].base}/user/login"
        try:
            told: Any = self.call("POST", address, json=form)
        except ConfigError as error:
            if _CODE not in str(error):
                raise
            code = self.dialog.ask(self.secret("code", "The code of your second factor?"))
            told = self.call("POST", address, json=form | {"totp_2fa_token": code})
        if not isinstance(told, dict) or not told.get("jwt"):
            raise ConfigError("the server gave no token; is the account confirmed?")
        self.session.hide(str(told["jwt"]))
        return str(told["jwt"])

    def _found(self, server: str, kind: str, token: str, name: str) -> str:
        """The community's name, once the server has found it.

        :raises ConfigError: when it has not
        """
        name = name.strip().lstrip("!").removeprefix("c/")
        headers = {"Authorization": f"Bearer {token}"}
        self.call("GET", f"{server}{APIS[kind].base}/community", params={"name": name}, headers=headers)
        return name
