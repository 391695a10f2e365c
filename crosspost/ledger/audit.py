"""Who changed what by hand, when and from where. Rows are only ever added; none has a secret in it."""

from datetime import datetime
from typing import Literal

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import Statements
from crosspost.model import Value

_ADD = """INSERT INTO audit (at, by, origin, action, post, account, said)
    VALUES (:at, :by, :origin, :action, :post, :account, :said)"""
_NEWEST = """SELECT id, at, by, origin, action, post, account, said FROM audit
    WHERE :post = '' OR post = :post ORDER BY id DESC"""


class Person(Value, frozen=True, kw_only=True):
    """Who changes something, and from where."""

    name: str
    origin: Literal["terminal", "page", "link", "assistant"] = "terminal"


class Done(Value, frozen=True, kw_only=True):
    """One change by a person. ``action`` is a word such as "approve", ``said`` what it was, for people."""

    id: int
    at: datetime
    by: str
    origin: str
    action: str
    post: str
    account: str
    said: str


class Audit(LedgerPart):
    """The table of changes by people."""

    def note(self, person: Person, action: str, *, post: str = "", account: str = "", said: str = "") -> None:
        """Write down one change."""
        with self._transaction() as statements:
            write(statements, self.clock(), person, action, post=post, account=account, said=said)

    def newest(self, *, post: str = "", limit: int = 200) -> list[Done]:
        """The last changes, newest first; ``limit`` 0: all."""
        rows = self._all(f"{_NEWEST} LIMIT :limit" if limit else _NEWEST, {"post": post, "limit": limit})
        names = Done.__struct_fields__
        return [
            Done(**dict(zip(names, (row[0], datetime.fromisoformat(row[1]), *row[2:]), strict=True))) for row in rows
        ]


def write(
    statements: Statements, at: datetime, person: Person, action: str, *, post: str, account: str, said: str
) -> None:
    """The same inside the transaction of the change itself."""
    values = {"at": at, "by": person.name, "origin": person.origin, "action": action}
    statements.change(_ADD, values | {"post": post, "account": account, "said": said})
