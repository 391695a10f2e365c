"""Facts about the ledger itself: its id, its counter, where it belongs, and whether it is in doubt."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from crosspost.ledger.access import Access
from crosspost.ledger.database import Statements
from crosspost.ledger.location import Here
from crosspost.model import Value

T = TypeVar("T")

#: the ledger's random id; a copy has the same id
ID = "id"
COUNT, HOMES, DOUBT = "count", "homes", "doubt"
#: a lost ledger is being rebuilt: since when
REBUILT = "rebuilt"


_ONE = "SELECT value FROM facts WHERE name = :name"
_WRITE = (
    "INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class Count(Value, frozen=True, kw_only=True):
    """How many irreversible requests were begun, and when the last one was."""

    number: int = 0
    at: datetime | None = None


class Suspicion(Value, frozen=True, kw_only=True):
    """Something may be out that is not in the ledger.

    :ivar why: a sentence for the user
    :ivar since: nothing before this moment is missing; None when unknown
    :ivar until: the last moment at which something was sent elsewhere; None when unknown
    :ivar settled: the accounts that have been checked
    """

    why: str
    since: datetime | None = None
    until: datetime | None = None
    settled: tuple[str, ...] = ()


class Facts(Access):
    """The table of facts."""

    #: called with each new number, before the request it stands for; see :mod:`crosspost.ledger.marks`
    mark: Callable[[Count], None]

    def fact(self, name: str) -> str:
        """The value of a fact; "" when it is not set."""
        rows = self._all(_ONE, {"name": name})
        return str(rows[0][0]) if rows else ""

    def facts(self) -> dict[str, str]:
        """All facts by name."""
        return {str(name): str(value) for name, value in self._all("SELECT name, value FROM facts")}

    def keep_fact(self, name: str, value: str) -> None:
        """Set a fact; "" removes it."""
        self._change(*_writing(name, value))

    def advance(self, least: int = 0) -> None:
        """Increase the counter although nothing is sent, so that losing what was just decided would be noticed.

        :param least: the new number is higher than this
        """
        with self._transaction() as statements:
            new = count_on(statements, self.clock(), least)
        self.mark(new)

    @property
    def open_doubt(self) -> Suspicion | None:
        """Why the accounts must be checked before anything is sent; None when there is no doubt."""
        return decoded(self.fact(DOUBT), Suspicion)

    def keep_doubt(self, doubt: Suspicion | None) -> None:
        """Store a doubt; None ends it."""
        self.keep_fact(DOUBT, msgspec.json.encode(doubt).decode() if doubt is not None else "")

    def keep_homes(self, homes: dict[str, Here]) -> None:
        """Store where this ledger belongs: machine → place."""
        self.keep_fact(HOMES, msgspec.json.encode(homes).decode())


def write(statements: Statements, name: str, value: str) -> None:
    """Set a fact inside a transaction; "" removes it."""
    statements.change(*_writing(name, value))


def _writing(name: str, value: str) -> tuple[str, dict[str, str]]:
    if value:
        return _WRITE, {"name": name, "value": value}
    return "DELETE FROM facts WHERE name = :name", {"name": name}


def count_on(statements: Statements, now: datetime, least: int = 0) -> Count:
    """Increase the counter inside the transaction that begins something irreversible.

    :param least: the new number is higher than this
    """
    stored = statements.rows(_ONE, {"name": COUNT})
    before = decoded(str(stored[0][0]), Count) if stored else None
    new = Count(number=max(before.number if before is not None else 0, least) + 1, at=now)
    write(statements, COUNT, msgspec.json.encode(new).decode())
    return new


def decoded(text: str, kind: type[T]) -> T | None:
    """Decode the JSON of a fact; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        return None
