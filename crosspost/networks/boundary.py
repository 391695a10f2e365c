"""The only place where library errors, and errors from unexpected responses, become delivery errors."""

import functools
from abc import ABC
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from crosspost.config.secrecy import message_of
from crosspost.errors import (
    AuthExpired,
    CrosspostError,
    DeliveryError,
    NotSent,
    RateLimited,
    Rejected,
    Unknown,
)
from crosspost.networks.refusals import refused, words
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.transport.session import Session

Clock = Callable[[], datetime]
#: characters of a server's message that are shown and stored
_SENTENCE = 1000
_VERBS = ("connect", "prepare", "publish", "find", "edit", "delete", "responses")


class Boundary(ABC):
    """Base of the adapters. It answers one question about every error: is it out?

    :meth:`talking` guards the requests. A response may still differ from the network's documentation (a list instead of
    an object, nothing at all), so every method an adapter defines for :data:`_VERBS` is guarded, too.
    """

    name: ClassVar[str]
    account: str
    clock: Clock

    def __init__(self, session: "Session | Callable[[], Session]") -> None:
        self._session = session

    @property
    def session(self) -> "Session":
        """The guarded session; made when it is first used, because composing needs none."""
        if callable(self._session):
            self._session = self._session()
        return self._session

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        for verb in _VERBS:
            if verb in vars(cls):
                setattr(cls, verb, _guarded(vars(cls)[verb], irreversible=verb == "publish"))

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # part of the shape
        """The meaning of a response where it differs from the common mapping; None for the common mapping."""
        return None

    @contextmanager
    def talking(self, *, irreversible: bool = False) -> Iterator[None]:
        """Turn whatever a library raises inside into one of the six delivery errors."""
        self.session.last = None
        try:
            yield
        except (CrosspostError, ImportError):
            raise
        except Exception as error:  # libraries raise anything, from KeyError to RecursionError
            raise self._meaning(error, irreversible) from error

    @contextmanager
    def taking_back(self) -> Iterator[None]:
        """Like :meth:`talking`, for deletions: a post that is already gone (404, 410) is not an error."""
        try:
            with self.talking():
                yield
        except Rejected:
            if not self.gone():
                raise

    def gone(self) -> bool:
        """Whether the last response was that the post is not there."""
        return self.session.last is not None and self.session.last.status in {404, 410}

    def unreadable(self, what: str) -> DeliveryError:
        """The error for a successful response that lacks something required: the post may be out."""
        last = self.session.last
        reason = f": {self.sentence(last)}" if last is not None and refused(last.json()) else ""
        return Unknown(f"{self.account}: {self.name} answered, but {what}{reason}")

    def id_of(self, found: dict[str, Any]) -> str:
        """The id in an object of the network's.

        :raises Unknown: when there is none
        """
        if not found.get("id"):
            raise self.unreadable("the answer has no id")
        return str(found["id"])

    def _meaning(self, error: Exception, irreversible: bool) -> DeliveryError:
        last = self.session.last
        doubt = Unknown if irreversible else NotSent
        if last is None:  # the library failed before any request
            return NotSent(f"{self.account}: {type(error).__name__}: {self.session.redact(message_of(error))}")
        if not last.sent:
            return NotSent(f"{self.account}: {last.failure}")
        if last.status is None:
            return doubt(f"{self.account}: {last.failure}")
        return self._explained(last, irreversible) or self._common(last, doubt)

    def _explained(self, last: Exchange, irreversible: bool) -> DeliveryError | None:
        try:
            return self.explain(last, irreversible=irreversible)
        except Exception:  # an error response of an unexpected shape: the status is enough
            return None

    def _common(self, last: Exchange, doubt: type[DeliveryError]) -> DeliveryError:
        status, message = last.status or 0, f"{self.account}: {self.name} says: {self.sentence(last)}"
        if status == 429:
            from crosspost.transport.rate_limits import retry_at  # a run with nothing due has no use for it

            return RateLimited(message, retry_at(last.headers, self.clock()))
        if status == 401:
            return AuthExpired(message)
        if status == 408 or status >= 500 or status < 300 or status == 303:
            return doubt(message)
        if status < 400:
            return NotSent(f"{self.account}: the server redirects elsewhere; set base_url to its final address")
        return Rejected(message)

    def sentence(self, last: Exchange) -> str:
        """The network's own message in a response, the most specific one, without secrets."""
        message = self.session.redact(words(last))
        return f"{message[:_SENTENCE]} (HTTP {last.status})"


def _guarded(method: Callable[..., Any], *, irreversible: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **named: Any) -> Any:
        self.session.last = None  # an earlier response has nothing to do with an error now
        try:
            return method(self, *args, **named)
        except (CrosspostError, ImportError):
            raise
        except Exception as error:  # responses can have any shape
            raise self._meaning(error, irreversible) from error

    return guarded
