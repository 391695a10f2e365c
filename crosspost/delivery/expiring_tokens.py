"""Looks after tokens that end by themselves, so that an account which says nothing for months keeps its login."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from crosspost.delivery.account_identity import IDENTITY_AGE, introduce
from crosspost.delivery.backoff import may_work, pause_account
from crosspost.errors import DeliveryError
from crosspost.ledger import AccountState, Ledger
from crosspost.networks.base import Network

#: a look that failed is tried again after this long
AGAIN = timedelta(hours=1)


def tend(ledger: Ledger, networks: Mapping[str, Network], ending: Collection[str]) -> None:
    """Ask the accounts that were not asked for a day who they are; those that can then renew their token.

    One query when nothing is to be done. What goes wrong is written down and never raised.

    :param networks: account name → adapter, made only for those that are asked
    :param ending: accounts whose token may end by itself
    """
    if not ending:
        return
    known, now = ledger.account_states(), ledger.clock()
    for name in ending:
        if not _stale(known.get(name), now) or not _may_ask(ledger.fact(_fact(name)), now):
            continue
        network = networks[name]
        if not may_work(network, ledger, by_hand=False):
            ledger.keep_fact(_fact(name), now.isoformat())
            continue
        try:
            introduce(network, ledger)
            ledger.keep_fact(_fact(name), "")
        except DeliveryError as error:
            ledger.keep_fact(_fact(name), now.isoformat())
            pause_account(network, error, ledger)


def _stale(state: AccountState | None, now: datetime) -> bool:
    return state is None or state.identity_at is None or now - state.identity_at >= IDENTITY_AGE


def _may_ask(failed: str, now: datetime) -> bool:
    return not failed or now - datetime.fromisoformat(failed) >= AGAIN


def _fact(account: str) -> str:
    return f"token.{account}"
