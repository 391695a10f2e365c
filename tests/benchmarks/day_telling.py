"""What is told while a simulated day goes by."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.benchmarks.day_plan import BEGIN

#: so many ledgers are made until it is said
_MANY = 100


class Telling:
    """Says how it goes on.

    :param say: takes a line
    :ivar events: what happened that does not happen each hour
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._hour = self._made = 0
        self.events: list[str] = []

    def event(self, line: str) -> None:
        """Something happened."""
        self.events.append(line)
        self._say(line)

    def hour(self, now: datetime, line: Callable[[], str]) -> None:
        """Say how things are, once an hour.

        :param line: gives what is told beside the time
        """
        if (hour := int((now - BEGIN) / timedelta(hours=1))) > self._hour:
            self._hour = hour
            self._say(f"{moment(now)}  {line()}")

    def ledgers(self, made: int, wanted: int) -> None:
        """Say now and then how many ledgers are made."""
        if self._made < wanted and made >= self._made + _MANY:
            self._made = made
            self._say(f"{min(made, wanted):,} of {wanted:,} ledgers are made")


def moment(at: datetime) -> str:
    """A moment of the day as it is told."""
    days = (at.date() - BEGIN.date()).days
    return f"{at:%H:%M}" + (f" (+{days} d)" if days else "")
