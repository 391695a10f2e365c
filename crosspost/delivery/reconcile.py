"""Finding out whether a delivery in doubt is out: a look at the network, never a blind repetition."""

from collections.abc import Callable
from datetime import datetime, timedelta

from crosspost.delivery.keys import again
from crosspost.delivery.pauses import pause_account
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

#: added to the reason of the doubt when it is over
_AGAIN = ". Not on the account, so it is sent again"


def look(delivery: Delivery, network: Network, ledger: Ledger, *, pause: Callable[[int], timedelta]) -> Delivery:
    """Settle one ``unknown`` delivery as far as the network lets us.

    :param pause: number of looks so far → how long until the next
    :returns: the delivery as it stands now: ``sent``, ``planned``, ``unknown`` (look again later) or ``held``
    """
    now = ledger.clock()
    begun = began(delivery, now)
    if begun is None:  # stopped before the irreversible request: nothing is out
        return ledger.again(delivery, "interrupted before anything was sent", now)
    try:
        receipt = network.find(delivery.prepared, begun)
    except KeyTaken as error:  # under our key stands something else, so ours is not there
        return ledger.again(ledger.rekey(delivery, again(delivery.handle)), str(error), now)
    except DeliveryError as error:
        pause_account(network, error, ledger)
        later = now + pause(delivery.attempts)
        if isinstance(error, RateLimited) and error.retry_at is not None:
            later = error.retry_at
        return delivery if delivery.state == "held" else ledger.doubt_it(delivery, f"cannot look: {error}", later)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    if delivery.state == "held":
        return delivery
    return _absent(delivery, network, ledger, begun, now)


def began(delivery: Delivery, now: datetime) -> datetime | None:
    """When the request began of which nobody knows whether it is out.

    A moment that is still to come was written by a wrong clock: then it may have been any time lately.
    """
    at = delivery.publishing_at
    return now - _LATELY if at is not None and at > now + _SLACK else at


def guarded(delivery: Delivery, network: Network, now: datetime) -> bool:
    """Whether the network itself still refuses to repeat what an earlier attempt began."""
    begun = began(delivery, now)
    return begun is not None and (now - begun).total_seconds() < network.able.idempotent_for


def look_first(delivery: Delivery, network: Network, ledger: Ledger) -> Delivery | None:
    """A last look before a delivery in doubt is sent again; None when that is safe.

    The plan to send it again may be hours old when cron starts the next run, and the network's guard over by then.
    """
    now = ledger.clock()
    begun = began(delivery, now)
    if begun is None or guarded(delivery, network, now):
        return None
    try:
        receipt = network.find(delivery.prepared, begun)
    except DeliveryError as error:
        pause_account(network, error, ledger)
        return ledger.doubt_it(delivery, f"cannot look: {error}", now)
    if receipt is not None:
        return ledger.sent(delivery, receipt)
    after = network.able.absence_after
    proved = after is not None and (now - begun).total_seconds() >= after
    return None if proved else ledger.doubt_it(delivery, delivery.error, now)


def _absent(delivery: Delivery, network: Network, ledger: Ledger, begun: datetime, now: datetime) -> Delivery:
    """The account does not show it. Whether that proves anything depends on the network."""
    able = network.able
    reason = delivery.error.partition(_AGAIN)[0].removesuffix(".")
    age = (now - begun).total_seconds()
    if delivery.attempts >= _ENOUGH:
        return ledger.hold(
            delivery,
            f"{delivery.attempts} attempts, each left in doubt, and {network.name} shows none of them: look at the "
            f"account, then `crosspost settle {delivery.id} --sent URL` or `--not-sent` ({reason})",
        )
    if age < able.idempotent_for:
        said = f"{reason}{_AGAIN}: a repetition is safe there"
        return ledger.again(delivery, said, now + timedelta(seconds=30), certain=False)
    if able.absence_after is None:
        return ledger.hold(
            delivery,
            f"{reason}. {network.name} does not show the post, but that proves nothing there: look at "
            f"the account, then `crosspost settle {delivery.id} --sent URL` or `--not-sent`",
        )
    if age >= able.absence_after:
        return ledger.again(delivery, f"{reason}{_AGAIN}", now, certain=False)
    return ledger.doubt_it(delivery, reason, begun + timedelta(seconds=able.absence_after))
