"""Accounts that boost what another account said: each boost waits for the post, and for some time after it."""

from datetime import timedelta

from crosspost.delivery.rules import Boost
from crosspost.errors import NotSent
from crosspost.ledger import Delivery, Ledger

#: how soon is looked again whether the other account has said it
_SOON = timedelta(minutes=5)


def stopped(delivery: Delivery, boost: Boost, ledger: Ledger, *, by_hand: bool) -> Delivery | None:
    """The delivery as it waits now; None when the post may be boosted.

    :param by_hand: a person asked for it, so that it need not wait longer than for the post
    """
    if delivery.publishing_at is not None:
        return None
    now, said = ledger.clock(), _said(delivery, boost, ledger)
    if said is None or said.state in ("before", "skipped", "failed"):
        return ledger.skip(delivery, f"{boost.source} does not say it, so there is nothing to boost")
    if said.state != "sent":
        return ledger.wait(delivery, now + _SOON, f"waits until {boost.source} has said it")
    if not said.receipt:
        return ledger.hold(
            delivery,
            f"which post {boost.source} made of it is not known. Boost it yourself, then `crosspost settle "
            f"{delivery.id} --sent URL`; or --skip leaves it",
        )
    at = (said.sent_at or now) + (timedelta() if by_hand else boost.after)
    return ledger.wait(delivery, at, f"some time after {boost.source}") if at > now else None


def aimed(held: Delivery, boost: Boost, ledger: Ledger) -> Delivery:
    """The delivery with the post that it boosts, written down.

    :raises NotSent: when that is not out any more
    """
    if held.remote.get("boosts"):
        return held
    said = _said(held, boost, ledger)
    if said is None or said.state != "sent" or not said.receipt:
        raise NotSent(f"{held.account}: what {boost.source} said is not out any more")
    remote = held.remote | {"boosts": said.receipt, "boosts_url": said.url}
    return ledger.remember(held, remote, uploaded=held.remote_at)


def _said(delivery: Delivery, boost: Boost, ledger: Ledger) -> Delivery | None:
    rows = ledger.deliveries(post=delivery.post, account=boost.source)
    return next((row for row in rows if row.part == 1), None)
