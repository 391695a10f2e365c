"""Making a lost ledger anew: the accounts are read, what is found there counts as sent, and everything else as old."""

from collections.abc import Callable, Iterable, Mapping

from crosspost.delivery.account_identity import introduce
from crosspost.delivery.idempotency_keys import handle
from crosspost.delivery.lookback import Lookback
from crosspost.errors import CrosspostError, DeliveryError, KeyTaken, LedgerError, OutOfSight, Unknown
from crosspost.ledger import Delivery, Ledger, State
from crosspost.model import Draft, Entry, Post
from crosspost.networks.base import Network

#: states of deliveries that a look may settle
_NOT_KNOWN: tuple[State, ...] = ("before", "planned", "sending", "unknown", "held")
#: why a part of a thread is left that was not found
_NO_PART = "not on the account when the ledger was made anew"


class Rebuild:
    """Reads accounts for what is out.

    :param site: the site's address, or what else is its own
    :param entries: every post that may be out
    :param load: reads a listed post fully
    :param found: told of each delivery that is out
    :param told: told what cannot be done, in sentences
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        site: str,
        entries: Mapping[str, Entry],
        load: Callable[[Entry], Post],
        found: Callable[[Delivery], None],
        told: Callable[[str], None],
    ) -> None:
        self._ledger, self._site, self._entries, self._load = ledger, site, entries, load
        self._found, self._told = found, told

    def account(self, network: Network) -> bool:
        """Look for every post on an account; whether that could be done at all."""
        try:
            introduce(network, self._ledger)
        except CrosspostError as error:
            self._told(f"Error: {error}; this account is left out")
            return False
        now = self._ledger.clock()
        self._ledger.add((entry, network.account, network.key, "before", now, "") for entry in self._entries.values())
        if not network.able.read_back:
            self._told(f"{network.account}: {network.name} cannot be searched; its posts count as old")
            return True
        lookback = Lookback(network, self._ledger, self._entries, self._load, self._key)
        for row in self._ledger.deliveries(states=_NOT_KNOWN, account=network.account):
            if row.part == 1 and row.post in self._entries:
                self._whole_thread(row, network, lookback)
        return True

    def _whole_thread(self, row: Delivery, network: Network, lookback: Lookback) -> None:
        """A post and the replies that are its further parts."""
        entry, begun = self._entries[row.post], row
        while True:
            settled = self._one(row, network, lookback, entry)
            if settled is None:
                break
            self._found(settled)
            following = self._ledger.following(settled)
            if following is None:
                return
            row = following
        if row.id != begun.id:
            self._ledger.skip(row, _NO_PART)

    def _one(self, row: Delivery, network: Network, lookback: Lookback, entry: Entry) -> Delivery | None:
        try:
            draft = self._draft(row, network, entry)
            since = row.publishing_at or entry.date or row.updated_at
            receipt = lookback.found(row, draft, since)
        except (OutOfSight, KeyTaken):
            return None
        except LedgerError:
            raise
        except Unknown as error:
            self._told(f"cannot tell: {error}")
            return None
        except DeliveryError as error:
            self._told(f"cannot look: {error}")
            return None
        except CrosspostError as error:
            self._told(f"left out: {error}")
            return None
        return (
            self._ledger.recognise(row, network.frozen(draft), self._key(row), receipt) if receipt is not None else None
        )

    def _draft(self, row: Delivery, network: Network, entry: Entry) -> Draft:
        """What was said as far as that is known, else what would be said."""
        known = row.draft if row.publishing_at is not None or row.part > 1 else None
        return known or network.draft(self._load(entry))

    def _key(self, row: Delivery) -> str:
        return row.handle or handle(self._site, row.post, row.account, row.part)


def leave_the_rest(ledger: Ledger, entries: Iterable[Entry], accounts: Mapping[str, str], *, doubted: bool) -> int:
    """Count what was not found as old, so that nobody says it.

    :param accounts: account name → network
    :param doubted: what the ledger still had before it may be out, so it waits for a person
    :returns: how many deliveries wait
    """
    now = ledger.clock()
    listed = list(entries)
    ledger.add((entry, name, network, "before", now, "") for entry in listed for name, network in accounts.items())
    for name in accounts:
        if ledger.account(name).started_at is None:
            ledger.note(name, started_at=now)
    if not doubted:
        return 0
    unsettled = ledger.deliveries(states=["planned", "sending", "unknown"], due=now)
    for row in unsettled:
        how = f"`crosspost settle {row.id} --sent URL` or `--not-sent`"
        ledger.hold(row, f"the ledger was restored from a copy, so this may be out: look at the account, then {how}")
    return len(unsettled)
