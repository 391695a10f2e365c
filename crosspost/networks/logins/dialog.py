"""The conversation with the person who connects an account, whether at a terminal, in a script or on a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from crosspost.transport.loopback import Loopback


def as_written(answer: str) -> str:
    """The answer, as it is."""
    return answer


@dataclass(frozen=True)
class Question:
    """One thing a person is asked.

    :ivar key: its name, for scripts: ``--answer KEY=VALUE``
    :ivar text: the question, one line
    :ivar help: where the answer is to be found, in words that survive a new look of the page
    :ivar secret: whether the answer must not be seen on the screen
    :ivar default: what an empty answer means; None where there must be one
    :ivar clean: makes of the answer what was meant; raises ValueError with one clause when that is not clear
    """

    key: str
    text: str
    help: str = ""
    secret: bool = False
    default: str | None = None
    clean: Callable[[str], str] = as_written


class Choice(NamedTuple):
    """One of several answers: what it is to crosspost, and what the person sees."""

    value: str
    label: str


class Dialog(Protocol):
    """Whoever asks. Every question can be answered beforehand, by its key."""

    def say(self, text: str) -> None:
        """Tell the person something, a paragraph."""

    def wrong(self, key: str, why: str) -> None:
        """The answer to ``key`` was not right; it is asked for again, where somebody is there to answer."""

    def ask(self, question: Question) -> str:
        """The answer, cleaned.

        :raises ConfigError: when nobody is there to answer
        """

    def choose(self, key: str, text: str, choices: Sequence[Choice]) -> str:
        """The value of the choice that was made; the only one is taken without a question.

        :raises ConfigError: when nobody is there to answer
        """

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        """Yes or no."""

    def visit(self, address: str, loopback: "Loopback | None") -> str:
        """Send the person to a page, and wait for where they land.

        :param loopback: takes the answer by itself; without it, or when it hears nothing, the person pastes the address
            of the page they landed on
        :returns: that address
        """
