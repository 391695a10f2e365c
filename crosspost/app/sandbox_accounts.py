"""Which accounts post to the sandbox: their server is on this machine, where the real one is not."""

from collections.abc import Callable, Iterable, Mapping

from crosspost.config.registry import AT_HOME
from crosspost.config.settings import Account
from crosspost.transport.sandbox_mark import on_this_machine


def is_one(name: str, accounts: Mapping[str, Account], server: Callable[[str], str]) -> bool:
    """Whether an account posts to the sandbox.

    Where the real server often is here too (Signal, mail), it does when every other account does.

    :param server: account → the address of its server
    """
    if name not in accounts or not on_this_machine(server(name)):
        return False
    if accounts[name].network not in AT_HOME:
        return True
    far = [one for one, account in accounts.items() if account.network not in AT_HOME]
    return bool(far) and all(on_this_machine(server(one)) for one in far)


def all_are(accounts: Iterable[Account]) -> bool:
    """Whether every account does, less those whose real servers often are here too; ends with the first that does not,
    because there may be ten thousand."""
    found = False
    for account in accounts:
        if account.network in AT_HOME:
            continue
        if not on_this_machine(account.base_url):
            return False
        found = True
    return found
