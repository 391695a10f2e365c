"""What people changed for one post on one account without touching its file; it goes before what the file says."""

from datetime import datetime

import msgspec

from crosspost.errors import CrosspostError
from crosspost.ledger.audit import Person, write
from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import Statements
from crosspost.ledger.write_requests import Row, Step
from crosspost.model import Override, Value

_GET = "SELECT said, by, at FROM edits WHERE post = :post AND account = :account"
_ON = "SELECT account, said FROM edits WHERE post = :post"
_ALL = "SELECT post, account, said FROM edits"
_PUT = """INSERT INTO edits (post, account, said, by, at) VALUES (:post, :account, :said, :by, :at)
    ON CONFLICT (post, account) DO UPDATE SET said = :said, by = :by, at = :at"""
_DROP = "DELETE FROM edits WHERE post = :post AND account = :account"
_STATE = """SELECT state, publishing_at, id, remote FROM deliveries
    WHERE post = :post AND account = :account AND part = 1"""
_MOVE = """UPDATE deliveries SET due_at = :due_at, why = :why, updated_at = :now
    WHERE post = :post AND account = :account AND part = 1 AND state = 'planned' AND publishing_at IS NULL"""


class Edit(Value, frozen=True, kw_only=True):
    """What is changed, by whom and when."""

    said: Override
    by: str
    at: datetime


class Edits(LedgerPart):
    """The table of edits."""

    def of(self, post: str, account: str) -> Edit | None:
        """The edit of a post on an account; None without one."""
        rows = self._all(_GET, {"post": post, "account": account})
        return as_edit(rows[0]) if rows else None

    def on(self, post: str) -> dict[str, Override]:
        """Account → what is changed for one post there."""
        return overrides(self._all(_ON, {"post": post}))

    def all(self) -> dict[str, dict[str, Override]]:
        """Post → account → what is changed."""
        found: dict[str, dict[str, Override]] = {}
        for post, account, said in self._all(_ALL):
            found.setdefault(post, {})[account] = _DECODER.decode(said)
        return found

    def listed(self) -> list[tuple[str, str, Edit]]:
        """Every (post, account, edit), the newest first."""
        rows = self._all("SELECT post, account, said, by, at FROM edits ORDER BY at DESC, post, account")
        return [(row[0], row[1], as_edit(row[2:])) for row in rows]

    def put(
        self, post: str, account: str, said: Override | None, person: Person, words: str, *, before: Override | None
    ) -> None:
        """Write down an edit, if nobody was faster and the delivery is not under way.

        :param said: all of it; None takes it away
        :param words: what is changed, for the audit table
        :param before: what was there when the person looked
        :raises CrosspostError: when it is not the right time, with the reason; nothing was changed then
        """
        now, key = self.clock(), {"post": post, "account": account}
        with self._transaction() as statements:
            refuse_under_way(statements, post, account)
            rows = statements.rows(_GET, key)
            if (as_edit(rows[0]).said if rows else None) != before:
                raise CrosspostError(
                    f"{post} on {account}: somebody else changed it meanwhile; look at it and try again"
                )
            if said is None or said == Override():
                statements.change(_DROP, key)
            else:
                text = msgspec.json.encode(said).decode()
                statements.change(_PUT, key | {"said": text, "by": person.name, "at": now})
            write(statements, now, person, "edit", post=post, account=account, said=words)

    def refuse_under_way(self, post: str, account: str) -> None:
        """:raises CrosspostError: while the post is being sent to the account, or may be out there"""
        with self._transaction() as statements:
            refuse_under_way(statements, post, account)

    def move(self, post: str, account: str, due_at: datetime, why: str) -> bool:
        """Give a delivery that waits another moment; False when none waits."""
        values = {"post": post, "account": account, "due_at": due_at, "why": why, "now": self.clock()}
        with self._transaction() as statements:
            return statements.change(_MOVE, values) > 0


def refuse_under_way(statements: Statements, post: str, account: str) -> None:
    """:raises CrosspostError: while the post is being sent to the account, or may be out there"""
    for state, publishing_at, number, remote in statements.rows(_STATE, {"post": post, "account": account}):
        if state == "sending":
            raise CrosspostError(
                f"{post} is being sent to {account} at this moment; nothing was changed, try again soon"
            )
        if state == "unknown" and '"kept_until"' in remote:
            raise CrosspostError(
                f"{account} has {post} already and shows it at its time, so it is not changed here. Change its file, "
                "and the next run carries that there; or `crosspost cancel` takes it back. See "
                "`crosspost help schedule`"
            )
        if state == "unknown" or (state in ("held", "planned") and publishing_at):
            raise CrosspostError(
                f"{post} may be out on {account} already, so it is not changed; `crosspost settle {number}` ends the "
                "doubt. See `crosspost help doubt`"
            )


_DECODER = msgspec.json.Decoder(Override)


def edit_of(post: str, account: str) -> Step:
    """Asks for the edit of a post on an account; :func:`as_edit` reads what it finds."""
    return Step(_GET, {"post": post, "account": account})


def overrides(rows: list[Row]) -> dict[str, Override]:
    """Convert rows of accounts and what is changed for them."""
    return {account: _DECODER.decode(said) for account, said in rows}


def as_edit(row: Row) -> Edit:
    """Convert a row of an edit to a value."""
    said, by, at = row
    return Edit(said=_DECODER.decode(said), by=by, at=datetime.fromisoformat(at))
