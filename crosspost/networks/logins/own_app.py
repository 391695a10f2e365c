"""What log-ins with an app of the person's own share: the address a network comes back to, and the exchange."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.errors import ConfigError, NotSent
from crosspost.networks.logins.base import Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.logins.oauth import Code, Consent, StaleCode

if TYPE_CHECKING:
    import requests

#: what people register with their app, as long as nothing else listens there
LOOPBACK = "http://localhost:8723/callback"
_HERE = ("localhost", "127.0.0.1")


class OwnApp(Login):
    """A log-in through an app that the person made at the network's console."""

    def redirect(self, where: str) -> str:
        """The address that the person has registered with the app.

        :param where: the place at the console where it is registered
        """
        site = (
            f" Your own site will do as well ({self.desk.site.rstrip('/')}/)."
            if self.desk.site.startswith("https://")
            else ""
        )
        return self.dialog.ask(
            Question(
                "redirect",
                "The callback address of the app?",
                f"{where}: it must be there exactly as here. {LOOPBACK} brings the answer to this computer.{site}",
                default=LOOPBACK,
                clean=_address,
            )
        )

    def walked(self, consent: Consent, redirect: str) -> Code:
        """To the page of consent, and back to the registered address."""
        parts = urlsplit(redirect)
        if parts.hostname in _HERE:
            return consent.by_loopback(port=parts.port or 80, path=parts.path, host=parts.hostname)
        return consent.by_site(redirect)

    def sent(self, method: str, url: str, **more: object) -> "requests.Response":
        """The answer to a request, also a refusal.

        :raises NotSent: when the network cannot be asked now
        """
        from crosspost.transport.session import TransportError

        try:
            answer = self.session.request(method, url, **more)
        except TransportError as error:
            raise NotSent(f"{self.network.name} cannot be asked: {error}") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise NotSent(f"{self.network.name} cannot be asked now: {self.said()}; try again later")
        return answer

    def exchanged(
        self, address: str, code: Code, form: Mapping[str, str], *, auth: tuple[str, str] | None = None
    ) -> dict[str, str]:
        """The tokens for a code (RFC 6749 4.1.3).

        :param form: what the network wants beside the code
        :param auth: the app's id and secret, where they belong into a header
        :raises StaleCode: when the code is good no more
        :raises ConfigError: when there is no token in the answer
        :raises NotSent: when the network cannot be asked now
        """
        whole = {"grant_type": "authorization_code", "code": code.value, **form}
        answer = self.sent("POST", address, data=whole, auth=auth)
        if 400 <= answer.status_code < 500:
            raise StaleCode(f"{self.network.name} gives no token for the code: {self.said()}")
        found = self.object_of(answer)
        tokens = {name: str(found[name]) for name in ("access_token", "refresh_token") if found.get(name)}
        self.session.hide(*tokens.values())
        if "access_token" not in tokens:
            raise ConfigError(f"{self.network.name} answered without a token; start again")
        return tokens

    def said(self) -> str:
        """The network's own words in its last answer."""
        from crosspost.networks.refusals import words

        last = self.session.last
        if last is None:
            return "nothing"
        return f"{self.session.redact(words(last))[:300]} (HTTP {last.status})"

    def object_of(self, answer: "requests.Response") -> dict[str, object]:
        """The JSON object in a good answer.

        :raises ConfigError: when it has none, or is a refusal
        """
        if answer.status_code >= 400:
            raise ConfigError(f"{self.network.name} says: {self.said()}")
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ConfigError(f"what answers there is not {self.network.name}")
        return found


def _address(answer: str) -> str:
    """A callback address as it is registered.

    :raises ValueError: with one clause
    """
    answer = answer.strip()
    try:
        parts = urlsplit(answer)
        port = parts.port
    except ValueError:
        raise ValueError(f"this is not an address; it looks like {LOOPBACK}") from None
    if parts.hostname in _HERE and parts.scheme == "http":
        if not port or parts.query or parts.fragment:
            raise ValueError(f"an address of this computer has a port and no ? or #, as {LOOPBACK} has")
        return answer if parts.path else f"{answer}/"
    if parts.scheme != "https" or not re.fullmatch(r"[^\s]+\.[^\s]+", parts.hostname or ""):
        raise ValueError(f"it begins with https://, or is one of this computer: {LOOPBACK}")
    if not answer.endswith("/"):
        raise ValueError("an address of your own site ends with / here; register it with the app like that, too")
    return answer
