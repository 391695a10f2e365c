"""A time that a post names anew, in its file or in the ledger, counts for what is planned already."""

from collections.abc import Iterable, Mapping

from crosspost.delivery.planner import key
from crosspost.ledger import BY_HAND, Ledger
from crosspost.model import Entry, Overrides
from crosspost.schedule import Schedule, due


def respect(
    entries: Iterable[Entry], accounts: Mapping[str, str], schedules: Mapping[str, Schedule], ledger: Ledger
) -> None:
    """Give what is planned its new moment, where the post names another one now. What was tried keeps its pauses.

    :param accounts: account name → network
    :param schedules: account name → when it speaks; accounts without one speak at once
    """
    named = {entry.id: entry for entry in entries if entry.overrides != Overrides()}
    for row in ledger.deliveries(states=["planned"]) if named else ():
        entry, fresh = named.get(row.post), row.part == 1 and row.tried_at is None and row.why != BY_HAND
        if entry is None or row.account not in accounts or not fresh:
            continue
        at = entry.overrides.for_account(row.account, row.network).at
        if at is None:
            continue
        others = ledger.moments(row.account, planned=True)
        if row.due_at in others:
            others.remove(row.due_at)
        schedule, now, name = schedules.get(row.account, Schedule()), ledger.clock(), key(row.post, row.account)
        found = due(schedule, entry.date or now, at=at, history=others, now=now, key=name)
        if found.at != row.due_at and max(found.at, row.due_at) > now:
            ledger.edits.move(row.post, row.account, found.at, found.why)
