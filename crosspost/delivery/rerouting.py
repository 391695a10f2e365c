"""Has what waits follow the accounts' routes: which posts each of them takes.

Whether an account takes a post is decided when the post is found. A route that is changed later counts for posts that
are found from then on, and takes back what still waits; it never sends what was left out before: that may be a hundred
old posts. A post that was left out and is edited so that the account takes it goes out, as long as the route is the
same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from crosspost.delivery.inventory import Inventory
from crosspost.ledger import BY_HAND, FROM_BACKLOG, Delivery, Ledger, State
from crosspost.model import Entry, Overrides

#: state, moment and reason of a new delivery; None when there is to be none
Place = Callable[[Entry], tuple[State, datetime, str] | None]


def reroute(inventory: Inventory, routes: Mapping[str, str], places: Mapping[str, Place], ledger: Ledger) -> None:
    """Leave out what waits and is not taken any more, and plan what an edit has made to be taken.

    :param routes: account that does not take every post → which it takes, in words
    :param places: account name → what becomes of a post there
    """
    entries = {entry.id: entry for entry in inventory.entries}
    for account, route in routes.items():
        for row in ledger.deliveries(states=["planned"], account=account):
            entry = entries.get(row.post)
            if entry is not None and _undecided(row) and _left_out(entry, row):
                ledger.by_hand.decide([(row, "skipped", route)])
    for post, entry in entries.items():
        same = inventory.known[post] is inventory.before.get(post) and entry.overrides == Overrides()
        if same or post not in inventory.before:  # or it is new
            continue
        for row in ledger.deliveries(post=post, states=["skipped"]):
            if row.account not in places or row.why != routes.get(row.account) or _left_out(entry, row):
                continue
            if (place := places[row.account](entry)) is not None:
                ledger.by_hand.place(row, *place)


def _undecided(row: Delivery) -> bool:
    """Whether it is a new post that waits, and nobody asked for it."""
    return row.part == 1 and row.tried_at is None and row.why not in (BY_HAND, FROM_BACKLOG)


def _left_out(entry: Entry, row: Delivery) -> bool:
    said = entry.overrides.for_account(row.account, row.network).skip
    return said is None and row.account in entry.left_out
