"""Who an account is, remembered between runs."""

from datetime import timedelta

from crosspost.delivery.network_users import check
from crosspost.ledger import AccountState, Ledger
from crosspost.networks.base import Network

#: what the server said about us is asked again after this long
IDENTITY_AGE = timedelta(hours=24)


def introduce(
    network: Network, ledger: Ledger, *, however_old: bool = False, known: AccountState | None = None
) -> None:
    """Have the network know who we are and what it allows: from the ledger, or asked anew.

    :param however_old: an answer from long ago is good enough
    :param known: the account as it is just now; None: it is read
    :raises OtherUser: when it is somebody else than so far
    :raises DeliveryError: when it has to be asked and does not answer
    """
    now, mark = ledger.clock(), network.mark()
    state = known or ledger.account(network.account)
    young = however_old or (state.identity_at is not None and now - state.identity_at < IDENTITY_AGE)
    if young and state.credential == mark and state.identity is not None:
        network.identity = state.identity
        return
    network.identity = None
    identity = network.connect()
    user = check(network, identity, ledger)
    network.identity = identity
    ledger.note(network.account, identity=identity, identity_at=now, credential=mark, voice=user)
