"""What a person does when an account is connected: they answer, and they agree."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer.

    :ivar question: a part of the question
    :ivar text: what is typed or pasted; "" is Enter alone
    :ivar pasted: whether it is copied from a page, which takes two keys with Enter, however long it is
    """

    question: str
    text: str = ""
    pasted: bool = False

    @property
    def keys(self) -> int:
        """How many keys a person presses."""
        return 2 if self.pasted else len(self.text) + 1


@dataclass(frozen=True)
class Agree:
    """A page opens in the browser, and the person presses the button there.

    :ivar lands: whether the person pastes the address of the page they land on; else the answer comes by itself
    """

    lands: bool = False


Acts = list[Answer | Agree]
NAME = Answer("A name for it in the config?")
_LANDING = "Then paste the whole address of the page you land on:"
LANDED = Answer(_LANDING, pasted=True)
