"""Micropub: the home page, which names the end point, and a token that was made on the website itself.

Sources: www.w3.org/TR/micropub (5.3, endpoint discovery) and RFC 8288, checked 2026-11-27.
"""

from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks import micropub_entry
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.networks.micropub_page import endpoint, read

#: micro.blog answers questions also to a token that is wrong
_UNPROVED = (
    "The website answers the same without a token, so nobody knows yet whether this one is right: the first post shows."
)


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
        token, told, proved = self.until_right(asked, lambda token: self._checked(where, token))
        settings = {"me": me} | self._website(told)
        key, notes = self.network.key, () if proved else (_UNPROVED,)
        return [
            Connected(network=key, name=key, base_url=where, settings=settings, secrets={"token": token}, notes=notes)
        ]

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

    def _checked(self, where: str, token: str) -> tuple[str, dict[str, Any], bool]:
        """The token, once the website lets it ask what is possible there; what that is; and whether that proves it.

        :raises ConfigError: when it does not
        """
        self.session.hide(token)
        told = self._offered(where, {"Authorization": f"Bearer {token}"})
        try:
            proved = self._offered(where, {}) != told
        except ConfigError:
            proved = True
        return token, told, proved

    def _offered(self, where: str, headers: dict[str, str]) -> dict[str, Any]:
        try:
            return micropub_entry.config(self.call("GET", where, params={"q": "config"}, headers=headers))
        except ValueError:
            raise ConfigError(f"what answers at {where} is not Micropub") from None

    def _website(self, told: dict[str, Any]) -> dict[str, str]:
        """The one that was chosen among several behind the end point, as a setting."""
        offered = micropub_entry.offered(told, "destination")
        if len(offered) < 2:
            return {}
        choices = [Choice(uid, uid) for uid in offered]
        return {"destination": self.dialog.choose("destination", "Which of its websites is to get the posts?", choices)}
