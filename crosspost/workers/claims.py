"""The queue that needs nothing but the database: workers take what no other one has."""

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.offers import Offers
from crosspost.ledger.postgresql.turns import SharedTurns
from crosspost.workers.outage import Outage

#: deliveries of one account in a row, before others have their turn
_IN_A_ROW = 5
#: seconds until somebody who found nothing looks again, and until somebody tries again whom the database refused
_IDLE, _AWAY = 0.5, 5.0


class ClaimQueue:
    """See :class:`crosspost.workers.queue.Queue`."""

    def __init__(self, address: Address, accounts: Sequence[str]) -> None:
        self._offers, self._turns = Offers(address), SharedTurns(address)
        self._only = list(accounts)
        self._outage = Outage("the database")

    def offer(self, due: Sequence[Delivery]) -> None:
        self._offers.add((row.id, row.account) for row in due)

    def work(
        self, deliver: Callable[[int], None], concurrency: int, stop: threading.Event, able: Callable[[], bool]
    ) -> None:
        with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="worker") as pool:
            left = {pool.submit(self._slot, deliver, stop, able) for _ in range(concurrency)}
            try:
                while left:  # a signal may reach another thread: this one must wake up by itself to handle it
                    done, left = wait(left, timeout=_IDLE, return_when=FIRST_EXCEPTION)
                    for slot in done:
                        slot.result()
            except BaseException:
                stop.set()  # else the others would go on for ever
                raise

    def close(self) -> None:
        self._offers.close()
        self._turns.close()

    def _slot(self, deliver: Callable[[int], None], stop: threading.Event, able: Callable[[], bool]) -> None:
        # each begins somewhere else, so that they do not all ask for the turn on the same account
        after = random.choice("abcdefghijklmnopqrstuvwxyz")  # noqa: S311  # no secret
        while not stop.is_set():
            try:
                found = self._some(after, deliver, stop, able) or self._some("", deliver, stop, able)
            except CrosspostError as error:
                self._outage.begins(error)
                stop.wait(_AWAY)
                continue
            self._outage.ends()
            after = found
            if not found:
                stop.wait(_IDLE * random.uniform(0.5, 1.5))  # noqa: S311  # the same

    def _some(self, after: str, deliver: Callable[[int], None], stop: threading.Event, able: Callable[[], bool]) -> str:
        """Deliver some of the next account that nobody works on; its name, "" when there is none."""
        while not stop.is_set() and (after := self._offers.next_account(after, self._only)):
            if not able():  # others may be: nothing is taken from them
                stop.wait(_AWAY)
                return ""
            if not self._turns.take(after):
                continue
            try:
                for _ in range(_IN_A_ROW):
                    if stop.is_set() or not able() or (number := self._offers.take(after)) is None:
                        break
                    deliver(number)
            finally:
                self._turns.give_back(after)
            return after
        return ""
