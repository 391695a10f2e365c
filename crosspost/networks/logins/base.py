"""The base of every network's log-in."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.dialog import Dialog, Question
from crosspost.text import pasted

if TYPE_CHECKING:
    from crosspost.networks.base import Network
    from crosspost.transport.session import Session

Result = TypeVar("Result")
Known = TypeVar("Known")


@dataclass(frozen=True, kw_only=True)
class Connected:
    """An account that was connected; nothing of it is stored yet.

    :ivar network: the network's key
    :ivar name: a name for the account in the config, when the person wants no other
    :ivar base_url: its server's address; "" for the network's own
    :ivar settings: what else its table in the config needs
    :ivar secrets: credential field → value
    :ivar notes: what the person should know about it, sentences
    :ivar expires: when the login ends; None when it does not, or the time is unknown
    """

    network: str
    name: str = ""
    base_url: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True)
class Desk:
    """What a log-in works with.

    :ivar dialog: asks the person
    :ivar session: makes the guarded session for a server's address
    :ivar base_url: another server for the network, such as the sandbox; "" for its own
    :ivar site: the address of the person's own site, where a network wants a page with https to come back to
    :ivar known: the account's table in the config, when it is renewed
    """

    dialog: Dialog
    session: "Callable[[], Session]"
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    base_url: str = ""
    site: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


class Login(ABC):
    """How an account of one network is connected.

    :ivar page: the page of the network on which the person has to do something; "" where it depends on their server
    :ivar minutes: about how long it takes
    :ivar steps: what the person does, one act each, in order; the manual lists them
    """

    page: ClassVar[str] = ""
    minutes: ClassVar[int] = 2
    steps: ClassVar[tuple[str, ...]] = ()

    def __init__(self, network: "type[Network]", desk: Desk) -> None:
        self.network, self.desk, self.dialog = network, desk, desk.dialog
        self.session = desk.session()

    @abstractmethod
    def connect(self) -> list[Connected]:
        """Talk with the person and the network until a login works.

        :returns: the account, and those that come with it (an Instagram account with its Facebook Page)
        :raises ConfigError: when nobody is there to answer, or the person gives up
        :raises DeliveryError: when the network cannot be asked
        """

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at its end."""
        return (self.desk.base_url or self.network.home).rstrip("/")

    def until_right(self, question: Question, attempt: Callable[[str], Result]) -> Result:
        """Ask until the answer works.

        :param attempt: uses the answer; its ConfigError and DeliveryError are told, and the question is asked again
        """
        while True:
            answer = self.dialog.ask(question)
            try:
                return attempt(answer)
            except (ConfigError, DeliveryError) as error:
                self.dialog.wrong(question.key, str(error))

    def until_both_right(
        self,
        first: Question,
        known: Callable[[str], Known],
        second: Callable[[Known], Question],
        attempt: Callable[[Known, str], Result],
    ) -> Result:
        """Ask for two answers until they work together: a network does not say which of a name and a password is wrong.

        :param known: what the first answer leads to; after its errors only the first is asked for again
        :param second: the question that follows from that
        :param attempt: uses both; after its ConfigError or DeliveryError both are asked for again, the first with what
            was answered as its default
        """
        while True:
            answer, found = self.until_right(first, lambda answer: (answer, known(answer)))
            asked = second(found)
            secret = self.dialog.ask(asked)
            try:
                return attempt(found, secret)
            except (ConfigError, DeliveryError) as error:
                self.dialog.wrong(asked.key, str(error))
                first = replace(first, default=answer)

    def call(self, method: str, url: str, **more: Any) -> Any:
        """Send a request that changes nothing: the JSON of a good answer.

        :raises ConfigError: with the network's own words, when it refuses or cannot be asked
        """
        from crosspost.networks.refusals import words
        from crosspost.transport.session import TransportError

        try:
            answer = self.session.request(method, url, **more)
        except TransportError as error:
            raise ConfigError(f"{self.network.name} cannot be asked: {error}") from None
        last = self.session.last
        if answer.status_code >= 400 and last is not None:
            why = self.session.redact(words(last))[:300]
            raise ConfigError(f"{self.network.name} says: {why} (HTTP {answer.status_code})")
        try:
            return answer.json()
        except ValueError:
            raise ConfigError(f"what answers at {urlsplit(url).netloc} is not {self.network.name}") from None

    def secret(self, field: str, text: str, help: str = "") -> Question:  # noqa: A002  # the word people know
        """The question for a token or password, cleaned of what was copied along with it."""
        clean = pasted.words if field in ("username", "password", "handle") else pasted.token
        return Question(field, text, help, secret=field not in ("username", "handle"), clean=_some(clean))


def _some(clean: Callable[[str], str]) -> Callable[[str], str]:
    def cleaned(answer: str) -> str:
        if not (found := clean(answer)):
            raise ValueError("it is empty")
        return found

    return cleaned
