"""Facts about the ledger itself: its id, its counter, where it belongs, and whether it is in doubt."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import Statements
from crosspost.ledger.location import Here
from crosspost.ledger.write_requests import Row, Step
from crosspost.model import Value
from crosspost.model.value import ready

T = TypeVar("T")

#: the ledger's random id; a copy has the same id
ID = "id"
COUNT, HOMES, DOUBT = "count", "homes", "doubt"
#: which tables of which server a ledger in a database is in; see :mod:`crosspost.ledger.postgresql.origin`
ORIGIN = "origin"
#: stands before an account's name: by how many seconds our clock is ahead of its server's, where it is wrong
CLOCK = "clock:"
#: stands before the address of a post's page: what that says
PAGE = "page:"
#: a lost ledger is being rebuilt: since when
REBUILT = "rebuilt"
#: the ledger was moved: to where; in the new place :data:`UNFINISHED` until that is done
MOVED, UNFINISHED = "moved", "unfinished"

#: stands before the number in the fact that has the counter, and the number in it, in every database's SQL
_HEAD, _TAIL = '{"number":', ',"at":"'
_REST = f"substr(facts.value, {len(_HEAD) + 1})"
_NUMBER = f"""CAST('0' || substr({_REST}, 1, length({_REST}) - length(ltrim({_REST}, '0123456789'))) AS BIGINT)"""
_COUNT_ON = f"""INSERT INTO facts (name, value)
    SELECT '{COUNT}', '{_HEAD}' || (:least + 1) || '{_TAIL}' || :at || '"}}' WHERE {{only}}
    ON CONFLICT (name) DO UPDATE SET value = '{_HEAD}'
        || (CASE WHEN {_NUMBER} > :least THEN {_NUMBER} ELSE :least END + 1) || '{_TAIL}' || :at || '"}}'
    RETURNING value"""

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


class Facts(LedgerPart):
    """The table of facts."""

    #: called with each new number, before the request it stands for; see :mod:`crosspost.ledger.counter_marks`
    mark: Callable[[Count], None]

    def fact(self, name: str) -> str:
        """The value of a fact; "" when it is not set."""
        rows = self._all(_ONE, {"name": name})
        return str(rows[0][0]) if rows else ""

    def facts(self) -> dict[str, str]:
        """All facts by name."""
        return {str(name): str(value) for name, value in self._all("SELECT name, value FROM facts")}

    def origin(self) -> str:
        """Which tables of which server these are; "" for a file."""
        with translate_errors(self.path):
            return self._database.origin()

    def keep_fact(self, name: str, value: str) -> None:
        """Set a fact; "" removes it."""
        self._at_once([writing(name, value)])

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
    statements.done(writing(name, value))


def writing(name: str, value: str) -> Step:
    """The statement that sets a fact; "" removes it."""
    if value:
        return Step(_WRITE, {"name": name, "value": value})
    return Step("DELETE FROM facts WHERE name = :name", {"name": name})


def count_on(statements: Statements, now: datetime, least: int = 0) -> Count:
    """Increase the counter inside the transaction that begins something irreversible.

    :param least: the new number is higher than this
    """
    return counted(statements.done(counting(now, least)).rows)


def counting(now: datetime, least: int = 0, *, only: str = "1 = 1", values: Mapping[str, Any] | None = None) -> Step:
    """The statement that does so; :func:`counted` reads what it found.

    :param only: condition under which it does, in SQL
    :param values: those of the condition
    """
    return Step(_COUNT_ON.replace("{only}", only), {**(values or {}), "at": now, "least": least})


def counted(rows: list[Row]) -> Count:
    """The number that a counter has now."""
    return msgspec.json.decode(rows[0][0], type=ready(Count))


def decoded(text: str, kind: type[T]) -> T | None:
    """Decode the JSON of a fact; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode(text, type=ready(kind))
    except msgspec.DecodeError:
        return None
