"""Micropub: the home page, which names the end point, and a token: agreed to on the website, or made there and pasted.

Sources: www.w3.org/TR/micropub (5.3, endpoint discovery) and RFC 8288, checked 2026-11-27.
"""

from typing import Any
from urllib.parse import urlsplit

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks import micropub_entry
from crosspost.networks.logins import indieauth
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.networks.logins.indieauth import Server, Token
from crosspost.networks.micropub_endpoint import SCOPES
from crosspost.networks.micropub_page import Page, endpoint, read

_WAYS = (
    Choice("browser", "agree on a page of the website (IndieAuth)"),
    Choice("token", "paste a token that you made there"),
)
#: micro.blog answers questions also to a token that is wrong
_UNPROVED = (
    "The website answers the same without a token, so nobody knows yet whether this one is right: the first post shows."
)


class MicropubLogin(Login):
    minutes = 2
    steps = (
        "Type the address of your home page on the website that takes the posts.",
        "Agree on the page of the website that is opened then. Where it has none, make a token for crosspost there, "
        "with the rights create, update, delete and media, and paste it.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "me",
            "The address of your home page?",
            "That of the website that takes the posts.",
            default=self.desk.known.get("me"),
            clean=self._address,
        )
        page, me, where = self.until_right(question, self._discovered)
        self.dialog.say(f"It takes posts at {where}.")
        server = indieauth.server_of(page, self.session, (me,))
        way = self.dialog.choose("way", "How do you want to log in?", _WAYS) if server is not None else "token"
        if way == "browser" and server is not None:
            given = indieauth.token(self, server, me, SCOPES)
            me = self._confirmed(given, server, me, where)
            _, told, proved = self._checked(where, given.value)
        else:
            asked = self.secret("token", "The token?", "With the rights create, update, delete and media.")
            value, told, proved = self.until_right(asked, lambda token: self._checked(where, token))
            given = Token(value)
        renewed = server.token if server is not None and given.refresh else None
        return [self._connected(given, me, where, renewed, told, [] if proved else [_UNPROVED])]

    def _connected(
        self, given: Token, me: str, where: str, renewed: str | None, told: dict[str, Any], notes: list[str]
    ) -> Connected:
        """The account.

        :param renewed: where the login is renewed; None when it is not
        """
        lacking = [scope for scope in SCOPES if given.scopes is not None and scope not in given.scopes]
        if "create" in lacking:
            raise ConfigError("the website gave a token that may not create posts; agree to that right on its page")
        if lacking:
            notes.append(f"The website gave a token without these rights: {', '.join(lacking)}.")
        ends = given.expires if renewed is None else None
        if ends is not None:
            notes.append(f"This login ends on {ends:%Y-%m-%d}. Then agree again: `crosspost accounts renew`.")
        again = {"refresh_token": given.refresh, "client_id": given.client} if renewed else {}
        return Connected(
            network=self.network.key,
            name=self.network.key,
            base_url=where,
            settings={"me": me, "token_endpoint": renewed, "token_ends": ends and ends.date()} | self._website(told),
            secrets={"token": given.value} | again,
            notes=tuple(notes),
            expires=ends,
        )

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _discovered(self, me: str) -> tuple[Page, str, str]:
        """The home page, its address, and the end point that it names.

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
            return page, me, self._address(found)
        except ValueError as why:
            raise ConfigError(f"{me} names an end point that cannot be used ({found}): {why}") from None

    def _confirmed(self, given: Token, server: Server, me: str, where: str) -> str:
        """The home page that the token is for, once that page names the same server and end point (IndieAuth, 5.4).

        :raises ConfigError: when it is somebody else's
        """
        if not given.me or _same(given.me, me):
            return me
        other = f"the token is for {given.me}, which does not belong to {urlsplit(me).netloc}; start again"
        try:
            page, named, there = self._discovered(self._address(given.me))
        except ValueError:
            raise ConfigError(other) from None
        if there != where or indieauth.server_of(page, self.session, (me,)) != server:
            raise ConfigError(other)
        return named

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


def _same(one: str, other: str) -> bool:
    """Whether two addresses are the same home page."""
    first, second = (urlsplit(url) for url in (one, other))
    return (first.netloc.lower(), first.path.rstrip("/")) == (second.netloc.lower(), second.path.rstrip("/"))
