"""Carries out what is to be changed in posts that are out: edits them, takes them back.

An edit or a delete whose answer is lost is simply repeated, which at most-once delivery forbids for a post: Mastodon's
PUT, Facebook's and LinkedIn's updates and Telegram's edits set the words, so the second time changes nothing; Signal
shows the same words once more as edited; and what is deleted already is not an error anywhere (see ``Network.delete``).
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import msgspec

from crosspost import tracing
from crosspost.config.secrecy import message_of
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.backoff import exhausted, may_work, pause, pause_account, slept
from crosspost.delivery.differences import after_edit, differences, kept, other_pictures
from crosspost.delivery.idempotency_keys import anew
from crosspost.errors import (
    ConfigError,
    DeliveryError,
    LedgerError,
    MediaError,
    NotSent,
    PostRefused,
    Rejected,
    TurnedDown,
    Unsupported,
)
from crosspost.ledger import Change, Delivery, Ledger
from crosspost.ledger.facts import ID
from crosspost.model import Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.text.durations import in_hours

log = logging.getLogger("crosspost.delivery")


class Editor:
    """Works on planned changes.

    :param networks: account name → adapter
    :param max_per_run: account name → how many changes one run carries out at most
    :param give_up_after: how long a change that cannot be carried out is tried
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        networks: Mapping[str, Network],
        max_per_run: Mapping[str, int],
        give_up_after: timedelta = timedelta(hours=72),
    ) -> None:
        self._ledger, self._networks = ledger, networks
        self._max, self._give_up_after = max_per_run, give_up_after
        self._stop = threading.Event()

    def run(
        self,
        accounts: Sequence[str],
        *,
        only: Sequence[int] | None = None,
        wait: Callable[[Change], str] = lambda _: "",
    ) -> list[Change]:
        """Carry out what is planned and due, all accounts at the same time.

        :param only: just these deliveries, which a person named: no limit per run, no pause is waited for
        :param wait: why a change must wait, "" when it need not
        :returns: every change that was worked on, as it stands now
        """
        if not self._ledger.changes.planned():
            return []
        work = {name: self._due(name, only) for name in accounts}
        busy = [name for name, mine in work.items() if mine]
        if not busy:
            return []
        from crosspost.delivery.gentle_end import ends_gently  # most runs change nothing

        with ends_gently(), ThreadPoolExecutor(max_workers=len(busy), thread_name_prefix="account") as pool:
            work_on = partial(self._account, by_hand=only is not None, wait=wait)
            try:
                futures = [pool.submit(tracing.carried(work_on), name, work[name]) for name in busy]
                return [change for future in futures for change in future.result()]
            except BaseException:
                self._stop.set()  # Ctrl-C, SIGTERM or no ledger: finish what is in flight, begin nothing more
                raise

    def _due(self, account: str, only: Sequence[int] | None) -> list[Change]:
        changes = self._ledger.changes
        if only is not None:
            return [one for one in changes.all(states=["planned"], account=account) if one.delivery in only]
        return changes.all(states=["planned"], account=account, due=self._ledger.clock(), limit=self._max[account])

    def _account(
        self, account: str, work: Sequence[Change], by_hand: bool, wait: Callable[[Change], str]
    ) -> list[Change]:
        network, touched = self._networks[account], []
        for change in work:
            if self._stop.is_set() or not may_work(network, self._ledger, by_hand=by_hand):
                break
            if not by_hand and (why := wait(change)):
                self._ledger.changes.again(change, why, self._ledger.clock() + timedelta(minutes=5))
                continue
            self._ledger.certain()  # a run that lost its lock changes nothing more
            with tracing.about(account=account, delivery=change.delivery):
                touched.append(self._carry_out(self._ledger.changes.begin(change), network))
        return touched

    def _carry_out(self, change: Change, network: Network) -> Change:
        begun = self._ledger.clock()
        try:
            if network.abilities.edit if change.kind == "edit" else network.abilities.delete:
                introduce(network, self._ledger)  # else it refuses without asking anybody
            return self._edit(change, network) if change.kind == "edit" else self._take_back(change, network)
        except DeliveryError as error:
            return self._settle(change, error, network, begun)
        except (PostRefused, ConfigError, MediaError) as error:
            return self._settle(change, NotSent(str(error)), network, begun)
        except LedgerError:
            self._stop.set()
            raise
        except Exception as error:  # a mistake of ours or of a plug-in stops this change, never the others
            log.debug("unexpected", exc_info=True)
            why = f"{type(error).__name__}: {network.session.redact(message_of(error))}"
            said = f"{change.account}: a mistake in crosspost itself, please report it: {why}"
            return self._settle(change, NotSent(said), network, begun)

    def _edit(self, change: Change, network: Network) -> Change:
        row = self._ledger.get(change.delivery)
        if change.draft is None or row.state != "sent":
            return self._ledger.changes.settle(change, "failed", f"{change.account}: there is nothing to change")
        draft = after_edit(row.draft, change.draft, network)
        prepared = Prepared(draft=draft, handle=row.handle)
        others = row.draft is None or other_pictures(row.draft, draft)
        if others:
            prepared = network.prepare(prepared, lambda *_: None)
        receipt = network.edit(_receipt(row), prepared, pictures=others)
        stays = kept(differences(draft, change.draft, network), network)
        if stays:
            receipt = msgspec.structs.replace(receipt, notes=(*receipt.notes, f"{stays} stays as it was sent"))
        return self._ledger.changes.edited(change, draft, receipt)

    def _take_back(self, change: Change, network: Network) -> Change:
        """A thread is deleted from its end, so that no reply is left without the post it answers."""
        rows = self._ledger.deliveries(post=change.post, account=change.account)
        for row in sorted(rows, key=lambda row: row.part, reverse=True):
            if row.state not in ("planned", "sending", "unknown", "held", "sent"):
                continue
            receipt = self._where(row, network)
            if receipt is not None:
                network.delete(receipt)
            self._ledger.changes.taken_back(row.id, anew(row, self._ledger.fact(ID)))
        return self._ledger.changes.settle(change, "done")

    def _where(self, row: Delivery, network: Network) -> Receipt | None:
        """What is to be deleted; None when nothing is out.

        :raises NotSent: when that has to be found out first
        :raises Unsupported: when only a person can
        """
        if row.state == "sent":
            return _receipt(row)
        if row.kept_until is not None:  # its id is the same before its time and after it
            return Receipt(id=row.prepared.taken, url="", at=row.kept_until)
        if row.state == "held" and row.publishing_at is not None:
            raise Unsupported(f"{row.account}: it may be out; look, then `crosspost settle {row.id}`")
        if row.state in ("sending", "unknown"):
            raise NotSent(f"{row.account}: it may be out; the next run looks for it")
        try:
            return network.find(row.prepared, row.publishing_at) if row.publishing_at is not None else None
        except TurnedDown:
            return None

    def _settle(self, change: Change, error: DeliveryError, network: Network, begun: datetime) -> Change:
        """What an error means. Doubt is none here: what may have been done already can be done again."""
        changes, now, why = self._ledger.changes, self._ledger.clock(), str(error)
        if isinstance(error, Unsupported):
            return changes.settle(change, "left", why)
        if isinstance(error, Rejected) and not slept(begun, now):
            return changes.settle(change, "failed", why)
        if pause_account(network, error, self._ledger):
            return changes.again(change, why, now)
        if exhausted(change.tried_at, change.attempts, now, self._give_up_after):
            return changes.settle(change, "failed", f"given up after {in_hours(self._give_up_after)}: {why}")
        return changes.again(change, why, now + pause(change.delivery, change.attempts))


def _receipt(row: Delivery) -> Receipt:
    """The network's answer of then.

    :raises Unsupported: when a person said that it is out, and nobody knows the network's id of it
    """
    if not row.receipt:
        where = row.url or "the account"
        raise Unsupported(f"{row.account}: the network's id of the post is not known; do it yourself on {where}")
    return Receipt(id=row.receipt, url=row.url, at=row.sent_at or row.updated_at)
