"""Accounts that are new in the config: are they known already under another name?"""

from collections.abc import Mapping

from crosspost.delivery.account_identity import introduce
from crosspost.delivery.backoff import may_work, pause_account
from crosspost.errors import DeliveryError
from crosspost.ledger import Ledger
from crosspost.networks.base import Network


def newcomers(ledger: Ledger, accounts: Mapping[str, str]) -> list[str]:
    """Accounts without a first run, of networks on which the ledger knows another account.

    :param accounts: account name → network
    """
    states = ledger.account_states()
    new = [name for name in accounts if name not in states or states[name].started_at is None]
    if not new:
        return []
    known = ledger.network_users()
    taken = {(name, user.network) for name, user in known.items()}
    return [
        name
        for name in new
        if name not in known and any(network in ("", accounts[name]) for other, network in taken if other != name)
    ]


def admit(network: Network, ledger: Ledger) -> str:
    """Why a new account may not begin, "" when it may: it must say who it is, and be nobody who is known already."""
    if not may_work(network, ledger, by_hand=False):
        return ledger.account(network.account).paused_why
    try:
        introduce(network, ledger)
    except DeliveryError as error:
        pause_account(network, error, ledger)
        return str(error)
    return ""
