"""What alerts are made of: what the ledger and the site know after a run."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crosspost.ledger import AccountState, Change, Delivery
from crosspost.ledger.history import Went
from crosspost.model import Doubt, Entry, Value

#: what a network cannot change is said once, not again and again: it is news for so long
NEWS = timedelta(days=2)


class Asked(Value, frozen=True, kw_only=True):
    """A delivery that waits for a yes; ``seen`` is a checksum of what it says, ``link`` says yes to that."""

    delivery: Delivery
    seen: str
    link: str = ""


class Situation(Value, frozen=True, kw_only=True):
    """What a run leaves behind.

    ``unsettled`` are all deliveries that are planned, sending, in doubt, held or failed; ``accounts`` the accounts in
    use, ``tokens`` when the token of an account ends, ``variables`` where it would be written; ``refused`` the posts
    that would go out if they could be read, ``changes`` what is to be changed in posts that are out, ``files`` the file
    of a post; ``doubts`` how a person is told of what is in doubt on an account; ``people`` those who may or may not
    have a mail, by delivery, ``noted`` what went out lately with something to be told, ``sent`` all that went out
    lately (:data:`NEWS`), ``held_back`` what was left out lately because too many posts appeared that are older than
    what is known, ``unwritten`` what could not be written back into the site, ``unrecorded`` which records of articles
    could not be written. ``last_sent`` is when anything went out, ``silence`` how long that may be while posts are due
    (0: for ever); ``clock`` is what is wrong with this machine's clock, a clause; ``elsewhere`` why nothing counts as
    deleted. ``asked`` is what waits for a yes. ``unfetched`` is why the newest posts of a git address are not here.
    """

    now: datetime
    unsettled: tuple[Delivery, ...] = ()
    accounts: tuple[AccountState, ...] = ()
    tokens: Mapping[str, datetime] = {}
    variables: Mapping[str, str] = {}
    refused: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()
    files: Mapping[str, str] = {}
    sent: tuple[Delivery, ...] = ()
    elsewhere: str = ""
    doubts: Mapping[str, Doubt] = {}
    people: tuple[tuple[Delivery, tuple[str, ...]], ...] = ()
    noted: tuple[Went, ...] = ()
    held_back: tuple[Delivery, ...] = ()
    unwritten: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    last_sent: datetime | None = None
    silence: timedelta = timedelta(days=3)
    clock: str = ""
    asked: tuple[Asked, ...] = ()
    unfetched: str = ""

    def doubt(self, row: Delivery) -> Doubt:
        """How a person is told of this delivery, should it be in doubt."""
        return self.doubts.get(row.account, Doubt())
