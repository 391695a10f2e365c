"""Looking back: is a post out that the ledger may not know of, because it is a copy, was put back or is made anew?

The accounts that can be read are looked at; what is found counts as sent. Where a look proves nothing, what may be out
is held and a person is told.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from crosspost.delivery.account_identity import introduce
from crosspost.delivery.idempotency_keys import again
from crosspost.delivery.reconcile import forgotten
from crosspost.errors import CrosspostError, DeliveryError, KeyTaken, LedgerError, NotSent, TurnedDown, Unknown
from crosspost.ledger import DECIDED, Delivery, Ledger, State
from crosspost.ledger.facts import Suspicion
from crosspost.model import Draft, Entry, Post, Prepared, Receipt
from crosspost.networks.base import Network

#: states of deliveries that a doubt may be about and that go on by themselves
OPEN: tuple[State, ...] = ("planned", "unknown")
#: what a delivery knows of other posts
_ABOUT = ("reply_to", "root", "boosts", "boosts_url")
#: the clock may have been wrong when a doubt began, by a time zone and a day; looking further back costs a page at most
_SLACK = timedelta(days=2)


class Lookback:
    """A look through one account's deliveries, after which it may speak again.

    :param load: reads a listed post fully
    :param key: the idempotency key of a delivery that has none yet
    """

    def __init__(
        self,
        network: Network,
        ledger: Ledger,
        entries: Mapping[str, Entry],
        load: Callable[[Entry], Post],
        key: Callable[[Delivery], str],
    ) -> None:
        self._network, self._ledger, self._entries = network, ledger, entries
        self._load, self._key = load, key

    def settle(self, doubt: Suspicion, *, only: bool) -> Iterator[Delivery]:
        """Settle everything that is planned: found, certainly not out, or held.

        :param only: nothing but the posts of ``entries`` is wanted now
        :returns: the deliveries that are something else now
        :raises DeliveryError: when the account cannot be looked at now; nothing may be sent on it meanwhile
        """
        seen: set[int] = set()
        while rows := [row for row in self._open(doubt, only=only) if row.id not in seen]:
            seen.update(row.id for row in rows)
            for row in rows:
                if (settled := self._one(row, doubt)) is not None:
                    yield settled

    def found(self, row: Delivery, draft: Draft, since: datetime) -> Receipt | None:
        """The post of a delivery, where the account shows it.

        :raises Unknown: when a look proves nothing there
        :raises NotSent: when it cannot be looked at now
        """
        if not self._network.able.read_back:
            raise Unknown(f"{self._network.name} cannot be searched")
        dated = self._entries[row.post].date if row.post in self._entries else None
        handle = row.handle or self._key(row)
        remote: dict[str, Any] = {name: row.remote[name] for name in _ABOUT if name in row.remote}
        if self._network.able.ahead is not None:  # it may have been handed over ahead of its time
            remote["show_at"] = since.isoformat()
        prepared = Prepared(draft=draft, handle=handle, remote=remote, dated=dated)
        try:
            return self._network.look_back(prepared, since - _SLACK)
        except TurnedDown:  # it is there, and nobody sees it
            return None

    def _open(self, doubt: Suspicion, *, only: bool) -> list[Delivery]:
        """What may be out without the ledger's knowing.

        What was begun is looked for anyway; but a mail to people one by one may have reached others since then. What a
        person said is not out counts, unless something went out elsewhere after that.
        """
        states: tuple[State, ...] = (*OPEN, "held")
        rows = self._ledger.deliveries(states=states, account=self._network.account)
        return [
            row
            for row in rows
            if (row.publishing_at is None or self._network.one_by_one)
            and not (row.why == DECIDED and (doubt.until is None or row.updated_at > doubt.until))
            and (row.post in self._entries or not only)
        ]

    def _one(self, row: Delivery, doubt: Suspicion) -> Delivery | None:
        if row.publishing_at is not None:
            return self._under_way(row)
        entry = self._entries.get(row.post)
        later = doubt.until is not None and entry is not None and entry.date is not None and entry.date > doubt.until
        if later or (row.state == "planned" and row.due_at > self._ledger.clock() and not self._network.able.read_back):
            return None  # it cannot have gone out before
        introduce(self._network, self._ledger)
        draft = row.draft or self._draft(entry)
        if draft is None:
            return self._held(row, "its file cannot be read now") if entry is None else None
        since = doubt.since or (entry.date if entry is not None and entry.date else row.updated_at)
        try:
            receipt = self.found(row, draft, since)
        except Unknown as error:
            return self._held(row, str(error))
        except KeyTaken:  # by another post, so this one is not there
            self._ledger.rekey(row, again(row.handle or self._key(row)))
            return None
        if receipt is not None:
            return self._ledger.recognise(row, self._network.frozen(draft), row.handle or self._key(row), receipt)
        after = self._network.able.absence_after
        if after is None or forgotten(self._network, (self._ledger.clock() - since).total_seconds()):
            return self._held(row, f"{self._network.name} does not show it, which proves nothing there")
        if doubt.until is not None and doubt.until <= self._ledger.clock() < doubt.until + timedelta(seconds=after):
            raise NotSent(f"{self._network.account}: what was sent a moment ago may not be shown yet")
        return None

    def _held(self, row: Delivery, why: str) -> Delivery | None:
        if row.state == "held":
            return None
        return self._ledger.hold(
            row,
            f"it may be out already: the ledger may lack what was sent lately, and {why}. Look at the account, then "
            f"`crosspost settle {row.id} --sent URL` or `--not-sent`",
        )

    def _under_way(self, row: Delivery) -> Delivery | None:
        """A mail that some people have got: who else has it is not known any more."""
        if row.state == "held":
            return None
        return self._ledger.hold(
            row,
            "it was under way, and the ledger may lack to whom it was sent lately, so the rest is not sent by itself. "
            f"Look in the mail server's log: `crosspost settle {row.id} --skip` leaves it at that, `--not-sent` sends "
            "it to everybody who has not got it as far as the ledger knows",
        )

    def _draft(self, entry: Entry | None) -> Draft | None:
        """What would be said; None when that cannot be said now, and so is not sent now either."""
        try:
            return self._network.draft(self._load(entry)) if entry is not None else None
        except (DeliveryError, LedgerError) as error:
            if isinstance(error, LedgerError | NotSent):
                raise
            return None
        except CrosspostError:
            return None


def end(ledger: Ledger, looked: frozenset[str]) -> None:
    """Write down which accounts were looked through; the doubt is over when all were."""
    doubt = ledger.open_doubt
    if doubt is None:
        return
    settled = {*doubt.settled, *looked}
    left = {account for account, state in ledger.counts() if state in OPEN} - settled
    ledger.keep_doubt(msgspec.structs.replace(doubt, settled=tuple(sorted(settled))) if left else None)
