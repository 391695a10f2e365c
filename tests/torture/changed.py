"""The books of what was changed: an edit stands on the post that was out, what was taken back is gone whole."""

from typing import Any

from crosspost.config import registry
from crosspost.ledger import Change, Delivery
from crosspost.testing.harness import Place
from tests.torture.accounts import message_of, network_of
from tests.torture.books import Result, ledgers, title_of

#: what a change may end as without being carried out; each of them is told
_TOLD = ("left", "failed")


def compare_changes(
    result: Result, place: Place, out: set[tuple[str, str]], edited: list[str], gone: list[str]
) -> None:
    """Ledger and sandbox must tell the same about every post that was edited or whose file is gone.

    :param out: post and account of what was known to be out before
    """
    rows, changes = dict[tuple[str, str], Delivery](), dict[tuple[str, str], Change | None]()
    for ledger in ledgers(place):
        mine = {(row.post, row.account): row for row in ledger.deliveries() if row.part == 1}
        rows |= mine
        changes |= {row: ledger.changes.of(delivery.id) for row, delivery in mine.items()}
    said = {account: message_of(place, account) for account in {account for _, account in out}}
    for post, account in sorted(out):
        if post in edited or post in gone:
            row, change = rows[post, account], changes[post, account]
            there = [one for one in said[account] if title_of(one["text"]) == post]
            replies = [one for one in said[account] if one["text"].endswith(f"/{post}.html") and one not in there]
            outcome = _edited(account, there, change) if post in edited else _gone(row, [*there, *replies], change)
            result.outcomes[account, outcome] += 1
            if outcome in ("lost", "duplicates"):
                state = f"{change.kind} {change.state}: {change.error}" if change else f"{row.state}, no change"
                kind = "an edit" if post in edited else "a deletion"
                result.reasons[f"{account}: {outcome} after {kind} ({len(there)} + {len(replies)}): {state}"] += 1


def _edited(account: str, mine: list[dict[str, Any]], change: Change | None) -> str:
    if account != "newsletter-each" and len(mine) > 1:
        return "duplicates"
    if not mine or change is None:
        return "lost"
    if change.state in _TOLD:
        return "change told"
    done = change.state == "done" and registry.load(network_of(account)).abilities.edit
    return "edited" if done and "Geändert" in mine[0]["text"] else "lost"


def _gone(row: Delivery, there: list[dict[str, Any]], change: Change | None) -> str:
    if change is not None and change.state in _TOLD:
        return "change told"
    return "taken back" if change is not None and row.state == "skipped" and not there else "lost"
