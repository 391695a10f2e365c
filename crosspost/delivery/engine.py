"""Delivers what is due: a thread per account, one irreversible request per delivery."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec

from crosspost.config.secrecy import said_by
from crosspost.delivery import circuit_breaker, clocks
from crosspost.delivery.backoff import exhausted, may_work, pause, pause_account, slept
from crosspost.delivery.copied_ledger import Caution
from crosspost.delivery.duplicate_guard import refuse_repetition
from crosspost.delivery.gate import Gate
from crosspost.delivery.identity import introduce
from crosspost.delivery.keys import again
from crosspost.delivery.pictures import hold_for_picture, release_repaired, waiting
from crosspost.delivery.plan import skipped
from crosspost.delivery.reconcile import STILL_LOOKING, guarded, how_to_settle, look, look_first
from crosspost.delivery.results import Touched
from crosspost.errors import (
    ConfigError,
    CrosspostError,
    DeliveryError,
    KeyTaken,
    LedgerError,
    MediaError,
    NotSent,
    PictureBroken,
    PostRefused,
    Rejected,
    SourceError,
    Unknown,
)
from crosspost.ledger import Delivery, LeaseLostError, Ledger
from crosspost.ledger.clock_repair import repair
from crosspost.model import Draft, Entry, Post, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.schedule import Schedule

log = logging.getLogger("crosspost.delivery")

#: uploads (``media_…``) are used for at most this long, because networks throw unused ones away; every other thing
#: left on a server is kept, because it may be what proves whether a post is out
UPLOAD_AGE = timedelta(hours=1)


class Engine:
    """Works on deliveries.

    :param networks: account name → adapter
    :param load: reads a listed post fully
    :param owner: name of this machine and process, ``machine:pid``
    :param site: the site's address, or what else is its own: part of every key
    :param max_per_run: account name → how many posts one run sends at most
    :param schedules: account name → when it speaks; accounts without one speak at once
    :param live: (account, entry) → why the post's page is not on the web yet, "" when it is
    :param live_deadline: after how long of waiting for a page somebody is told
    :param give_up_after: how long a delivery that cannot be sent is tried
    :param expect: called once with what is due, before anything is begun
    :param begin: called with each delivery that is taken on, from any thread
    :param report: called with each delivery as soon as it is settled, from any thread
    :param done: called with the name of each account that has nothing more to do, from any thread
    :param stop: once set, no further delivery is begun
    """

    def __init__(  # noqa: PLR0913  # one per collaborator; keywords only
        self,
        *,
        ledger: Ledger,
        networks: Mapping[str, Network],
        load: Callable[[Entry], Post],
        owner: str,
        site: str = "",
        max_per_run: Mapping[str, int],
        schedules: Mapping[str, Schedule] | None = None,
        live: Callable[[str, Entry], str] = lambda _account, _entry: "",
        live_deadline: timedelta = timedelta(hours=24),
        give_up_after: timedelta = timedelta(hours=72),
        expect: Callable[[Sequence[Delivery]], None] = lambda _: None,
        begin: Callable[[Delivery], None] = lambda _: None,
        report: Callable[[Delivery], None] = lambda _: None,
        done: Callable[[str], None] = lambda _: None,
        stop: threading.Event | None = None,
    ) -> None:
        self._ledger, self._networks = ledger, networks
        self._load, self._owner = load, owner
        self._caution = Caution(ledger, site, self._post)
        self._max, self._give_up_after = max_per_run, give_up_after
        self._expect, self._begin, self._report, self._done = expect, begin, report, done
        self._gate = Gate(ledger, schedules or {}, live, live_deadline)
        self._posts: dict[str, Post] = {}
        self._loading = threading.Lock()
        self._stop = stop or threading.Event()
        self._by_hand = False
        self._accounts: frozenset[str] = frozenset()

    def run(self, entries: Mapping[str, Entry], accounts: Sequence[str], *, by_hand: bool = False) -> list[Delivery]:
        """Deliver what is due for these posts on these accounts, all accounts at the same time.

        :param by_hand: a person asked for exactly these posts: no limit per run, and a paused login is tried again
        :returns: every delivery that was touched, as it stands now
        :raises LedgerError: when nothing more can be written down; nothing more is sent then
        """
        repair(self._ledger)
        self._ledger.orphaned(self._owner.partition(":")[0])
        self._by_hand, self._accounts = by_hand, frozenset(accounts)
        busy = [name for name in accounts if self._busy(name, entries)]
        self._expect([row for name in busy for row in (*self._doubtful(name), *self._chosen(name, entries))])
        for name in accounts:
            if name not in busy:
                self._done(name)
        if not busy:
            self._caution.end(accounts)
            return []
        with ThreadPoolExecutor(max_workers=len(busy), thread_name_prefix="account") as pool:
            futures = [pool.submit(self._account, name, entries) for name in busy]
            try:
                settled = [delivery for future in futures for delivery in future.result()]
            except BaseException:
                self._stop.set()  # Ctrl-C, or no ledger: finish what is in flight, begin nothing more
                raise
        self._caution.end(name for name in accounts if name not in busy)
        return settled

    def _busy(self, account: str, entries: Mapping[str, Entry]) -> bool:
        """Whether there is anything to do for an account."""
        due = self._doubtful(account) or self._due(account, entries) or waiting(account, entries, self._ledger)
        return bool(due) or self._caution.due(account)

    # ── one account ───────────────────────────────────────────────────────────────────────────────────────────────

    def _due(self, account: str, entries: Mapping[str, Entry]) -> list[Delivery]:
        rows = self._ledger.deliveries(states=["planned"], account=account, due=self._ledger.clock())
        return [row for row in rows if row.post in entries and not self._not_now(entries[row.post], row)]

    def _not_now(self, entry: Entry, row: Delivery) -> bool:
        if row.part > 1:  # a thread that was begun is ended
            return False
        at = None if self._by_hand else entry.overrides.for_account(row.account, row.network).at
        return skipped(entry, row.account, row.network) or (at is not None and at > self._ledger.clock())

    def _doubtful(self, account: str) -> list[Delivery]:
        now = self._ledger.clock()
        rows = self._ledger.deliveries(states=["unknown"], account=account, due=now)
        held = self._ledger.deliveries(states=["held"], account=account)
        return rows + [row for row in held if row.publishing_at and now - row.publishing_at < STILL_LOOKING]

    def _account(self, account: str, entries: Mapping[str, Entry]) -> list[Delivery]:
        touched = Touched(self._report)
        try:
            self._work(account, entries, touched)
            touched.rest()
        finally:
            self._done(account)
        return touched.rows

    def _work(self, account: str, entries: Mapping[str, Entry], touched: Touched) -> None:
        network = self._networks[account]
        try:
            if not may_work(network, self._ledger, by_hand=self._by_hand):
                return
            self._look_around(network, touched)
            looked, sure = self._caution.look(network, entries, only=self._by_hand)
            for delivery in looked:
                touched.add(delivery)
            if not sure:
                return
            release_repaired(network, entries, self._ledger, self._post)
            for delivery in self._chosen(account, entries):
                if self._stop.is_set() or not may_work(network, self._ledger, by_hand=False):
                    break
                for settled in self._thread(delivery, entries[delivery.post]):
                    touched.add(settled)
            self._look_around(network, touched)  # what became doubtful just now is often there at once
            clocks.remember(network, self._ledger)
        except LeaseLostError as error:
            log.warning("%s", error)
        except LedgerError:
            self._stop.set()
            raise

    def _chosen(self, account: str, entries: Mapping[str, Entry]) -> list[Delivery]:
        """What is due and goes in this run; threads that were begun are ended first."""
        due = self._due(account, entries)
        begun = [row for row in due if row.part > 1]
        new = [row for row in due if row.part == 1]
        return begun + (new if self._by_hand else new[: self._max[account]])

    def _thread(self, delivery: Delivery, entry: Entry) -> Iterator[Delivery]:
        """Deliver, and go on with the following parts for as long as the one before is out."""
        following: Delivery | None = delivery
        while following is not None and not self._stop.is_set():
            settled = self._gate.stopped(following, entry, by_hand=self._by_hand) or self._deliver(following, entry)
            if settled is None:
                return
            yield settled
            following = self._ledger.following(settled)

    def _look_around(self, network: Network, touched: Touched) -> None:
        for delivery in self._doubtful(network.account):
            if not may_work(network, self._ledger, by_hand=False):
                return
            try:
                if delivery.publishing_at is not None:
                    introduce(network, self._ledger)
                seen = look(delivery, network, self._ledger, pause=lambda n, d=delivery: pause(d.id, n))  # type: ignore[misc]
            except DeliveryError as error:
                pause_account(network, error, self._ledger)
                seen = delivery
            if seen.state != "held" or delivery.state != "held":
                touched.add(seen)

    # ── one delivery ──────────────────────────────────────────────────────────────────────────────────────────────

    def _deliver(self, delivery: Delivery, entry: Entry) -> Delivery | None:
        taken = self._ledger.clock()
        held = self._ledger.claim(delivery, self._owner)
        if held is None:
            return None
        self._begin(held)
        network = self._networks[held.account]
        doubted = held.publishing_at is not None
        try:
            introduce(network, self._ledger)
            if doubted and (settled := look_first(held, network, self._ledger)) is not None:
                return settled
            earlier = held.publishing_at
            held = self._freeze(held, entry, network)
            if not doubted and (receipt := self._caution.seen(held, entry, network)) is not None:
                return self._ledger.sent(held, receipt)
            held = self._prepare(held, entry, network)
            if not guarded(held, network, self._ledger.clock()):  # the guard counts from the first attempt
                held = self._ledger.begin(held, clocks.noted(held, network, self._ledger))
            receipt = _published(network, msgspec.structs.replace(held.prepared, begun=earlier, dated=entry.date))
        except DeliveryError as error:
            return self._settle(self._ledger.get(held.id), error, doubted, taken)
        except PictureBroken as error:  # raised by the draft: an attempt in doubt keeps the one it has
            return hold_for_picture(self._ledger.get(held.id), error, self._ledger)
        except (PostRefused, SourceError, ConfigError, MediaError) as error:  # SourceError: it was renamed meanwhile
            return self._settle(self._ledger.get(held.id), NotSent(str(error)), doubted, taken)
        except LedgerError:
            raise
        except Exception as error:  # a mistake of ours or of a plug-in stops this delivery, never the others
            log.debug("unexpected", exc_info=True)
            held = self._ledger.get(held.id)
            said = f"{held.account}: unexpected {type(error).__name__}: {network.session.redact(said_by(error))}"
            published = held.publishing_at is not None
            return self._settle(held, Unknown(said) if published else NotSent(said), doubted, taken)
        settled = self._ledger.sent(held, receipt)
        circuit_breaker.count(network, None, self._ledger)
        return settled

    def _freeze(self, held: Delivery, entry: Entry, network: Network) -> Delivery:
        """Write down what will be said. What has once been sent into doubt, or is a part, is never worded anew."""
        if self._stale(held):
            held = self._without_uploads(held)
        if held.publishing_at is not None and held.draft is not None:
            return held
        if held.part > 1 and held.draft is not None:
            return self._ledger.freeze(held, held.draft, self._caution.key(held))
        draft = network.draft(self._post(entry))
        if network.able.same_text_once:
            refuse_repetition(held, draft, network, self._ledger, lambda name: self._said(name, entry))
        return self._ledger.freeze(held, network.frozen(draft), self._caution.key(held))

    def _stale(self, held: Delivery) -> bool:
        """Whether its uploads are so old that the network may have thrown them away."""
        uploaded = any(name.startswith("media_") for name in held.remote)
        return uploaded and held.remote_at is not None and self._ledger.clock() - held.remote_at > UPLOAD_AGE

    def _without_uploads(self, held: Delivery) -> Delivery:
        kept = {name: value for name, value in held.remote.items() if not name.startswith("media_")}
        return self._ledger.remember(held, kept, uploaded=None)

    def _said(self, account: str, entry: Entry) -> Draft | None:
        """What an account of this run would say; None when it says nothing."""
        if account not in self._accounts or skipped(entry, account, self._networks[account].key):
            return None
        try:
            return self._networks[account].draft(self._post(entry))
        except CrosspostError:
            return None  # that account is told by its own delivery

    def _prepare(self, held: Delivery, entry: Entry, network: Network) -> Delivery:
        remote = dict(held.remote)
        oldest = held.remote_at if any(name.startswith("media_") for name in remote) else self._ledger.clock()

        def save(key: str, value: object) -> None:
            remote[key] = value
            # a journal is written before the mail of each person: an older ledger lacks whoever got it since then
            self._ledger.remember(held, remote, uploaded=oldest, counts=key == "journal")

        prepared = network.prepare(
            msgspec.structs.replace(held.prepared, begun=held.publishing_at, dated=entry.date), save
        )
        return msgspec.structs.replace(self._ledger.get(held.id), remote=prepared.remote)

    def _settle(self, held: Delivery, error: DeliveryError, doubted: bool, taken: datetime) -> Delivery:
        """What each of the six errors means for the delivery: is it out?

        :param taken: when this attempt began, by our clock
        """
        now, said = self._ledger.clock(), str(error)
        paused = pause_account(self._networks[held.account], error, self._ledger)
        if isinstance(error, Unknown):
            return self._ledger.doubt(held, said, now)
        if isinstance(error, KeyTaken):
            return self._ledger.again(self._ledger.rekey(held, again(held.handle)), said, now)
        if isinstance(error, Rejected) and not doubted and (slept(taken, now) or self._stale(held)):
            # the machine slept since it began: what was refused may be the uploads, which are made anew
            held = self._without_uploads(held)
            return self._ledger.again(held, said, now + pause(held.id, held.attempts))
        if isinstance(error, Rejected):  # it speaks of this attempt only: the one before may be out
            if not doubted:
                return self._ledger.failed(held, said)
            how = how_to_settle(held, self._networks[held.account])
            return self._ledger.hold(held, f"{said}. But an earlier attempt may be out: {how}")
        if paused:
            return self._ledger.again(held, said, now, certain=not doubted)
        if exhausted(held.tried_at, held.attempts, now, self._give_up_after):
            hours = self._give_up_after.total_seconds() / 3600
            return self._ledger.failed(held, f"given up after {hours:g} hours: {said}")
        return self._ledger.again(held, said, now + pause(held.id, held.attempts), certain=not doubted)

    def _post(self, entry: Entry) -> Post:
        """A post is read once for all its accounts."""
        with self._loading:
            if entry.id not in self._posts:
                self._posts[entry.id] = self._load(entry)
            return self._posts[entry.id]


def _published(network: Network, prepared: Prepared) -> Receipt:
    """Publish.

    :raises Unknown: when the adapter gives no receipt, as a plug-in may forget to: the post may be out all the same
    """
    receipt = network.publish(prepared)
    if not isinstance(receipt, Receipt):
        raise Unknown(f"{network.account}: {network.name} was asked to publish, but gave no receipt")
    return receipt
