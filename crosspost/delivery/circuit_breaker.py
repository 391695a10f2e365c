"""Lets an account rest whose server is in trouble, instead of asking it again for every delivery.

After :data:`MOST` failures in a row, over all deliveries of the account, it rests; each rest is twice as long as the
one before. After it ONE attempt is made: when that fails too, the next rest begins; a success ends the matter.
"""

import random
from datetime import timedelta

from crosspost.errors import DeliveryError, NotSent, Rejected, Unknown
from crosspost.ledger import AccountState, Ledger
from crosspost.networks.base import Network

#: failures in a row until an account rests
MOST = 5


def rest(account: str, failures: int) -> timedelta:
    """How long an account rests after so many failures: five minutes, doubled each time up to six hours, ± 20 %."""
    spread = random.Random(f"{account}:{failures}").uniform(0.8, 1.2)  # noqa: S311  # jitter, not a secret
    return timedelta(seconds=min(300 * 2 ** max(failures - MOST, 0), 6 * 3600) * spread)


def count(network: Network, error: DeliveryError | None, ledger: Ledger, *, known: AccountState | None = None) -> None:
    """Note how an attempt ended; None: well.

    :param known: the account as it was when the attempt began; None: it is read
    """
    failures = (known or ledger.account(network.account)).failures
    if error is None or isinstance(error, Rejected):  # a server that refuses is in good health
        if failures:
            ledger.note(network.account, failures=0)
        return
    if not _in_trouble(network, error):
        return
    failures += 1
    ledger.note(network.account, failures=failures)
    if failures >= MOST:
        ledger.note(
            network.account,
            paused_until=ledger.clock() + rest(network.account, failures),
            paused_for="trouble",
            paused_why=f"{failures} attempts in a row failed, so it rests; the last: {error}",
        )


def wake(account: str, ledger: Ledger) -> bool:
    """A person wants it tried at once: whether the account was resting."""
    if ledger.account(account).paused_for != "trouble":
        return False
    ledger.note(account, paused_until=None, paused_for="", paused_why="", failures=0)
    return True


def _in_trouble(network: Network, error: DeliveryError) -> bool:
    """Whether the server is to blame: it cannot be reached, or it fails; not the post, its page or its picture."""
    if type(error) not in (NotSent, Unknown) or error.__cause__ is None:  # said by the adapter, not by the wire
        return False
    last = network.session.last
    return last is None or last.status is None or last.status >= 500
