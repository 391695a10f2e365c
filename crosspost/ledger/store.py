"""What crosspost remembers: every delivery, its state, and everything needed to find out whether it is out.

    before                       existed before the account's first run; not sent
    planned → sending → sent     the way it should go
              sending → failed   refused for good, or given up
              sending → planned  certainly not out: again at ``due_at``
              sending → unknown → sent | planned | held
                                 it may be out: looked for on the network, never blindly sent again
    skipped                      the post says not to

A post may be said in parts, a thread: the delivery of the next part is planned in the same moment in which the one
before it becomes ``sent``, whoever found that out, and knows which post it answers.
"""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from crosspost.errors import LedgerError
from crosspost.ledger.accounts import Accounts
from crosspost.ledger.changes import Changes
from crosspost.ledger.connection import connect, connect_to_read
from crosspost.ledger.deliveries import Deliveries
from crosspost.ledger.facts import Facts
from crosspost.ledger.history import History
from crosspost.ledger.notices import Notices
from crosspost.ledger.posts import Posts


class Ledger(Deliveries, Accounts, Facts):
    """The ledger of one installation.

    :param path: the SQLite file
    :param clock: gives the present moment, with a zone
    :param read_only: open it without changing a byte; every change then fails
    :ivar posts: what is known of each post's file
    :ivar changes: what is to be changed in what is out
    :ivar notices: what somebody was told
    :ivar history: what went out, newest first
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], *, read_only: bool = False) -> None:
        super().__init__(path, clock, connect_to_read(path) if read_only else connect(path))
        self.posts = Posts(path, clock, self._engine)
        self.changes = Changes(path, clock, self._engine)
        self.notices = Notices(path, clock, self._engine)
        self.history = History(path, clock, self._engine)
        #: see :mod:`crosspost.ledger.presence`: called while there is work, and at the end
        self.present = lambda: None
        self.leave: Callable[[], None] = lambda: None
        #: see :mod:`crosspost.ledger.marks`: called before each irreversible request
        self.mark = lambda _count: None
        #: the accounts of the config, also those that are switched off; empty when nobody said
        self.configured: frozenset[str] = frozenset()
        #: since when accounts that can be read are looked at before something is sent there, although nothing tells
        #: that anything is missing; None when that need not be
        self.careful_since: datetime | None = None

    def close(self) -> None:
        with contextlib.suppress(LedgerError):  # whoever cannot write "done" must not hide why it ended
            self.leave()
        self._engine.dispose()
