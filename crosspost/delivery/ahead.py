"""Which deliveries are handed to their network ahead of their time, and which are not."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crosspost.delivery.digest import is_digest
from crosspost.delivery.pre_send_checks import Overtaken
from crosspost.ledger import Delivery
from crosspost.networks.base import Network
from crosspost.schedule import Schedule, ready
from crosspost.schedule.due import Due
from crosspost.schedule.local_time import quiet_until

#: how the reason of a delivery begins that is not handed over although its account does so
STAYS_HERE = "not handed over ahead of its time"
#: uploads take a while, and clocks differ by a little: a post is handed over so much earlier than the network needs
_MARGIN = timedelta(minutes=5)
#: how long a delivery is left alone that could not be handed over
_AGAIN = timedelta(hours=1)


def may_go(row: Delivery, able: tuple[int, int], now: datetime) -> bool:
    """Whether a planned delivery is one that the network takes now, to show it at its time.

    :param able: how long before its time the network takes a post, in seconds: the least, and the most
    """
    least, most = (timedelta(seconds=number) for number in able)
    if row.part > 1 or is_digest(row.post) or not least + _MARGIN <= row.due_at - now <= most:
        return False
    tried = "show_at" in row.remote
    return not tried or now - row.updated_at >= _AGAIN


def proper(schedule: Schedule, at: datetime, history: Iterable[datetime], *, exact: bool, key: str) -> Due:
    """Whether a time to come is one at which the account speaks, by its schedule as it is now; else the next one.

    :param history: when the account's other posts go out
    :param exact: the post names the time itself, which holds during quiet hours too
    :param key: name of the delivery, for the jitter
    """
    until = None if exact else quiet_until(schedule.quiet, at, schedule.timezone)
    later = until or at
    found = ready(schedule, later, history=history, now=later, exact=exact, key=key)
    return found if found.at > later or until is None else Due(at=later, why=f"after the quiet hours {schedule.quiet}")


def refuse_ahead(held: Delivery, network: Network, show_at: datetime) -> None:
    """:raises Overtaken: when the network does not keep such a post, so that crosspost says it at its time"""
    if held.show_at is None:
        raise Overtaken(held.due_at, held.why)
    draft = held.prepared.draft
    why = "a thread is said in one go" if draft.parts else network.not_ahead(draft)
    if why:
        raise Overtaken(show_at, f"{STAYS_HERE}: {why}")


def refuse_late(network: Network, show_at: datetime, now: datetime) -> None:
    """:raises Overtaken: when its time is too near for the network, by our clock or its own"""
    least = timedelta(seconds=(network.able.ahead or (0, 0))[0])
    theirs = now - (network.session.ahead or timedelta())
    if show_at - max(now, theirs) < least + _MARGIN / 2:
        raise Overtaken(show_at, f"{STAYS_HERE}: its time is too near")
