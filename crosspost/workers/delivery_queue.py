"""How deliveries that are due come from the process that looked to the processes that send.

A queue decides nothing. What it loses is handed out again by the next look, what it doubles is refused by the claim in
the ledger, and what it hands out late is delivered late or not at all.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from crosspost.errors import ConfigError
from crosspost.ledger import Delivery
from crosspost.ledger.postgresql.address import Address

#: the ways there are; the first one is the usual
KINDS = ("database", "procrastinate")


class Queue(Protocol):
    """One process's end of the queue."""

    def offer(self, site: str, due: Sequence[Delivery]) -> None:
        """Hand out deliveries of a site; one that was handed out before and not taken is not handed out twice.

        :raises LedgerError: when the database cannot be reached
        """

    def work(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        """Have deliveries delivered until ``stop`` is set and those that were begun have ended.

        One at a time on each account, over all processes. It lasts through a database that is away for a while.

        :param deliver: takes a site and the number of a delivery; called from several threads; raises nothing
        :param concurrency: how many at the same time
        :param able: whether anything can be delivered for a site from here just now: else it is left to other workers
        """

    def close(self) -> None:
        """Give back what it holds."""


def opened(kind: str, address: Address, accounts: Sequence[str], *, several: bool) -> Queue:
    """The queue of a ledger, or of those of several sites; made in the database when there is none yet.

    :param kind: of :data:`KINDS`
    :param address: the schema it is in
    :param accounts: take only what is for these; none: whatever there is
    :param several: whether it is that of several sites
    :raises ConfigError: when a package is missing
    :raises LedgerError: when the database cannot be reached
    """
    if kind == "database":
        from crosspost.workers.claim_queue import ClaimQueue

        return ClaimQueue(address, accounts)
    try:
        from crosspost.workers.procrastinate_queue import ProcrastinateQueue
    except ImportError:
        from crosspost.config.installer import adding

        raise ConfigError(f"--queue procrastinate needs one more package: {adding('worker')}") from None
    return ProcrastinateQueue(address, accounts, several=several)
