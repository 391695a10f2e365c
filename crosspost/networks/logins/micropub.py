"""Micropub: the home page, which names the end point, and a token that was made on the website itself.

Sources: www.w3.org/TR/micropub (5.3, endpoint discovery) and RFC 8288, checked 2026-11-27.
"""

from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.micropub_page import endpoint, read


class MicropubLogin(Login):
    minutes = 3
    steps = (
        "Type the address of your home page on the website that takes the posts.",
        "Where your website makes tokens for apps, make one for crosspost with the rights create, update, delete and "
        "media. Copy it, and paste it.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "me",
            "The address of your home page?",
            "That of the website that takes the posts.",
            default=self.desk.known.get("me"),
            clean=self._address,
        )
        me, where = self.until_right(question, self._discovered)
        self.dialog.say(f"It takes posts at {where}.")
        asked = self.secret("token", "The token?", "With the rights create, update, delete and media.")
        token = self.until_right(asked, lambda token: self._checked(where, token))
        key = self.network.key
        return [Connected(network=key, name=key, base_url=where, settings={"me": me}, secrets={"token": token})]

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _discovered(self, me: str) -> tuple[str, str]:
        """The home page, and the end point that it names.

        :raises ConfigError: when it cannot be read, or names none that can be used
        """
        try:  # the person typed this address, which may be in their own network; where it leads to may not
            page = read(me, self.session, (me,))
        except ValueError as why:
            raise ConfigError(f"the page cannot be read: {why}") from None
        if page.answer.status != 200:
            raise ConfigError(f"the page cannot be read: {page.url} answers with the status {page.answer.status}")
        found = endpoint(page)
        if found is None:
            raise ConfigError(
                f"{me} names no Micropub end point (rel=micropub). Is it the home page, and is Micropub switched on?"
            )
        try:
            return me, self._address(found)
        except ValueError as why:
            raise ConfigError(f"{me} names an end point that cannot be used ({found}): {why}") from None

    def _checked(self, where: str, token: str) -> str:
        """The token, once the website lets it ask what is possible there.

        :raises ConfigError: when it does not
        """
        self.session.hide(token)
        told: Any = self.call("GET", where, params={"q": "config"}, headers={"Authorization": f"Bearer {token}"})
        if not isinstance(told, dict) and told != []:
            raise ConfigError(f"what answers at {where} is not Micropub")
        return token
