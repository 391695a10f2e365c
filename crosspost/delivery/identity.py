"""Who an account is, remembered between runs."""

from datetime import timedelta

from crosspost.ledger import Ledger
from crosspost.networks.base import Network

#: what the server said about us is asked again after this long
IDENTITY_AGE = timedelta(hours=24)


def introduce(network: Network, ledger: Ledger) -> None:
    """Have the network know who we are and what it allows: from the ledger, or asked anew.

    :raises DeliveryError: when it has to be asked and does not answer
    """
    now, mark = ledger.clock(), network.mark()
    state = ledger.account(network.account)
    fresh = state.identity_at is not None and now - state.identity_at < IDENTITY_AGE and state.credential == mark
    if fresh and state.identity is not None:
        network.identity = state.identity
        return
    network.identity = network.connect()
    ledger.note(network.account, identity=network.identity, identity_at=now, credential=mark)
