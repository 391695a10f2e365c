"""One account's part of a run: find out about what is in doubt, then deliver what is due, one after the other."""

import logging
from collections.abc import Callable, Iterable, Iterator

from crosspost import tracing
from crosspost.delivery import clock_skew
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.attempt import Attempt, traced
from crosspost.delivery.backoff import may_work, pause, pause_account
from crosspost.delivery.broken_pictures import release_repaired
from crosspost.delivery.reconcile import look
from crosspost.delivery.results import Touched
from crosspost.delivery.run_context import Run
from crosspost.errors import DeliveryError, LedgerError
from crosspost.ledger import AccountState, Delivery, LeaseLostError
from crosspost.ledger.handed_out import Handed
from crosspost.model import Entry

log = logging.getLogger("crosspost.delivery")


class AccountWorker:
    """Works on the deliveries of one account, in a thread of its own."""

    def __init__(self, run: Run, account: str) -> None:
        self._run, self._account = run, account
        self._touched = Touched(run.listener.report)

    def work(self) -> list[Delivery]:
        """Do all there is to do.

        :returns: every delivery that was touched, as it stands now
        :raises LedgerError: when nothing more can be written down
        """
        try:
            self._work()
            self._touched.rest()
        finally:
            self._run.listener.done(self._account)
        return self._touched.rows

    def deliver(self, handed: Handed) -> list[Delivery]:
        """Deliver one that was handed out, if it still may go.

        :returns: what was touched, as it stands now
        :raises LedgerError: when nothing more can be written down
        """
        run, network = self._run, self._run.networks[self._account]
        try:
            looked = run.ledger.elsewhere.look(self._account)
            known = run.ledger.account(self._account) if looked else handed.account
            if may_work(network, run.ledger, by_hand=False, known=known):
                for due in self._still_due(handed.delivery):
                    for settled in self._thread(due, run.entries[due.post], known):
                        self._touched.add(settled)
                clock_skew.remember(network, run.ledger, known)
                if any(row.state != "sent" for row in self._touched.rows):  # else it was written down with that
                    self._remember_limits()
        except LeaseLostError as error:
            log.warning("%s", error)
        self._touched.rest()
        return self._touched.rows

    def _still_due(self, delivery: Delivery) -> list[Delivery]:
        run = self._run
        if delivery.state != "planned" or delivery.due_at > run.ledger.clock():
            return []
        return run.ready(self._account, [delivery])

    def _work(self) -> None:
        run, network = self._run, self._run.networks[self._account]
        try:
            if not may_work(network, run.ledger, by_hand=run.by_hand):
                return
            self._look_around()
            looked, sure = run.caution.look(network, run.entries, only=run.by_hand)
            for delivery in looked:
                self._touched.add(delivery)
            if not sure:
                return
            release_repaired(network, run.entries, run.ledger, run.posts)
            self._each(run.chosen(self._account), self._thread)
            self._each(run.ahead(self._account), self._ahead)
            self._look_around()  # a post in doubt is often found at once
            clock_skew.remember(network, run.ledger)
            self._remember_limits()
        except LeaseLostError as error:
            log.warning("%s", error)
        except LedgerError:
            run.stop.set()
            raise

    def _each(
        self, rows: Iterable[Delivery], deliver: Callable[[Delivery, Entry, AccountState], Iterator[Delivery]]
    ) -> None:
        run, network = self._run, self._run.networks[self._account]
        for delivery in rows:
            if not run.by_hand:  # a person's wish goes before a pause that another site knows of
                run.ledger.elsewhere.look(self._account)
            known = run.ledger.account(self._account)
            if run.stop.is_set() or not may_work(network, run.ledger, by_hand=False, known=known):
                break
            for settled in deliver(delivery, run.entries[delivery.post], known):
                self._touched.add(settled)

    def _remember_limits(self) -> None:
        from crosspost.delivery import quotas  # a run with nothing due has no use for it

        quotas.remember(self._run.networks[self._account], self._run.ledger)

    def _thread(self, delivery: Delivery, entry: Entry, known: AccountState) -> Iterator[Delivery]:
        """Deliver, and go on with the following parts for as long as the one before is out.

        :param known: the account as it is just now
        """
        run = self._run
        following: Delivery | None = delivery
        now_known: AccountState | None = known
        while following is not None and not run.stop.is_set():
            attempt = Attempt(run, following, entry, now_known)
            settled = run.gate.stopped(following, entry, by_hand=run.by_hand) or attempt.make()
            if settled is None:
                return
            yield settled
            following, now_known = run.ledger.following(settled), None

    def _ahead(self, delivery: Delivery, entry: Entry, known: AccountState) -> Iterator[Delivery]:
        """Hand it over ahead of its time, unless something speaks against that by now."""
        run = self._run
        if run.gate.open_ahead(delivery, entry):
            settled = Attempt(run, delivery, entry, known, ahead=True).make()
            if settled is not None:
                yield settled

    def _look_around(self) -> None:
        """Look for every delivery of which nobody knows whether it is out."""
        network, ledger = self._run.networks[self._account], self._run.ledger
        for delivery in self._run.doubtful(self._account):
            if not may_work(network, ledger, by_hand=False):
                return
            try:
                with tracing.span("look", traced(delivery)):
                    if delivery.publishing_at is not None:
                        introduce(network, ledger)
                    seen = look(delivery, network, ledger, pause=lambda n, d=delivery: pause(d.id, n))  # type: ignore[misc]
            except DeliveryError as error:
                pause_account(network, error, ledger)
                seen = delivery
            if seen.state != "held" or delivery.state != "held":
                self._touched.add(seen)
