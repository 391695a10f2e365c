"""What is known about the ledger itself: who it is, how far it has come, where it belongs, and whether to doubt it."""

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

#: the ledger's own id, made at random; a copy has the same one
ID = "id"
COUNT, HOMES, DOUBT = "count", "homes", "doubt"


class Count(Value, frozen=True, kw_only=True):
    """How often something irreversible was begun, and when the last time was."""

    number: int = 0
    at: datetime | None = None


class Suspicion(Value, frozen=True, kw_only=True):
    """Something may have gone out that the ledger does not know.

    :ivar why: a sentence for people
    :ivar since: nothing is missing from before that moment; None when nobody knows
    :ivar until: the last moment at which something went out elsewhere, as far as that is known
    :ivar settled: the accounts that were looked through
    """

    why: str
    since: datetime | None = None
    until: datetime | None = None
    settled: tuple[str, ...] = ()


class Facts(Access):
    """The table of facts."""

    #: see :mod:`crosspost.ledger.marks`: called with each new number, before the request that it announces
    mark: Callable[[Count], None]

    def fact(self, name: str) -> str:
        """What is written down under a name; "" when nothing is."""
        rows = self._all(sa.select(facts.c.value).where(facts.c.name == name))
        return str(rows[0].value) if rows else ""

    def facts(self) -> dict[str, str]:
        """Everything that is written down."""
        return {str(row.name): str(row.value) for row in self._all(sa.select(facts.c.name, facts.c.value))}

    def keep_fact(self, name: str, value: str) -> None:
        """Write something down; "" takes it away."""
        with translate_errors(self.path), self._engine.begin() as connection:
            write(connection, name, value)

    def advance(self, least: int = 0) -> None:
        """Count on although nothing is sent: what was decided now must not be lost unnoticed.

        :param least: the number is higher than this afterwards
        """
        with translate_errors(self.path), self._engine.begin() as connection:
            new = count_on(connection, self.clock(), least)
        self.mark(new)

    @property
    def open_doubt(self) -> Suspicion | None:
        """Why the accounts must be looked at before anything is sent; None when there is no doubt."""
        return decoded(self.fact(DOUBT), Suspicion)

    def keep_doubt(self, doubt: Suspicion | None) -> None:
        """Write a doubt down; None ends it."""
        self.keep_fact(DOUBT, msgspec.json.encode(doubt).decode() if doubt is not None else "")

    def keep_homes(self, homes: dict[str, Here]) -> None:
        """Write down where this ledger belongs: machine → place."""
        self.keep_fact(HOMES, msgspec.json.encode(homes).decode())


def write(connection: sa.Connection, name: str, value: str) -> None:
    """Write a fact within a transaction."""
    connection.execute(sa.delete(facts).where(facts.c.name == name))
    if value:
        connection.execute(sa.insert(facts).values(name=name, value=value))


def count_on(connection: sa.Connection, now: datetime, least: int = 0) -> Count:
    """The next number, within a transaction that begins something irreversible."""
    said = connection.execute(sa.select(facts.c.value).where(facts.c.name == COUNT)).scalar()
    before = decoded(said or "", Count) or Count()
    new = Count(number=max(before.number, least) + 1, at=now)
    write(connection, COUNT, msgspec.json.encode(new).decode())
    return new


def decoded(said: str, kind: type[T]) -> T | None:
    """A fact as a value; None when there is none or it cannot be understood."""
    try:
        return msgspec.json.decode(said, type=kind) if said else None
    except msgspec.DecodeError:
        return None
