"""Takes back what a network keeps until its time, where the site means something else by now.

What is taken back is planned anew, and may be handed over again in the same run. So a changed text, another time, a
missing approval and a post that is gone need nothing of their own there. Nothing is taken back shortly before its
time: then it may be out by the time it is deleted, and would be said twice. That is told.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from crosspost.delivery.account_identity import introduce
from crosspost.delivery.ahead import proper
from crosspost.delivery.approval_checksum import checksum
from crosspost.delivery.backoff import may_work, pause_account
from crosspost.delivery.idempotency_keys import anew
from crosspost.delivery.inventory import Inventory
from crosspost.delivery.planner import key, skipped
from crosspost.delivery.reconcile import began, look
from crosspost.errors import CrosspostError, DeliveryError, KeptUntil, LedgerError
from crosspost.ledger import AS_HANDED, WAITS, Delivery, Ledger
from crosspost.ledger.facts import ID
from crosspost.model import Entry, Post, Receipt
from crosspost.networks.base import Network
from crosspost.schedule import Schedule, due

#: nothing is taken back that goes out so soon
TOO_LATE = timedelta(minutes=10)


class Wish(NamedTuple):
    """When something is to go out instead, and why it is taken back, as a clause."""

    due_at: datetime
    why: str


class Recalls:
    """Compares what networks keep with what the site means.

    :param networks: account name → adapter
    :param load: reads a listed post fully, with people's edits
    :param schedules: account name → when it speaks
    :param approve: the accounts on which nothing goes out before somebody said yes
    :param ahead: the accounts that hand over ahead of time
    :param warn: takes a sentence for a person
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        networks: Mapping[str, Network],
        load: Callable[[Entry], Post],
        schedules: Mapping[str, Schedule],
        approve: Collection[str],
        ahead: Collection[str],
        warn: Callable[[str], None],
    ) -> None:
        self._ledger, self._networks, self._load, self._schedules = ledger, networks, load, schedules
        self._approve, self._ahead, self._warn = approve, ahead, warn

    def work(self, rows: Sequence[Delivery], entries: Mapping[str, Entry], inventory: Inventory) -> list[Delivery]:
        """Take back what has to be.

        :param rows: what networks keep
        :param entries: the posts that may go out, by id
        :returns: what was worked on, as it stands now
        """
        gone = {post.id for post in inventory.gone} if not inventory.elsewhere else set()
        touched = []
        for row in rows:
            wish = self._gone(row) if row.post in gone else self._wish(row, entries.get(row.post))
            if wish is not None:
                self._ledger.certain()  # a run that lost its lock changes nothing more
                touched.append(self._recall(row, wish))
        return touched

    # ── what is meant ─────────────────────────────────────────────────────────────────────────────────────────────

    def _gone(self, row: Delivery) -> Wish:
        return Wish(row.show_at or row.due_at, "its file is gone")

    def _wish(self, row: Delivery, entry: Entry | None) -> Wish | None:
        """What is meant instead of what the network keeps; None when that is as it should be, or nobody knows."""
        at = row.show_at or row.due_at
        if at <= self._ledger.clock():  # the next look tells
            return None
        wish = self._of_entry(row, entry, at) if entry is not None else None
        begun = row.remote.get("withdrawing")
        return wish or (Wish(at, "it was to be taken back before") if begun else None)

    def _of_entry(self, row: Delivery, entry: Entry, at: datetime) -> Wish | None:
        if entry.state != "ready" or skipped(entry, row.account, row.network):
            return Wish(at, "the post says so")
        if row.account not in self._ahead:
            return Wish(at, "this account hands over nothing ahead of its time any more (`ahead`)")
        if (moved := self._moved(row, entry, at)) is not None:
            return moved
        if row.account in self._approve and (row.post, row.account) not in self._ledger.approvals.pairs():
            return Wish(at, WAITS)
        return Wish(at, "the post was changed") if self._changed(row, entry) else None

    def _moved(self, row: Delivery, entry: Entry, at: datetime) -> Wish | None:
        schedule, now = self._schedules.get(row.account, Schedule()), self._ledger.clock()
        said, name = entry.overrides.for_account(row.account, row.network).at, key(row.post, row.account)
        if said is not None:
            others = [moment for moment in self._ledger.moments(row.account, planned=True) if moment != at]
            found = due(schedule, entry.date or now, at=said, history=others, now=now, key=name)
        else:
            found = proper(schedule, at, (), exact=False, key=name)  # other posts were looked at before
            if found.at <= at:
                return None
        return Wish(found.at, found.why) if found.at != at else None

    def _changed(self, row: Delivery, entry: Entry) -> bool:
        """Whether a reader would see something else in what would be said now. What cannot be said now stays."""
        network = self._networks[row.account]
        try:
            introduce(network, self._ledger, however_old=True)
            draft = network.draft(self._load(entry))
        except LedgerError:
            raise
        except CrosspostError:  # the listing tells what is wrong with the post
            return False
        return row.draft is None or checksum(draft, network) != checksum(row.draft, network)

    # ── taking back ───────────────────────────────────────────────────────────────────────────────────────────────

    def _recall(self, row: Delivery, wish: Wish) -> Delivery:
        ledger, network = self._ledger, self._networks[row.account]
        if not may_work(network, ledger, by_hand=False):
            return self._still(row, f"the account is paused, so nothing is changed there ({wish.why})")
        try:
            introduce(network, ledger)
            if (left := self._looked(row, network)) is not None:
                return left
            row = ledger.withdrawing(row)
            network.delete(Receipt(id=row.prepared.taken, url="", at=ledger.clock()))
        except DeliveryError as error:
            pause_account(network, error, ledger)
            return self._still(row, f"it could not be taken back ({wish.why}): {error}")
        self._warn(f"{row.post} on {row.account}: taken back from {network.name}, which had it for later: {wish.why}")
        return ledger.withdrawn(row, wish.due_at, wish.why, anew(row, ledger.fact(ID)))

    def _looked(self, row: Delivery, network: Network) -> Delivery | None:
        """The delivery when it is settled or must stay; None when it may be deleted, or is deleted already.

        :raises DeliveryError: when nobody can tell
        """
        ledger, now = self._ledger, self._ledger.clock()
        try:
            receipt = network.find(row.prepared, began(row, network, now))
        except KeptUntil as kept:
            theirs = max(now, now - (network.session.ahead or timedelta()))
            return None if kept.at - theirs >= TOO_LATE else self._still(row, "its time is too near")
        if receipt is not None:
            return ledger.sent(row, receipt)
        if row.remote.get("withdrawing"):  # our own request of an earlier run did that
            return None
        return look(row, network, ledger, pause=lambda _: timedelta(minutes=1))

    def _still(self, row: Delivery, why: str) -> Delivery:
        """It goes out as it was handed over, and a person is told."""
        name = self._networks[row.account].name
        said = f"{name} {AS_HANDED} and shows it at its time; {why}"
        self._warn(f"{row.post} on {row.account}: {said}. To stop it, delete it on {name}")
        return self._ledger.still_kept(row, said)
