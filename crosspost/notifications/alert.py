"""One alert, and the words that alerts share."""

from datetime import datetime, timedelta

from crosspost.model import Value


class Alert(Value, frozen=True, kw_only=True):
    """``key`` names it from run to run, ``says`` is what happened, ``todo`` what the person can do.

    ``link`` does it in one click; it is told, but never kept, because whoever has it can decide.
    """

    key: str
    says: str
    todo: str
    link: str = ""

    @property
    def sentence(self) -> str:
        """Both in one line."""
        return f"{self.says} {self.todo}".strip()


def said_by(text: str, account: str) -> str:
    """What an account's network said; whose account it is stands in the sentence already."""
    return stop(text.removeprefix(f"{account}: "))


def capital(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def stop(text: str) -> str:
    """A sentence of somebody else, in one line and with its full stop."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def posts_in_words(number: int, one: str = "is", more: str = "are") -> str:
    """How many posts, with the verb that fits the number."""
    return f"1 post {one}" if number == 1 else f"{number} posts {more}"


def at(moment: datetime) -> str:
    """A moment with its time zone."""
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def lasting(span: timedelta) -> str:
    """A span in whole days or hours."""
    hours = max(int(span.total_seconds() // 3600), 0)
    number, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"
