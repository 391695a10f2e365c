"""The queue that needs nothing but the database: workers take what no other one has."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.offers import Offers
from crosspost.workers.outage import Outage

#: deliveries of one site in a row, be they of one account or of several, before others have their turn: what a site is
#: delivered with takes longer to open than a delivery takes, and is closed again when others had their turn
_IN_A_ROW = 5
#: seconds until somebody who found nothing looks again, and until somebody tries again whom the database refused
_IDLE, _AWAY = 0.5, 5.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ClaimQueue:
    """See :class:`crosspost.workers.delivery_queue.Queue`."""

    def __init__(self, address: Address, accounts: Sequence[str]) -> None:
        self._offers = Offers(address)
        self._only = list(accounts)
        self._outage = Outage("the database")
        self._bell = _Bell()
        self._handed_out = ""  # the site for which this process handed something out last

    def offer(self, site: str, due: Sequence[Delivery]) -> None:
        self._offers.add(site, ((row.id, row.account) for row in due))
        self._handed_out = site
        self._bell.ring()

    def work(
        self, deliver: Callable[[str, int], None], concurrency: int, stop: threading.Event, able: Callable[[str], bool]
    ) -> None:
        with ThreadPoolExecutor(max_workers=concurrency + 1, thread_name_prefix="worker") as pool:
            left = {pool.submit(self._slot, deliver, stop, able) for _ in range(concurrency)}
            left.add(pool.submit(self._end, stop))
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

    def _end(self, stop: threading.Event) -> None:
        stop.wait()
        self._bell.ring()  # who has nothing to do ends at once

    def _slot(self, deliver: Callable[[str, int], None], stop: threading.Event, able: Callable[[str], bool]) -> None:
        # each begins somewhere else, so that they do not all ask for the turn on the same account
        place = _Place(random.choice(_LETTERS))  # noqa: S311  # no secret
        while not stop.is_set():
            heard = self._bell.rung
            try:
                found = self._some(place, deliver, stop, able)
            except CrosspostError as error:
                self._outage.begins(error)
                stop.wait(_AWAY)
                continue
            self._outage.ends()
            if not found and self._bell.wait(heard, _IDLE * random.uniform(0.5, 1.5)):  # noqa: S311  # the same
                # workers look at different sites: so each sends for other ones, and opens what the others do not
                place.first = self._handed_out

    def _some(
        self,
        place: "_Place",
        deliver: Callable[[str, int], None],
        stop: threading.Event,
        able: Callable[[str], bool],
    ) -> bool:
        """Deliver some of the next site that has something, whatever the others have; whether there was such."""
        seen = set[str]()
        while not stop.is_set() and (site := place.first or self._offers.next_site(place.site)) and site not in seen:
            seen.add(site)
            place.site, place.first = site, ""
            if able(site) and self._some_of(site, place.accounts, deliver, stop, able):
                return True
        return False

    def _some_of(
        self,
        site: str,
        accounts: dict[str, str],
        deliver: Callable[[str, int], None],
        stop: threading.Event,
        able: Callable[[str], bool],
    ) -> bool:
        """Deliver some of the next accounts of a site that nobody works on; whether there was one."""
        left, found = _IN_A_ROW, False
        ended: tuple[str, list[int]] | None = None  # the account that has the turn still, and what is done there
        try:
            for account in self._accounts(site, accounts.get(site) or random.choice(_LETTERS)):  # noqa: S311  # the same
                if stop.is_set():
                    break
                numbers, ended = self._offers.take(site, account, left, ended), None
                if numbers is None:
                    continue
                accounts[site], found = account, True
                ended = account, []
                self._row(site, numbers, ended[1], deliver, stop, able)
                left -= len(ended[1])
                if not left or len(ended[1]) < len(numbers):
                    break
        finally:
            if ended is not None:
                self._offers.give_back(site, *ended)
        return found

    def _accounts(self, site: str, last: str) -> Iterator[str]:
        """The accounts of a site with offers, each once: those that follow the last one by name, then the others."""
        for after, until in ((last, ""), ("", last)):
            names = [after]
            while names:
                names = self._offers.next_accounts(site, names[-1], self._only, _IN_A_ROW)
                yield from (name for name in names if not until or name <= until)
                if len(names) < _IN_A_ROW or (until and names[-1] > until):
                    break

    def _row(
        self,
        site: str,
        numbers: Sequence[int],
        done: list[int],
        deliver: Callable[[str, int], None],
        stop: threading.Event,
        able: Callable[[str], bool],
    ) -> None:
        """Deliver the oldest of an account while it is this slot's turn there."""
        for number in numbers:
            if stop.is_set() or not able(site):
                break
            deliver(site, number)
            done.append(number)


class _Bell:
    """Wakes the slots that have nothing to do when this process hands something out: others tell it nothing.

    :ivar rung: how often; whoever looks for work notes it before, so that no ring is missed between look and sleep
    """

    def __init__(self) -> None:
        self._rings, self.rung = threading.Condition(), 0

    def ring(self) -> None:
        with self._rings:
            self.rung += 1
            self._rings.notify_all()

    def wait(self, heard: int, seconds: float) -> bool:
        """Wait until it has been rung more often than was heard, but not for longer than this; whether it has been."""
        with self._rings:
            return self._rings.wait_for(lambda: self.rung != heard, seconds)


@dataclass
class _Place:
    """Where a slot is: the site it was at last, the one it begins at if any, and of each site the account."""

    site: str
    accounts: dict[str, str] = field(default_factory=dict)
    first: str = ""
