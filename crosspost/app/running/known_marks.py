"""What the ledgers of many sites in a database are just now, asked about together before each is looked at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import in_database
from crosspost.config.sites import MAIN
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger.postgresql.change_mark import ChangeMarks, Marked

#: sites that are asked about in one question
_AT_ONCE = 100
#: a look is noted anew when the last one was longer ago
_NOTED = timedelta(seconds=30)


class KnownMarks:
    """The marks of the sites of one config; there are none where the ledgers are files.

    :param sites: in the order in which they are looked at: name, and app or what is wrong
    """

    def __init__(self, sites: "Sequence[tuple[str, App | ConfigError]]") -> None:
        self._apps = {name: app for name, app in sites if not isinstance(app, ConfigError) and in_database(app)}
        self._marks: ChangeMarks | None = None
        self._known: dict[str, Marked | None] = {}
        self._rested: list[str] = []

    def mark(self, name: str) -> str:
        """What tells this state of a site's ledger from others; "" where that is not known."""
        found = self.of(name)
        return found.mark if found is not None else ""

    def of(self, name: str) -> "Marked | None":
        """That, and when somebody last looked at a site; as it was when it was asked together with others."""
        if name in self._apps and name not in self._known:
            some = [other for other in self._apps if other not in self._known and other != name][: _AT_ONCE - 1]
            self._ask([name, *some])
        return self._known.get(name)

    def looked(self, name: str) -> float | None:
        """How many seconds ago somebody looked at a site; None where that is not known.

        It is asked anew: since the question for a hundred sites, other workers may have looked at most of them.
        """
        if name in self._apps:
            self._ask([name])
        found = self._known.get(name)
        if found is None or found.looked is None:
            return None
        return abs(self._apps[name].clock() - found.looked) / timedelta(seconds=1)

    def rested(self, name: str) -> None:
        """Nothing of a site needs a look."""
        self._rested.append(name)

    def close(self) -> None:
        """Write down where nothing needed a look, for those who ask when somebody was there."""
        if self._marks is None:
            return
        if self._rested:
            now: datetime = self._apps[self._rested[0]].clock()
            self._marks.note([self._schema(name) for name in self._rested], now, now - _NOTED)
        self._marks.close()

    def _ask(self, names: list[str]) -> None:
        self._known |= dict.fromkeys(names)
        if (marks := self._marks) is None:
            from crosspost.app.ledger_database import main_database
            from crosspost.ledger.postgresql.change_mark import ChangeMarks

            app = self._apps[names[0]]
            try:
                address = main_database(app.settings, app.credentials, app.main_ledger_file())
            except ConfigError:  # each look tells
                return
            marks = self._marks = ChangeMarks(address)
        found = marks.of([self._schema(name) for name in names])
        self._known |= {name: found.get(self._schema(name)) for name in names}

    def _schema(self, name: str) -> str:
        return "" if name == MAIN else name
