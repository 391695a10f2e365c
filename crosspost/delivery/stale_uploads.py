"""Uploads (``media_…``) of a delivery, which networks throw away when they are not used for a while.

Every other thing left on a server is kept, because it may be what proves whether a post is out.
"""

from datetime import timedelta

from crosspost.ledger import Delivery, Ledger

#: uploads are used for at most this long
_AGE = timedelta(hours=1)


def has_uploads(delivery: Delivery) -> bool:
    """Whether pictures of it were uploaded."""
    return any(name.startswith("media_") for name in delivery.remote)


def stale(delivery: Delivery, ledger: Ledger) -> bool:
    """Whether its uploads are so old that the network may have thrown them away."""
    at = delivery.remote_at
    return has_uploads(delivery) and at is not None and ledger.clock() - at > _AGE


def forget_uploads(delivery: Delivery, ledger: Ledger) -> Delivery:
    """The delivery without its uploads: the next attempt makes new ones."""
    kept = {name: value for name, value in delivery.remote.items() if not name.startswith("media_")}
    return ledger.remember(delivery, kept, uploaded=None)
