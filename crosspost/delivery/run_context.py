"""One run: what is due on which account, and what its accounts share."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crosspost.delivery.broken_pictures import waiting
from crosspost.delivery.copied_ledger import Caution
from crosspost.delivery.digest import is_digest
from crosspost.delivery.gate import Gate
from crosspost.delivery.post_cache import PostCache
from crosspost.delivery.reconcile import STILL_LOOKING
from crosspost.delivery.rules import Listener, Rules
from crosspost.ledger import Delivery, Ledger, State
from crosspost.model import Entry
from crosspost.networks.base import Network


class Stop:
    """Whether a run begins nothing more: it has met something that ends it, or whoever called it is to end.

    :param outer: the caller's, which may begin other runs after this one
    """

    def __init__(self, outer: threading.Event) -> None:
        self._outer, self._own = outer, threading.Event()

    def set(self) -> None:
        """End this run, and no other one."""
        self._own.set()

    def is_set(self) -> bool:
        """Whether nothing more is begun."""
        return self._own.is_set() or self._outer.is_set()


@dataclass(frozen=True)
class Run:
    """Everything the threads of one run work with.

    :ivar owner: name of this machine and process, ``machine:pid``
    :ivar networks: account name → adapter
    :ivar accounts: the accounts of this run
    :ivar entries: the posts of this run, by id
    :ivar by_hand: a person asked for exactly these posts: no limit per run, and a paused login is tried again
    :ivar stop: once set, no further delivery is begun
    :ivar offered: deliveries that were handed to workers; None: this run hands out none and sends all itself
    :ivar listed: what all accounts had open when the run began, by account; None: the ledger is asked for each
    """

    ledger: Ledger
    owner: str
    networks: Mapping[str, Network]
    rules: Rules
    listener: Listener
    posts: PostCache
    caution: Caution
    gate: Gate
    stop: Stop
    accounts: tuple[str, ...]
    entries: Mapping[str, Entry]
    by_hand: bool
    offered: frozenset[int] | None = None
    listed: Mapping[str, Sequence[Delivery]] | None = None

    @property
    def doubted(self) -> bool:
        """Whether the accounts must be looked at before anything is sent."""
        return self.caution.doubted

    def busy(self, account: str) -> bool:
        """Whether there is anything to do for an account."""
        due = self.doubtful(account) or self.due(account) or waiting(self._open(account, "held"), self.entries)
        return bool(due) or self.caution.due(account) or bool(self.ahead(account))

    def due(self, account: str) -> list[Delivery]:
        """What is planned for an account, and whose time has come."""
        post = next(iter(self.entries)) if len(self.entries) == 1 else ""  # an account may have thousands of others
        return self.ready(account, self._open(account, "planned", post=post, due=self.ledger.clock()))

    def ahead(self, account: str) -> list[Delivery]:
        """What is handed to an account's network now, which shows it when its time has come.

        A person who asks for posts by hand wants them out now; and workers are only given what is due.
        """
        early = self.rules.ahead.get(account)
        if early is None or self.by_hand or (able := self.networks[account].able.ahead) is None:
            return []
        from crosspost.delivery.ahead import may_go  # few accounts hand anything over

        now = self.ledger.clock()
        rows = self.ledger.deliveries(states=["planned"], account=account, due=now + early)
        rows = [row for row in rows if may_go(row, able, now)]
        return self.ready(account, rows)[: self.rules.max_per_run[account]]

    def ready(self, account: str, rows: Sequence[Delivery]) -> list[Delivery]:
        """Those of an account's planned deliveries that may go."""
        yes = self.ledger.approvals.pairs() if rows and account in self.rules.approve else None
        return [
            row
            for row in rows
            if row.post in self.entries
            and row.id not in (self.offered or ())
            and not self._not_now(self.entries[row.post], row)
            and (yes is None or row.part > 1 or row.publishing_at is not None or (row.post, account) in yes)
        ]

    def doubtful(self, account: str) -> list[Delivery]:
        """What may be out on an account, and is to be looked for now."""
        now = self.ledger.clock()
        rows, held = self._open(account, "unknown", due=now), self._open(account, "held")
        return rows + [row for row in held if row.publishing_at and now - row.publishing_at < STILL_LOOKING]

    def _open(self, account: str, state: State, *, post: str = "", due: datetime | None = None) -> list[Delivery]:
        if self.listed is None:
            return self.ledger.deliveries(states=[state], account=account, post=post, due=due)
        return [
            row
            for row in self.listed.get(account, ())
            if row.state == state and row.post == (post or row.post) and (due is None or row.due_at <= due)
        ]

    def chosen(self, account: str) -> list[Delivery]:
        """What is due and goes in this run; threads that were begun are ended first.

        Once a run has handed out its share, the rest is for the next one; but a digest was only gathered just now, and
        here, so no worker knows of it.
        """
        due = self.due(account)
        begun = [row for row in due if row.part > 1]
        new = [row for row in due if row.part == 1]
        found = begun + (new if self.by_hand else new[: self.rules.max_per_run[account]])
        return found if self.offered is None else [row for row in found if is_digest(row.post)]

    def _not_now(self, entry: Entry, row: Delivery) -> bool:
        if row.part > 1:  # a thread that was begun is ended
            return False
        said = entry.overrides.for_account(row.account, row.network)  # what the account takes was decided by the plan
        if self.by_hand or said.at is None:
            return bool(said.skip)
        return bool(said.skip) or said.at > max(self.ledger.clock(), row.due_at)
