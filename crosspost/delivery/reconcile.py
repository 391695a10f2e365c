"""Finding out whether a delivery in doubt is out: a look at the network, never a blind repetition."""

from collections.abc import Callable
from datetime import datetime, timedelta

from crosspost.delivery import clocks
from crosspost.delivery.backoff import pause_account
from crosspost.delivery.keys import again
from crosspost.errors import DeliveryError, KeyTaken, RateLimited
from crosspost.ledger import Delivery, Ledger
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
    :returns: the delivery as it stands now: ``sent``, ``planned``, ``unknown`` (look again later) or ``held``
    """
    now = ledger.clock()
    if delivery.publishing_at is None:  # stopped before the irreversible request: nothing is out
        return ledger.again(delivery, "interrupted before anything was sent", now)
    try:
        begun = began(delivery, network, now)
        receipt = network.find(delivery.prepared, begun)
    except KeyTaken as error:  # under our key stands something else, so ours is not there
        return ledger.again(ledger.rekey(delivery, again(delivery.handle)), str(error), now)
    except DeliveryError as error:
        pause_account(network, error, ledger)
        later = now + pause(delivery.attempts)
        if isinstance(error, RateLimited) and error.retry_at is not None:
            later = error.retry_at
        return delivery if delivery.state == "held" else ledger.doubt(delivery, f"cannot look: {error}", later)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    if delivery.state == "held":
        return delivery
    return _absent(delivery, network, ledger, begun, now)


def began(delivery: Delivery, network: Network, now: datetime) -> datetime:
    """When the request began of which nobody knows whether it is out, by our clock as it goes now.

    A moment that is still to come was written by a wrong clock: then it may have been any time lately.

    :raises DeliveryError: when the server has to be asked what time it is, and does not answer
    """
    at = (delivery.publishing_at or now) + clocks.moved(delivery, network)
    return now - _LATELY if at > now + _SLACK else at


def guarded(delivery: Delivery, network: Network, now: datetime) -> bool:
    """Whether the network itself still refuses to repeat what an earlier attempt began."""
    if delivery.publishing_at is None:
        return False
    return (now - began(delivery, network, now)).total_seconds() < network.able.idempotent_for


def look_first(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery | None:
    """A last look before a delivery in doubt is sent again; None when that is safe.

    The plan to send it again may be hours old when cron starts the next run, and the network's guard over by then.
    """
    now = ledger.clock()
    if delivery.publishing_at is None:
        return None
    try:
        if guarded(delivery, network, now):
            return None
        begun = began(delivery, network, now)
        receipt = network.find(delivery.prepared, begun)
    except DeliveryError as error:
        pause_account(network, error, ledger)
        return ledger.doubt(delivery, f"cannot look: {error}", now)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    after = network.able.absence_after
    proved = after is not None and (now - begun).total_seconds() >= after
    return None if proved else ledger.doubt(delivery, delivery.error, now)


def _absent(delivery: Delivery, network: Network, ledger: Ledger, begun: datetime, now: datetime) -> Delivery:
    """The account does not show it. Whether that proves anything depends on the network."""
    able, words = network.able, network.doubt
    reason = delivery.error.partition(f". {words.guarded}")[0].partition(f". {words.absent}")[0].removesuffix(".")
    age = max((now - begun).total_seconds(), 0)
    if delivery.attempts >= _ENOUGH and not network.unfinished(delivery.prepared):
        unseen = f"{network.name} shows none of them" if able.read_back else "none of them can be looked up"
        said = f"{delivery.attempts} attempts, each left in doubt, and {unseen}"
        return ledger.hold(delivery, f"{said}: {how_to_settle(delivery, network)} ({reason})")
    if age < able.idempotent_for:
        said = f"{reason}. {words.guarded}"
        return ledger.again(delivery, said, now + timedelta(seconds=30), certain=False)
    if able.absence_after is None:
        return ledger.hold(delivery, f"{reason}. {words.unproved}: {how_to_settle(delivery, network)}")
    if age >= able.absence_after:
        return ledger.again(delivery, f"{reason}. {words.absent}", now, certain=False)
    return ledger.doubt(delivery, reason, begun + timedelta(seconds=able.absence_after))


def how_to_settle(delivery: Delivery, network: Network) -> str:
    """What a person does about a delivery in doubt that waits for them, in the network's own words."""
    url = " URL" if network.doubt.url else ""
    return f"{network.doubt.look}, then `crosspost settle {delivery.id} --sent{url}` or `--not-sent`"
