"""Posts that are held back, because they appeared with others and are older than what is known: a person decides."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger


def said(posts: Collection[str]) -> str:
    """A sentence about posts that were just held back.

    :param posts: their ids, at least one
    """
    names = sorted(posts)
    several = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    return (
        f"{several} are new, but older than posts that are known, or than the first run. So many at once look as if "
        "something else had changed: the names of the files, the ids in a feed, or a folder that was empty. They are "
        "held back; `crosspost backlog` shows them, and sends or leaves them. See `crosspost help sites`"
    )


def held_back(app: "App", ledger: "Ledger") -> "list[Delivery]":
    """The deliveries that are held back on the accounts of the config, in the order in which they were found."""
    from crosspost.delivery.planner import OLDER

    return [row for name in app.accounts() for row in ledger.left_out(name, OLDER)]


def send(app: "App", ledger: "Ledger", rows: "Iterable[Delivery]") -> "list[Delivery]":
    """Have them go out after all: as the accounts' schedules have it, or in the next digest.

    :returns: the rows as they are now
    :raises LedgerError: when somebody else decided about one meanwhile; nothing was changed then
    """
    from crosspost.delivery.digest import WAITING
    from crosspost.ledger import FROM_BACKLOG

    gathering = app.digests()
    return ledger.by_hand.decide(
        (row, "skipped", WAITING) if row.account in gathering else (row, "planned", FROM_BACKLOG) for row in rows
    )


def leave(ledger: "Ledger", rows: "Iterable[Delivery]") -> "list[Delivery]":
    """Have them never go out by themselves, as `crosspost cancel` does.

    :returns: the rows as they are now
    """
    from crosspost.ledger import CANCELLED

    return ledger.by_hand.decide((row, "skipped", CANCELLED) for row in rows)
