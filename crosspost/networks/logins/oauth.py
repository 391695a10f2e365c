"""The way OAuth 2.0 takes through a person's browser: out with a state, back with a code (RFC 6749 4.1, 7636, 9207)."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Dialog
from crosspost.transport.loopback import Loopback, parameters

T = TypeVar("T")

#: how often a person is taken to the page, where the code is of no use
_TRIES = 3
#: how often the address of the page is asked for: a wrong one spends nothing
_PASTES = 6


class Misread(ConfigError):
    """The address is not the one people land on; perhaps another was pasted."""


class StaleCode(ConfigError):
    """The network does not take the code: it was used already, has ended, or is not one of this app's."""


class PageRefused(ConfigError):
    """The page of consent showed an error, so that nobody could agree on it."""


def agreed(dialog: Dialog, walk: Callable[[], T]) -> T:
    """What a walk to the page of consent brings; where its code is good no more, the person is taken there again.

    :param walk: goes to the page and back, and exchanges the code
    :raises ConfigError: as ``walk``; the third time also for a code
    """
    for _ in range(_TRIES - 1):
        try:
            return walk()
        except StaleCode as error:
            said = str(error).rstrip(".")
            dialog.wrong(
                "landing",
                f"{said}. A code works once, and for a short time only: agree again on the page that is opened now",
            )
    return walk()


@dataclass(frozen=True)
class Pkce:
    """Proof that whoever exchanges a code is the one who asked for it (RFC 7636)."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def challenge(self) -> str:
        """The S256 challenge of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Code:
    """A code to be exchanged at once.

    :ivar redirect_uri: the address it was sent to, which the exchange must repeat
    """

    value: str = field(repr=False)
    redirect_uri: str


class Consent:
    """One walk to a network's page of consent and back.

    :param dialog: takes the person there
    :param address: (redirect address, state) → the address of the page of consent
    :param issuer: what ``iss`` must say, when the server sends one; "" when that is unknown
    """

    def __init__(self, dialog: Dialog, address: Callable[[str, str], str], *, issuer: str = "") -> None:
        self._dialog, self._address, self._issuer = dialog, address, issuer
        self._state, self._may_refuse = secrets.token_urlsafe(24), False

    def by_loopback(self, *, port: int = 0, path: str = "/", host: str = "127.0.0.1") -> Code:
        """Come back to this machine.

        :raises ConfigError: when consent was not given, or the answer belongs to another question
        """
        try:
            loopback = Loopback(self._ours, port=port, path=path, host=host)
        except OSError as error:
            raise ConfigError(
                f"another program of this computer uses port {port} ({error.strerror}); is `crosspost accounts add` "
                "open somewhere else? End that, then start again"
            ) from None
        with loopback:
            return self._walked(loopback.address, loopback)

    def by_site(self, site: str, *, may_refuse: bool = False) -> Code:
        """Come back to a page of the person's own site, which needs no code there: the address bar has the answer.

        :param may_refuse: whether an empty line means that the page showed an error
        :raises ConfigError: as :meth:`by_loopback`
        :raises PageRefused: for that empty line
        """
        self._may_refuse = may_refuse
        return self._walked(f"{site.rstrip('/')}/", None)

    def _walked(self, redirect: str, loopback: Loopback | None) -> Code:
        """To the page and back; an address that cannot be read is asked for again."""
        address = self._address(redirect, self._state)
        for _ in range(_PASTES - 1):
            try:
                return self._code(self._dialog.visit(address, loopback), redirect)
            except Misread as error:
                self._dialog.wrong("landing", str(error))
        return self._code(self._dialog.visit(address, loopback), redirect)

    def _ours(self, address: str) -> bool:
        return secrets.compare_digest(parameters(address).get("state", "").encode(), self._state.encode())

    def _code(self, landed: str, redirect_uri: str) -> Code:
        if self._may_refuse and not landed.strip():
            raise PageRefused("the page showed an error, so nothing was connected")
        found = parameters(landed.strip())
        if not found:
            raise Misread(
                "this is not the address of the page you landed on: it has no code in it. Copy all of it from the "
                "address bar, from https:// to the end"
            )
        if not self._ours(landed.strip()):
            raise Misread(
                "this address belongs to an earlier try. Agree on the page that was opened last, and paste the address "
                "you land on there"
            )
        if self._issuer and found.get("iss", self._issuer).rstrip("/") != self._issuer.rstrip("/"):
            raise ConfigError(
                f"the answer came from {found['iss'][:200]!r}, not from {self._issuer}; it is not used. Start again"
            )
        if "error" in found:
            why = found.get("error_description") or found.get("error_message") or found["error"]
            raise ConfigError(f"the page says: {why[:300]}. Nothing was connected; try again and agree there")
        if not found.get("code"):
            raise Misread(
                "this is the address of the page on which you agree. Agree there, and paste the address of the page "
                "you land on afterwards: it has a code in it"
            )
        return Code(found["code"].removesuffix("#_"), redirect_uri)
