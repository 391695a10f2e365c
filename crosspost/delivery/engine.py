"""Delivers what is due: a thread per account, one irreversible request per delivery."""

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from crosspost import tracing
from crosspost.delivery.copied_ledger import Caution
from crosspost.delivery.digest import is_digest
from crosspost.delivery.gate import Gate
from crosspost.delivery.post_cache import PostCache
from crosspost.delivery.rules import Listener, Rules
from crosspost.delivery.run_context import Run, Stop
from crosspost.ledger import Delivery, Ledger
from crosspost.ledger.clock_repair import repair
from crosspost.model import Entry, Post
from crosspost.networks.base import Network

if TYPE_CHECKING:
    from crosspost.ledger.account_locks import Turns
    from crosspost.ledger.handed_out import Handed, KnownOfPost

#: takes deliveries that are due now, for workers to deliver
Offer = Callable[[Sequence[Delivery]], None]
#: seconds a person's command waits for a worker that is busy on the account
_PATIENCE = 60
#: deliveries of all accounts together that are read at once; after an import each account has thousands
_LISTED = 2000


class Engine:
    """Works on deliveries. What belongs to one run is in :class:`.run_context.Run`.

    :param networks: account name → adapter
    :param load: reads a listed post fully
    :param owner: name of this machine and process, ``machine:pid``
    :param listener: is told how a run gets on
    :param stop: once set, no further delivery is begun
    :param offer: hands deliveries that are due to workers; None: they are delivered here
    :param load_known: the same as ``load``, also given what the ledger knows of the post, where that was asked with the
        delivery that was handed out; None: ``load`` asks
    """

    def __init__(
        self,
        ledger: Ledger,
        networks: Mapping[str, Network],
        load: Callable[[Entry], Post],
        rules: Rules,
        *,
        owner: str,
        listener: Listener,
        stop: threading.Event | None = None,
        offer: Offer | None = None,
        load_known: "Callable[[Entry, KnownOfPost], Post] | None" = None,
    ) -> None:
        self._ledger, self._networks, self._load, self._rules = ledger, networks, load, rules
        self._load_known = load_known
        self._owner = owner
        self._listener = listener
        self._stop = stop or threading.Event()
        self._offer = offer

    def run(self, entries: Mapping[str, Entry], accounts: Sequence[str], *, by_hand: bool = False) -> list[Delivery]:
        """Deliver what is due for these posts on these accounts, all accounts at the same time.

        :param by_hand: a person asked for exactly these posts: no limit per run, and a paused login is tried again
        :returns: every delivery that was touched, as it stands now
        :raises LedgerError: when nothing more can be written down; nothing more is sent then
        """
        repair(self._ledger)
        self._ledger.orphaned(self._owner.partition(":")[0])
        self._ledger.approvals.mark(self._rules.approve.intersection(accounts))
        run = self._new_run(entries, accounts, by_hand=by_hand, doubted=self._ledger.open_doubt is not None)
        open_there = self._ledger.with_open()  # one question for all accounts, most of which have nothing to do
        if any(open_there.values()) and len(entries) > 1:  # a single post may be one of thousands
            run = dataclasses.replace(run, listed=self._ledger.open_by_account(_LISTED))  # and one for the others
        if self._offer is not None and not run.doubted:
            run = self._offered(run, self._offer)
        busy = [name for name in accounts if open_there.get(name, True) and run.busy(name)]
        run.listener.expect([row for name in busy for row in (*run.doubtful(name), *run.chosen(name))])
        for name in accounts:
            if name not in busy:
                run.listener.done(name)
        settled = _all_at_once(dataclasses.replace(run, listed=None), busy) if busy else []
        run.caution.end(name for name in accounts if name not in busy)
        return settled

    def one(self, handed: "Handed", entry: Entry, accounts: Sequence[str]) -> list[Delivery]:
        """Deliver one that was handed out, unless anything speaks against it by now.

        :param handed: as it stands just now
        :param accounts: all accounts that may speak, because some networks refuse what another account of theirs says
        :returns: what was touched, with the parts of a thread that follow
        :raises LedgerError: when nothing more can be written down
        """
        from crosspost.delivery.account_worker import AccountWorker

        if handed.doubted:
            return []
        asked = self._load_known
        load = self._load if asked is None else lambda entry: asked(entry, handed.known)
        run = self._new_run({entry.id: entry}, accounts, by_hand=False, doubted=False, load=load)
        return AccountWorker(run, handed.delivery.account).deliver(handed)

    def _offered(self, run: Run, offer: Offer) -> Run:
        """The same run without what was handed out."""
        resting = {name for name, state in self._ledger.account_states().items() if state.rests(self._ledger.clock())}
        offered = [row for name in run.accounts if name not in resting for row in run.chosen(name)]
        offered = [row for row in offered if not is_digest(row.post)]
        offer(offered)
        return dataclasses.replace(run, offered=frozenset(row.id for row in offered))

    def _new_run(
        self,
        entries: Mapping[str, Entry],
        accounts: Sequence[str],
        *,
        by_hand: bool,
        doubted: bool,
        load: Callable[[Entry], Post] | None = None,
    ) -> Run:
        posts, rules = PostCache(load or self._load), self._rules
        return Run(
            ledger=self._ledger,
            owner=self._owner,
            networks=self._networks,
            rules=rules,
            listener=self._listener,
            posts=posts,
            caution=Caution(self._ledger, rules.site, posts, doubted=doubted),
            gate=Gate(self._ledger, rules.schedules, rules.live, rules.live_deadline, rules.boosts),
            stop=Stop(self._stop),
            accounts=tuple(accounts),
            entries=entries,
            by_hand=by_hand,
        )


def _in_turn(run: Run, account: str, turns: "Turns") -> list[Delivery]:
    """Work on an account unless a worker does so just now; a person waits for that."""
    from crosspost.delivery.account_worker import AccountWorker  # a run with nothing due has no use for it
    from crosspost.ledger.account_locks import turn  # nor for this

    with turn(turns, account, _PATIENCE if run.by_hand else 0) as mine:
        if mine:
            with tracing.about(account=account):
                return AccountWorker(run, account).work()
    run.listener.done(account)
    return []


def _all_at_once(run: Run, accounts: Sequence[str]) -> list[Delivery]:
    from crosspost.delivery.gentle_end import ends_gently  # a run with nothing due has no use for it

    with ends_gently(), ThreadPoolExecutor(max_workers=len(accounts), thread_name_prefix="account") as pool:
        try:
            futures = [pool.submit(tracing.carried(_in_turn), run, name, run.ledger.turns) for name in accounts]
            return [delivery for future in futures for delivery in future.result()]
        except BaseException as error:
            run.stop.set()  # Ctrl-C, SIGTERM or no ledger: finish what is in flight, begin nothing more
            if isinstance(error, KeyboardInterrupt):
                run.listener.stopping()
            raise
