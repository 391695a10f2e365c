"""How long to leave a delivery, or a whole account, alone."""

import random
from datetime import datetime, timedelta

from crosspost.delivery import circuit_breaker
from crosspost.errors import AuthExpired, DeliveryError, OtherUser, RateLimited
from crosspost.ledger import AccountState, Ledger
from crosspost.networks.base import Network

#: how long an account with a dead token rests when nobody changes the token
AUTH_PAUSE = timedelta(hours=24)
#: an attempt takes minutes; one that took longer than this ran on a machine that slept meanwhile
_SLEPT = timedelta(hours=1)
#: nothing is given up before it was tried so often, however much time has passed: the machine may have been off
_FEWEST = 5
#: nobody gives up because of a first attempt so long ago and fewer attempts than that: the clock was wrong then
_ODD, _MANY = timedelta(days=30), 20


def pause(delivery_id: int, attempts: int) -> timedelta:
    """How long until the next attempt: a minute, doubled each time up to six hours, ± 20 %.

    The same delivery and attempt always give the same pause.
    """
    spread = random.Random(f"{delivery_id}:{attempts}").uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    return timedelta(seconds=min(60 * 2 ** max(attempts - 1, 0), 6 * 3600) * spread)


def slept(begun: datetime, now: datetime) -> bool:
    """Whether the machine slept during an attempt: what is refused then may be uploads that are too old by now."""
    return now - begun > _SLEPT


def exhausted(first: datetime | None, attempts: int, now: datetime, after: timedelta) -> bool:
    """Whether something was tried for long enough to give it up.

    :param first: when it was tried first; None when it never was
    :param attempts: how often it was tried, this time included
    :param after: for how long it is tried
    """
    tried = now - (first or now)
    fewest = _MANY if tried > after + _ODD else _FEWEST
    return tried > after and attempts >= fewest


def may_work(network: Network, ledger: Ledger, *, by_hand: bool, known: AccountState | None = None) -> bool:
    """Whether the account is not paused. A new token or a person ends a pause for the login at once.

    :param known: the account as it is just now; None: it is read
    """
    state = known or ledger.account(network.account)
    if state.paused_until is None or state.paused_until <= ledger.clock():
        return True
    if state.paused_for in ("auth", "voice") and (by_hand or state.credential != network.mark()):
        ledger.note(network.account, paused_until=None, paused_for="", paused_why="")
        return True
    return by_hand and circuit_breaker.wake(network.account, ledger)


def pause_account(network: Network, error: DeliveryError, ledger: Ledger) -> bool:
    """A limit, a dead token or a server in trouble concerns the whole account, not one delivery.

    :returns: whether the account is to blame, so that this delivery can go as soon as the account may work
    """
    now, why = ledger.clock(), str(error)
    if isinstance(error, RateLimited):
        until = error.retry_at or now + timedelta(minutes=15)
        ledger.note(network.account, paused_until=until, paused_for="rate", paused_why=why)
        return True
    if isinstance(error, AuthExpired):
        ledger.note(
            network.account,
            paused_until=now + AUTH_PAUSE,
            paused_for="voice" if isinstance(error, OtherUser) else "auth",
            paused_why=why,
            credential=network.mark(),
            identity_at=None,
        )
        return True
    circuit_breaker.count(network, error, ledger)
    return False
