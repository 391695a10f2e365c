"""Facts about the ledger itself: its id, its counter, where it belongs, and whether it is in doubt."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.location import Here
from crosspost.ledger.tables import facts
from crosspost.model import Value

T = TypeVar("T")

#: the ledger's random id; a copy has the same id
ID = "id"
COUNT, HOMES, DOUBT = "count", "homes", "doubt"


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
        rows = self._all(sa.select(facts.c.value).where(facts.c.name == name))
        return str(rows[0].value) if rows else ""

    def facts(self) -> dict[str, str]:
        """All facts by name."""
        return {str(row.name): str(row.value) for row in self._all(sa.select(facts.c.name, facts.c.value))}

    def keep_fact(self, name: str, value: str) -> None:
        """Set a fact; "" removes it."""
        with translate_errors(self.path), self._engine.begin() as connection:
            write(connection, name, value)

    def advance(self, least: int = 0) -> None:
        """Increase the counter although nothing is sent, so that losing what was just decided would be noticed.

        :param least: the new number is higher than this
        """
        with translate_errors(self.path), self._engine.begin() as connection:
            new = count_on(connection, self.clock(), least)
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


def write(connection: sa.Connection, name: str, value: str) -> None:
    """Set a fact inside a transaction; "" removes it."""
    connection.execute(sa.delete(facts).where(facts.c.name == name))
    if value:
        connection.execute(sa.insert(facts).values(name=name, value=value))


def count_on(connection: sa.Connection, now: datetime, least: int = 0) -> Count:
    """Increase the counter inside the transaction that begins something irreversible.

    :param least: the new number is higher than this
    """
    stored = connection.execute(sa.select(facts.c.value).where(facts.c.name == COUNT)).scalar()
    before = decoded(stored or "", Count) or Count()
    new = Count(number=max(before.number, least) + 1, at=now)
    write(connection, COUNT, msgspec.json.encode(new).decode())
    return new


def decoded(text: str, kind: type[T]) -> T | None:
    """Decode the JSON of a fact; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        return None
