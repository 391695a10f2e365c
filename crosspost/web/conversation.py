"""The conversation with a person who connects an account, one form at a time: the flow runs in a thread and waits.

Nothing of it is stored, and what was typed into a secret field is shown nowhere again, whatever a network answers.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from crosspost import tracing
from crosspost.config.secrecy import concealed, hidden
from crosspost.errors import ConfigError, CrosspostError
from crosspost.model import Value
from crosspost.networks.logins.dialog import Choice, Question

if TYPE_CHECKING:
    from crosspost.app.accounts.add import Added
    from crosspost.transport.loopback import Loopback

_log = logging.getLogger("crosspost.web")
#: seconds a person may take for one answer
_PATIENCE = 900
#: conversations that are open at the same time
_MOST = 8


class Asked(Value, frozen=True, kw_only=True):
    """One question. ``number`` tells it from the others, ``wrong`` is what was wrong with the last answer to it."""

    number: int
    key: str
    kind: Literal["text", "secret", "choice", "yes or no", "page"]
    text: str = ""
    help: str = ""
    value: str = ""
    needed: bool = True
    choices: tuple[Choice, ...] = ()
    address: str = ""
    wrong: str = ""


class Conversation:
    """One flow, and the person who answers it; a :class:`crosspost.networks.logins.dialog.Dialog`.

    :param owner: who may see it
    :param answers: key → answer, given beforehand
    :param back: the address of its page, to which a network's page of consent leads back
    """

    def __init__(self, owner: str, answers: dict[str, str], back: Callable[[str], str]) -> None:
        self.id, self.owner = secrets.token_urlsafe(16), owner
        self.added: list[Added] = []
        self.error = ""
        self.ended = False
        self._back, self._answers = back(self.id), answers
        self._changed = threading.Condition()
        self._asked: Asked | None = None
        self._given: str | None = None
        self._loopback: Loopback | None = None
        self._said: list[str] = []
        self._old = self._given_up = False
        self._wrong: dict[str, tuple[str, str]] = {}
        self._secrets: set[str] = set()
        self._number = 0

    # ── the page's side ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def asked(self) -> Asked | None:
        """What is asked at the moment; None while the flow is at work."""
        return self._asked if self._given is None and not self._given_up and not self._landed() else None

    @property
    def said(self) -> list[str]:
        """What was said since the last answer, paragraphs."""
        return [self._hidden(text) for text in self._said]

    def settle(self, seconds: float) -> None:
        """Wait until something is asked, or it has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended or self.asked is not None, seconds)

    def answer(self, number: int, text: str) -> None:
        """The answer to a question; nothing happens when it was answered already."""
        with self._changed:
            if self._asked is not None and self._asked.number == number and self._given is None:
                self._given = text
                self._changed.notify_all()

    def give_up(self) -> None:
        """Whoever answered does something else now."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def run(self, flow: "Callable[[Conversation], list[Added]]") -> None:
        """Have the flow ask; for a thread of its own."""
        try:
            self.added = flow(self)
        except CrosspostError as error:
            self.error = self._hidden(str(error))
        except Exception as error:  # a mistake of ours; what it says may hold an answer
            _log.error("connecting an account failed: %s: %s", type(error).__name__, self._hidden(str(error)))
            self.error = "This is a mistake in crosspost; the terminal it runs in says more."
        finally:
            with self._changed:
                self.ended, self._asked = True, None
                self._changed.notify_all()

    # ── the flow's side ───────────────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str) -> None:
        if self._old:
            self._said, self._old = [], False
        self._said.append(text)

    def wrong(self, key: str, why: str) -> None:
        self._wrong[key] = (why, self._wrong.get(key, ("", ""))[1])

    def ask(self, question: Question) -> str:
        kind: Literal["text", "secret"] = "secret" if question.secret else "text"
        while True:
            answer = self._answer(
                question.key, kind=kind, text=question.text, help=question.help,
                value=question.default or "", needed=question.default is None,
            ).strip()  # fmt: skip
            if question.secret and answer:
                self._secrets.add(answer)
            answer = answer or question.default or ""
            try:
                return question.clean(answer)
            except ValueError as error:
                self._wrong[question.key] = (str(error), "" if question.secret else answer)

    def choose(self, key: str, text: str, choices: Sequence[Choice]) -> str:
        if len(choices) == 1 and key not in self._answers:
            self.say(f"{text} {choices[0].label}")
            return choices[0].value
        while True:
            answer = self._answer(key, kind="choice", text=text, choices=tuple(choices))
            if answer in [choice.value for choice in choices]:
                return answer
            self.wrong(key, "choose one of these")

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        meant = "yes" if default else "no"
        while (answer := self._answer(key, kind="yes or no", text=text, value=meant)) not in ("yes", "no"):
            self.wrong(key, "choose yes or no")
        return answer == "yes"

    def visit(self, address: str, loopback: "Loopback | None") -> str:
        if loopback is not None:
            loopback.back = self._back
        self._loopback = loopback
        try:
            return self._answer("landing", kind="page", address=address).strip()
        finally:
            self._loopback = None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(
        self,
        key: str,
        *,
        kind: Literal["text", "secret", "choice", "yes or no", "page"],
        text: str = "",
        help: str = "",  # noqa: A002  # as in the question
        value: str = "",
        needed: bool = True,
        choices: tuple[Choice, ...] = (),
        address: str = "",
    ) -> str:
        """Ask, and wait for the page or for the browser that comes back."""
        if key in self._answers:
            return self._answers.pop(key)
        typed = self._wrong.get(key, ("", ""))[1]
        wrong = " ".join(why for why, _ in self._wrong.values())  # also of an answer that was given with another one
        self._wrong.clear()
        with self._changed:
            self._number += 1
            self._asked = Asked(
                number=self._number, key=key, kind=kind, text=text, help=help, value=typed or value, needed=needed,
                choices=choices, address=address, wrong=self._hidden(wrong),
            )  # fmt: skip
            self._changed.notify_all()
            waited = 0.0
            while self._given is None and not self._landed() and waited < _PATIENCE and not self._given_up:
                self._changed.wait(0.1 if self._loopback is not None else 5)
                waited += 0.1 if self._loopback is not None else 5
            given = self._given if self._given is not None else self._landed()
            self._asked = self._given = None
            self._old = True
        if self._given_up:
            raise ConfigError("another account was begun to be connected, so this ended")
        if not given and waited >= _PATIENCE:
            raise ConfigError(f"nobody answered within {_PATIENCE // 60} minutes, so nothing was connected")
        return given

    def _landed(self) -> str:
        """The address a browser came back to; "" as long as none did."""
        return self._loopback.wait(0) if self._loopback is not None else ""

    def _hidden(self, text: str) -> str:
        return concealed(hidden(text, self._secrets))


class Conversations:
    """Those that are open, and those that have just ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Conversation] = {}

    def begin(
        self,
        owner: str,
        flow: "Callable[[Conversation], list[Added]]",
        back: Callable[[str], str],
        answers: dict[str, str] | None = None,
    ) -> Conversation:
        """Start a flow in a thread.

        :param back: the address of the page of a conversation with this id
        :raises ConfigError: when too many are open
        """
        with self._lock:
            for one in self._known.values():
                if one.owner == owner:
                    one.give_up()  # it may hold a port that this one needs
            while len(self._known) >= _MOST and (ended := [key for key, one in self._known.items() if one.ended]):
                del self._known[ended[0]]
            if len(self._known) >= _MOST:
                raise ConfigError(
                    f"{_MOST} people are connecting accounts at the moment; try again in a quarter of an hour"
                )
            made = Conversation(owner, dict(answers or {}), back)
            self._known[made.id] = made
        threading.Thread(target=tracing.carried(made.run), args=(flow,), name="connecting", daemon=True).start()
        return made

    def of(self, number: str, owner: str) -> Conversation | None:
        """The conversation of this person with this id."""
        found = self._known.get(number)
        return found if found is not None and found.owner == owner else None
