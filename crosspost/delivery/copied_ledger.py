"""What one run does about a ledger that may not know all that went out: no account speaks before it was looked at."""

import logging
from collections.abc import Callable, Iterable, Mapping

from crosspost.delivery.backoff import pause_account
from crosspost.delivery.idempotency_keys import handle
from crosspost.delivery.lookback import OPEN, Lookback, end
from crosspost.errors import DeliveryError, UnderReview, Unknown
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Entry, Post, Receipt
from crosspost.networks.base import Network

log = logging.getLogger("crosspost.delivery")


class Caution:
    """The doubts of one run.

    :param site: the site's address, or what else is its own: part of every key
    :param load: reads a listed post fully
    :param doubted: whether the ledger is in doubt
    """

    def __init__(self, ledger: Ledger, site: str, load: Callable[[Entry], Post], *, doubted: bool) -> None:
        self._ledger, self._site, self._load = ledger, site, load
        self._looked: set[str] = set()
        #: a doubt begins when a ledger is opened; so without one now, this run has none
        self.doubted = doubted

    def key(self, row: Delivery) -> str:
        """The idempotency key of a delivery: the one it has, else the one it gets."""
        return row.handle or handle(self._site, row.post, row.account, row.part)

    def due(self, account: str) -> bool:
        """Whether an account has something that a doubt is about."""
        doubt = self._ledger.open_doubt if self.doubted else None
        doubted = doubt is not None and account not in doubt.settled
        return doubted and bool(self._ledger.deliveries(states=OPEN, account=account))

    def look(self, network: Network, entries: Mapping[str, Entry], *, only: bool) -> tuple[list[Delivery], bool]:
        """Look through an account, after a doubt.

        :param only: a person asked for the posts of ``entries`` and nothing else
        :returns: what is something else now, and whether the account may speak
        """
        doubt = self._ledger.open_doubt if self.doubted else None
        touched: list[Delivery] = []
        if doubt is None or network.account in doubt.settled:
            return [], True
        try:
            touched.extend(self._lookback(network, entries).settle(doubt, only=only))
        except DeliveryError as error:
            pause_account(network, error, self._ledger)
            log.warning("%s: it cannot be looked at now, so nothing is sent there: %s", network.account, error)
            return touched, False
        if not only:
            self._looked.add(network.account)
        return touched, True

    def seen(self, held: Delivery, entry: Entry, network: Network) -> Receipt | None:
        """A look before a first attempt, when the ledger may be older than it seems; it need not prove anything.

        :raises UnderReview: when the network has it already, and does not show it yet
        """
        since = self._ledger.careful_since
        if since is None or held.draft is None:
            return None
        try:
            return self._lookback(network, {entry.id: entry}).found(held, held.draft, since)
        except UnderReview:
            raise
        except Unknown:
            return None

    def end(self, idle: Iterable[str]) -> None:
        """The doubt is over for accounts that were looked through, and for those that have nothing to say.

        :param idle: the latter
        """
        if self.doubted:
            end(self._ledger, frozenset((*self._looked, *idle)))

    def _lookback(self, network: Network, entries: Mapping[str, Entry]) -> Lookback:
        return Lookback(network, self._ledger, entries, self._load, self.key)
