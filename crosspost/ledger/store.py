"""The ledger: every delivery, its state, and everything needed to find out whether it is out.

    before                       existed before the account's first run; not sent
    planned → sending → sent     the normal case
              sending → failed   refused for good, or given up
              sending → planned  certainly not out: retry at ``due_at``
              sending → unknown → sent | planned | held
                                 it may be out: looked for on the network, never blindly sent again
              sending → unknown → sent
                                 the network took it ahead of its time, and shows it then (``kept_until``)
    skipped                      the post's settings exclude it

A post may go out in parts, as a thread: the next part is planned in the same transaction that marks the part before it
as ``sent``, and stores which post it replies to.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from crosspost.errors import LedgerError
from crosspost.ledger.accounts import Accounts
from crosspost.ledger.approvals import Approvals
from crosspost.ledger.audit import Audit
from crosspost.ledger.changes import Changes
from crosspost.ledger.connection import connect, connect_to_read
from crosspost.ledger.edits import Edits
from crosspost.ledger.facts import Facts
from crosspost.ledger.history import History
from crosspost.ledger.keeping import Keeping
from crosspost.ledger.listing import Listing
from crosspost.ledger.notices import Notices
from crosspost.ledger.posts import Posts
from crosspost.ledger.search import Search

if TYPE_CHECKING:
    from pathlib import Path

    from crosspost.ledger.account_locks import Turns
    from crosspost.ledger.bulk_decisions import ByHand
    from crosspost.ledger.connection import Where
    from crosspost.ledger.deletions import Deletions
    from crosspost.ledger.handed_out import HandedOut
    from crosspost.ledger.idle_state import IdleState
    from crosspost.ledger.metering import Metering
    from crosspost.ledger.postgresql.address import Address
    from crosspost.ledger.responses import ResponseStore
    from crosspost.ledger.sent_webmentions import WebmentionStore


class Ledger(Keeping, Accounts, Facts):
    """The ledger of one installation.

    :param path: the SQLite file, or the address of a PostgreSQL database
    :param clock: returns the current time, with a time zone
    :param read_only: open it without changing a byte; every change then fails
    :param vouched: whether its file is known to be whole
    :ivar posts: the state of each post's file
    :ivar changes: pending edits and deletions
    :ivar notices: alerts
    :ivar history: what went out, newest first
    :ivar listing: deliveries page by page
    :ivar search: deliveries by their words
    :ivar edits: what people changed beside the files
    :ivar approvals: who said yes to which text
    :ivar audit: who changed what by hand
    """

    def __init__(
        self, path: "Where", clock: Callable[[], datetime], *, read_only: bool = False, vouched: bool = False
    ) -> None:
        super().__init__(path, clock, connect_to_read(path) if read_only else connect(path, vouched=vouched))
        self.posts = Posts(path, clock, self._database)
        self.changes = Changes(path, clock, self._database)
        self.notices = Notices(path, clock, self._database)
        self.history = History(path, clock, self._database)
        self.listing = Listing(path, clock, self._database)
        self.search = Search(path, clock, self._database)
        self.edits = Edits(path, clock, self._database)
        self.approvals = Approvals(path, clock, self._database)
        self.audit = Audit(path, clock, self._database)
        self._turns_in: Path | None = None
        #: called during work, and at the end; see :mod:`crosspost.ledger.machine_guard`
        self.present = lambda: None
        self.leave: Callable[[], None] = lambda: None
        self.certain = lambda: None
        #: called when the file is closed; see :mod:`crosspost.ledger.integrity_stamp`
        self.left: Callable[[], None] = lambda: None
        #: called before each irreversible request; see :mod:`crosspost.ledger.counter_marks`
        self.mark = lambda _count: None
        #: the accounts of the config, including disabled ones; empty when not set
        self.configured: frozenset[str] = frozenset()
        #: check readable accounts for posts since then before sending there, although there is only a weak sign that
        #: anything is missing; None: not needed
        self.careful_since: datetime | None = None

    @cached_property
    def turns(self) -> "Turns":
        """Which accounts this process works on, where others may do so at the same time; imported where one does."""
        from crosspost.ledger.account_locks import turns_of

        return turns_of(self.path, self._turns_in)

    def take_turns_in(self, folder: "Path") -> None:
        """Other ledgers have accounts of this one, too: where all of them have their lock files."""
        self._turns_in = folder

    @cached_property
    def deletions(self) -> "Deletions":
        """The changes that posts which are gone lead to, many at once; imported where there are any."""
        from crosspost.ledger.deletions import Deletions

        return Deletions(self.path, self.clock, self._database)

    @cached_property
    def handed(self) -> "HandedOut":
        """Deliveries that were handed out; imported where a worker is at work."""
        from crosspost.ledger.handed_out import HandedOut

        return HandedOut(self.path, self.clock, self._database)

    @cached_property
    def idle(self) -> "IdleState":
        """Whether it has nothing to do for a while; imported where a look may leave a stamp."""
        from crosspost.ledger.idle_state import IdleState

        return IdleState(self.path, self.clock, self._database)

    @cached_property
    def responses(self) -> "ResponseStore":
        """What came back to what is out; imported where that is asked for."""
        from crosspost.ledger.responses import ResponseStore

        return ResponseStore(self.path, self.clock, self._database)

    @cached_property
    def webmentions(self) -> "WebmentionStore":
        """Which pages the site's pages were said to link to; imported where that is asked for."""
        from crosspost.ledger.sent_webmentions import WebmentionStore

        return WebmentionStore(self.path, self.clock, self._database)

    @cached_property
    def by_hand(self) -> "ByHand":
        """What a person decides about many deliveries at once; imported where somebody does."""
        from crosspost.ledger.bulk_decisions import ByHand

        return ByHand(self.path, self.clock, self._database)

    @cached_property
    def metering(self) -> "Metering":
        """What is measured of it; imported where somebody measures."""
        from crosspost.ledger.metering import Metering

        return Metering(self.path, self.clock, self._database)

    def watch_over(self, address: "Address", *, leased: bool) -> None:
        """Have each claim and each irreversible request make sure first that this process may send.

        :param leased: whether it works without the run lock
        :raises LedgerError: when it may not
        """
        from crosspost.ledger.postgresql.clock_and_lock import Certainty

        self.certain = Certainty(address, self._database, leased=leased)
        self.certain()

    def close(self) -> None:
        """Sign off and close the file; once more does nothing.

        :raises LedgerError: when signing off could not be written down; not while another error is on its way, which
            says more
        """
        failing = sys.exception() is not None
        leave, self.leave = self.leave, lambda: None
        try:
            leave()
        except LedgerError:
            if not failing:
                raise
        finally:
            if "turns" in self.__dict__:
                self.turns.close()
            self._database.close()
            self.left()
