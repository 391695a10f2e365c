"""Finding out whether a delivery in doubt is out: a look at the network, never a blind repetition."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from crosspost.delivery import clock_skew
from crosspost.delivery.backoff import pause_account
from crosspost.delivery.idempotency_keys import again
from crosspost.errors import DeliveryError, KeptUntil, KeyTaken, OutOfSight, RateLimited, TurnedDown, UnderReview
from crosspost.ledger import CANNOT_LOOK, Delivery, Ledger
from crosspost.networks.base import Network

#: held deliveries are looked for again for this long: some networks show a post late
STILL_LOOKING = timedelta(hours=24)
#: after so many attempts in doubt a person must look: a server that calls it a duplicate each time knows why
_ENOUGH = 12
#: how far back is looked when a wrong clock wrote down when
_LATELY = timedelta(days=30)
#: clocks differ by a little
_SLACK = timedelta(minutes=5)


def look(delivery: Delivery, network: Network, ledger: Ledger, *, pause: Callable[[int], timedelta]) -> Delivery:
    """Settle one ``unknown`` delivery as far as the network lets us.

    :param pause: number of looks so far → how long until the next
    :returns: the delivery as it stands now: ``sent``, ``planned``, ``unknown`` (look again later), ``held``, or
        ``failed`` when the network took it and has turned it down
    """
    now = ledger.clock()
    if delivery.publishing_at is None and "taken" not in delivery.remote:
        # stopped before the irreversible request: nothing is out
        return ledger.again(delivery, "interrupted before anything was sent", now)
    out_of_sight = ""
    try:
        receipt = network.find(delivery.prepared, began(delivery, network, now))
    except OutOfSight as error:  # its list only grows, so another look would not reach back further
        receipt, out_of_sight = None, str(error)
    except KeyTaken as error:  # under our key stands something else, so ours is not there
        return ledger.again(ledger.rekey(delivery, again(delivery.handle)), str(error), now)
    except TurnedDown as error:
        return ledger.turned_down(delivery, str(error))
    except DeliveryError as error:
        pause_account(network, error, ledger)
        later = now + pause(delivery.attempts)
        if isinstance(error, RateLimited) and error.retry_at is not None:
            later = error.retry_at
        return delivery if delivery.state == "held" else _not_seen(delivery, error, ledger, later)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    if delivery.state == "held":
        return delivery
    if delivery.prepared.taken:
        return _gone(delivery, network, ledger)
    return _absent(delivery, network, ledger, now, out_of_sight)


class Age(NamedTuple):
    """How long ago a request began of which nobody knows whether it is out: between these two."""

    least: timedelta
    most: timedelta


def began(delivery: Delivery, network: Network, now: datetime) -> datetime:
    """From when on to look for a post, by our clock as it goes now.

    :raises DeliveryError: when the server has to be asked what time it is, and does not answer
    """
    return now - age(delivery, network, now, ask=clock_skew.was_wrong(delivery)).most


def age(delivery: Delivery, network: Network, now: datetime, *, ask: bool = False) -> Age:
    """How long ago the request of a delivery began, whatever was done to our clock since.

    A moment that is still to come was written by a wrong clock: then it may have been any time lately, even now.

    :param ask: whether the server may be asked what time it is, when it has not answered yet
    :raises DeliveryError: when it is asked, and does not answer
    """
    written = delivery.publishing_at or now
    ages = [now - written - moved for moved in clock_skew.moves(delivery, network, ask=ask)]
    possible = [max(age, timedelta()) for age in ages if age > -_SLACK]
    if not possible:
        return Age(timedelta(), _LATELY)
    least = min(*possible, clock_skew.certain_age(delivery, network, now))
    return Age(least, max(*possible, _LATELY) if clock_skew.is_undated(delivery) else max(possible))


def guarded(delivery: Delivery, network: Network, now: datetime) -> bool:
    """Whether the network itself certainly still refuses to repeat what an earlier attempt began.

    :raises DeliveryError: when the server has to be asked what time it is, and does not answer
    """
    window = network.able.idempotent_for
    if delivery.publishing_at is None or not window:
        return False
    return age(delivery, network, now, ask=True).most.total_seconds() < window


def forgotten(network: Network, seconds: float) -> bool:
    """Whether the network may no longer show what was posted so many seconds ago."""
    forgets = network.able.forgets_after
    return forgets is not None and seconds >= forgets


def look_first(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery | None:
    """A last look before a delivery in doubt is sent again; None when that is safe.

    The plan to send it again may be hours old when cron starts the next run, and the network's guard over by then.
    """
    now = ledger.clock()
    if delivery.publishing_at is None:
        return None
    try:
        if not delivery.prepared.taken and guarded(delivery, network, now):
            return None
        receipt = network.find(delivery.prepared, began(delivery, network, now))
    except OutOfSight as error:  # as above
        return ledger.hold(delivery, f"{error}: {how_to_settle(delivery, network)}")
    except TurnedDown as error:
        return ledger.turned_down(delivery, str(error))
    except DeliveryError as error:
        pause_account(network, error, ledger)
        return _not_seen(delivery, error, ledger, now)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    if delivery.prepared.taken:
        return _gone(delivery, network, ledger)
    delivery, after = _dated(delivery, network, ledger), network.able.absence_after
    least, most = (time.total_seconds() for time in age(delivery, network, now))
    proved = after is not None and least >= after and not forgotten(network, most)
    return None if proved else ledger.doubt(delivery, delivery.error, now)


def _not_seen(delivery: Delivery, error: DeliveryError, ledger: Ledger, later: datetime) -> Delivery:
    """The look has told nothing, or that the network is not done with the post."""
    if isinstance(error, KeptUntil):
        return ledger.keep(delivery, error, max(later, overdue(error, ledger.clock())))
    if isinstance(error, UnderReview):
        return ledger.doubt(delivery, str(error), later, taken=error.taken)
    return ledger.doubt(delivery, f"{CANNOT_LOOK}{error}", later)


def overdue(error: KeptUntil, now: datetime) -> datetime:
    """When to look again for a post that is late: after half the time waited so far, between a minute and six hours."""
    return now + min(max((now - error.at) / 2, timedelta(minutes=1)), timedelta(hours=6))


def _gone(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery:
    """The network had taken it, and does not have it any more. A person knows why, or asks there; nothing is sent."""
    said = f"{network.name} had taken it, and does not have it any more"
    return ledger.hold(delivery, f"{said}: {how_to_settle(delivery, network)}")


def _absent(delivery: Delivery, network: Network, ledger: Ledger, now: datetime, out_of_sight: str) -> Delivery:
    """The account does not show it. Whether that proves anything depends on the network.

    :param out_of_sight: why it may still be there, where the account's list does not reach back far enough
    """
    delivery, able, words = _dated(delivery, network, ledger), network.able, network.doubt
    reason = delivery.error.partition(f". {words.guarded}")[0].partition(f". {words.absent}")[0].removesuffix(".")
    least, most = (time.total_seconds() for time in age(delivery, network, now))
    if delivery.attempts >= _ENOUGH and not network.unfinished(delivery.prepared):
        unseen = f"{network.name} shows none of them" if able.read_back else "none of them can be looked up"
        why = f"{delivery.attempts} attempts, each left in doubt, and {unseen}"
        return ledger.hold(delivery, f"{why}: {how_to_settle(delivery, network)} ({reason})")
    if most < able.idempotent_for:
        why = f"{reason}. {words.guarded}"
        return ledger.again(delivery, why, now + timedelta(seconds=30), certain=False)
    if out_of_sight or able.absence_after is None or forgotten(network, most):
        unproved = out_of_sight or f"{reason}. {words.unproved}"
        return ledger.hold(delivery, f"{unproved}: {how_to_settle(delivery, network)}")
    if least >= able.absence_after:
        return ledger.again(delivery, f"{reason}. {words.absent}", now, certain=False)
    return ledger.doubt(delivery, reason, now + timedelta(seconds=able.absence_after - least))


def _dated(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery:
    """The delivery with a moment from which its age can be counted: now, where a wrong clock wrote one to come, or may
    have written one that is too early.
    """
    now, written = ledger.clock(), delivery.publishing_at or ledger.clock()
    to_come = all(now - written - moved <= -_SLACK for moved in clock_skew.moves(delivery, network, ask=False))
    return (
        clock_skew.undated(delivery, network, ledger) if to_come else clock_skew.looked_for(delivery, network, ledger)
    )


def how_to_settle(delivery: Delivery, network: Network) -> str:
    """What a person does about a delivery in doubt that waits for them, in the network's own words."""
    url = " URL" if network.doubt.url else ""
    return f"{network.doubt.look}, then `crosspost settle {delivery.id} --sent{url}` or `--not-sent`"
