"""Micropub: the home page, which names the end point, and a token that was made on the website itself.

Sources: www.w3.org/TR/micropub (5.3, endpoint discovery) and RFC 8288, checked 2026-11-27.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question

#: bytes of a home page; end points are named at its beginning
_LARGEST = 3_000_000


class MicropubLogin(Login):
    minutes = 3
    steps = (
        "Type the address of your home page on that website.",
        "Where your website makes tokens for apps, make one for crosspost with the rights create, update, delete and "
        "media. Copy it, and paste it.",
    )

    def connect(self) -> list[Connected]:
        question = Question(
            "me",
            "The address of your home page on that website?",
            "The page says where programs post.",
            default=self.desk.known.get("me"),
            clean=self._address,
        )
        me, endpoint = self.until_right(question, self._discovered)
        self.dialog.say(f"It takes posts at {endpoint}.")
        asked = self.secret("token", "The token?", "With the rights create, update, delete and media.")
        token = self.until_right(asked, lambda token: self._checked(endpoint, token))
        key, known = self.network.key, self.desk.known
        settings = {"me": me} | {name: known[name] for name in ("content", "syndicate_to") if name in known}
        return [Connected(network=key, name=key, base_url=endpoint, settings=settings, secrets={"token": token})]

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _discovered(self, me: str) -> tuple[str, str]:
        """The home page, and the end point that it names in a ``Link`` header or in its HTML, in this order.

        :raises ConfigError: when it cannot be read, or names none that can be used
        """
        from crosspost.markup.web_links import endpoint_in_page, targets_in_header
        from crosspost.transport.page_check import document
        from crosspost.transport.web_fetch import fetch

        # the person typed this address, which may be in their own network; where it leads to may not
        host = urlsplit(me).hostname or ""
        page = fetch(me, {"Accept": "text/html, */*;q=0.5"}, session=self.session, allowed_hosts=(host,))
        if page.problem:
            raise ConfigError(f"the page cannot be read: {page.problem}")
        found = next(iter(targets_in_header(page.headers.get("link", ""), page.url, "micropub")), None)
        if found is None and re.match(r"(?i)\s*(?:text/html|application/xhtml)", page.headers.get("content-type", "")):
            found = endpoint_in_page(document(page.headers, page.body, _LARGEST), page.url, "micropub")
        if found is None:
            raise ConfigError(
                f"{me} names no Micropub end point (rel=micropub). Is it the home page, and is Micropub switched on?"
            )
        try:
            return me, self._address(found)
        except ValueError as why:
            raise ConfigError(f"{me} names an end point that cannot be used ({found}): {why}") from None

    def _checked(self, endpoint: str, token: str) -> str:
        """The token, once the website lets it ask what is possible there.

        :raises ConfigError: when it does not
        """
        self.session.hide(token)
        told: Any = self.call("GET", endpoint, params={"q": "config"}, headers={"Authorization": f"Bearer {token}"})
        if not isinstance(told, dict) and told != []:
            raise ConfigError(f"what answers at {endpoint} is not Micropub")
        return token
