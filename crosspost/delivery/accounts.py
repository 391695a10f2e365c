"""What concerns an account as a whole: whether it may be used now, who it is, and pausing it."""

from datetime import timedelta

from crosspost.errors import AuthExpired, DeliveryError, RateLimited
from crosspost.ledger import Ledger
from crosspost.networks.base import Network

#: what the server said about us is asked again after this long
IDENTITY_AGE = timedelta(hours=24)


def may_work(network: Network, ledger: Ledger, *, by_hand: bool) -> bool:
    """Whether the account is not paused. A new token ends a pause for the login at once."""
    state = ledger.account(network.account)
    if state.paused_until is None or state.paused_until <= ledger.clock():
        return True
    if state.paused_for == "auth" and (by_hand or state.credential != network.mark()):
        ledger.note(network.account, paused_until=None, paused_for="", paused_why="")
        return True
    return False


def introduce(network: Network, ledger: Ledger, *, however_old: bool = False) -> None:
    """Have the network know who we are and what it allows: from the ledger, or asked anew.

    :param however_old: what was told long ago is good enough
    :raises DeliveryError: when it must be asked and cannot be
    """
    now, mark = ledger.clock(), network.mark()
    state = ledger.account(network.account)
    young = state.identity_at is not None and now - state.identity_at < IDENTITY_AGE
    if (young or however_old) and state.credential == mark and state.identity is not None:
        network.identity = state.identity
        return
    network.identity = network.connect()
    ledger.note(network.account, identity=network.identity, identity_at=now, credential=mark)


def pause_account(network: Network, ledger: Ledger, error: DeliveryError) -> bool:
    """A limit or a dead token concerns the whole account, not one delivery: whether this was one."""
    now, why = ledger.clock(), str(error)
    if isinstance(error, RateLimited):
        until = error.retry_at or now + timedelta(minutes=15)
        ledger.note(network.account, paused_until=until, paused_for="rate", paused_why=why)
        return True
    if isinstance(error, AuthExpired):
        until = now + IDENTITY_AGE
        ledger.note(
            network.account,
            paused_until=until,
            paused_for="auth",
            paused_why=why,
            credential=network.mark(),
            identity_at=None,
        )
        return True
    return False
