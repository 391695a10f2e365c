"""The last word of people about a delivery that was claimed just now: another time, not at all, or no yes to it."""

from datetime import datetime

from crosspost.delivery.approval_checksum import checksum
from crosspost.ledger import WAITS, Delivery, Ledger
from crosspost.ledger.edits import Edit
from crosspost.model import Draft, Entry
from crosspost.networks.base import Network


class Overtaken(Exception):  # not an error: somebody was faster
    """It must not go now; nothing was begun.

    :ivar until: when it is looked at again
    :ivar why: the reason, for people
    """

    def __init__(self, until: datetime, why: str) -> None:
        super().__init__(why)
        self.until, self.why = until, why


def refuse_if_overtaken(held: Delivery, entry: Entry, edit: Edit | None, now: datetime) -> None:
    """What the run knew of the post when it began, it has heeded already, also when a person asks for it by hand.

    :param edit: what people changed there, read after the delivery was claimed
    :raises Overtaken: when somebody moved or left out the delivery since then
    """
    if edit is None:
        return
    known = entry.overrides.for_account(held.account, held.network)
    if edit.said.skip and not known.skip:
        raise Overtaken(held.due_at, f"left out by {edit.by}")
    if edit.said.at is not None and edit.said.at != known.at and edit.said.at > now:
        raise Overtaken(edit.said.at, f"moved by {edit.by}")


def refuse_without_approval(held: Delivery, draft: Draft, network: Network, ledger: Ledger) -> None:
    """:raises Overtaken: when nobody said yes to exactly this; a yes to something else is forgotten"""
    approval = ledger.approvals.of(held.post, held.account)
    if approval is not None and approval.seen == checksum(draft, network):
        return
    if approval is not None:
        ledger.approvals.forget(held, approval.seen)
        raise Overtaken(held.due_at, f"{WAITS}: what it says changed since {approval.by} approved it")
    raise Overtaken(held.due_at, WAITS)
