"""What a person decides about many deliveries at once: all of it in one transaction, or nothing of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.changes import COLUMNS, PUT, TAKEN_BACK_NOW, Change, Kind, as_change
from crosspost.ledger.database import Statements, assigned, chunks, listed
from crosspost.ledger.deliveries import STILL_HELD, still_held
from crosspost.ledger.rows import COLUMNS as OF_DELIVERY
from crosspost.ledger.rows import Delivery, State

_THOSE = f"SELECT {COLUMNS} FROM deliveries d CROSS JOIN changes c WHERE c.delivery = d.id AND d.id IN"
_DISMISS = """UPDATE changes SET state = 'ignored', error = '', due_at = :now, updated_at = :now
    WHERE kind = :kind AND state IN ('asked', 'planned', 'failed') AND delivery IN {those} RETURNING delivery"""
#: a delivery, what becomes of it, and why
Decided = tuple[Delivery, Literal["planned", "skipped"], str]


class ByHand(LedgerPart):
    """Decisions about many deliveries."""

    def decide(self, decided: Iterable[Decided]) -> list[Delivery]:
        """Leave out what waits, or plan it now.

        :returns: the deliveries as they are now
        :raises LeaseLostError: when one of them is not as it was; nothing is changed then
        """
        now = self.clock()
        with self._transaction() as statements:
            found = []
            for row, state, why in decided:
                values = {"state": state, "why": why, "updated_at": now}
                values |= {"due_at": now} if state == "planned" else {}
                held = {"the_id": row.id, "was": row.state, "held_by": row.lease}
                change = f"UPDATE deliveries SET {assigned(values)} WHERE {STILL_HELD} RETURNING {OF_DELIVERY}"
                found.append(still_held(statements.rows(change, values | held), row))
        return found

    def place(self, row: Delivery, state: State, due: datetime, why: str) -> None:
        """Plan a delivery that was left out, for a moment.

        :raises LeaseLostError: when it is not as it was; nothing is changed then
        """
        values = {"state": state, "why": why, "due_at": due, "updated_at": self.clock()}
        held = {"the_id": row.id, "was": row.state, "held_by": row.lease}
        change = f"UPDATE deliveries SET {assigned(values)} WHERE {STILL_HELD} RETURNING {OF_DELIVERY}"
        with self._transaction() as statements:
            still_held(statements.rows(change, values | held), row)

    def give_up(self, handles: Mapping[int, str]) -> None:
        """Have deliveries never go out by themselves, as if they had been deleted.

        :param handles: number of the delivery → the key to use if a person sends it again
        """
        now = self.clock()
        self._change_many(
            TAKEN_BACK_NOW, [{"delivery": row, "handle": handle, "now": now} for row, handle in handles.items()]
        )

    def delete(self, deliveries: Sequence[int]) -> list[Change]:
        """Plan that these are deleted where they are out.

        :returns: the changes
        """
        values = {"kind": "delete", "state": "planned", "draft": None, "error": "", "now": self.clock()}
        with self._transaction() as statements:
            statements.change_many(PUT, [{**values, "delivery": delivery} for delivery in deliveries])
            return _those(statements, deliveries)

    def dismiss(self, deliveries: Sequence[int], kind: Kind) -> list[Change]:
        """Have nobody be asked about their changes of this kind any more, and none of them be carried out.

        :returns: those that were open
        """
        values = {"kind": kind, "now": self.clock()}
        open_now: list[int] = []
        with self._transaction() as statements:
            for some in chunks(deliveries):
                text, among = listed("delivery", some)
                open_now += [number for (number,) in statements.rows(_DISMISS.format(those=text), values | among)]
            return _those(statements, open_now)


def _those(statements: Statements, deliveries: Collection[int]) -> list[Change]:
    """The changes of these deliveries, in their order."""
    found: dict[int, Change] = {}
    for some in chunks(list(deliveries)):
        text, values = listed("delivery", some)
        found |= {change.delivery: change for change in map(as_change, statements.rows(f"{_THOSE} {text}", values))}
    return [found[delivery] for delivery in deliveries]
