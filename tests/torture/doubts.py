"""Why a delivery was in doubt, and how that ended: each time, from the ledger's own history.

A trigger in the database writes down each change of a delivery's state, in the transaction that makes it. A doubt names
the lease that was lost, so the process that had it, and the storm knows what it did to that process.
"""

import contextlib
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from crosspost.app.sites.site_choice import every_site
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.reconnecting import connection_to
from crosspost.testing.harness import Place
from tests.torture.books import STILL_OPEN, UNEXPLAINED, Result

#: what happens to a process that wakes after its lease
STOOD_STILL = "frozen past its lease"
#: what crosspost says of a list of recipients that it has not come to the end of
_ROUNDS = re.compile(r"follows? in the next run")
#: why a delivery is in doubt whose process did not say it itself
_INTERRUPTED = "crosspost was interrupted here"
_COLUMNS = "n, at, delivery, account, was, becomes, lease, begun, remote, error"
_TABLE = """CREATE TABLE storm_history (n {counter} PRIMARY KEY, at DOUBLE PRECISION, delivery INTEGER, account TEXT,
    was TEXT, becomes TEXT, lease TEXT, begun TEXT, remote TEXT, error TEXT)"""
_NOTE = f"""INSERT INTO storm_history ({_COLUMNS.removeprefix("n, ")}) VALUES ({{now}}, NEW.id, NEW.account,
    OLD.state, NEW.state, coalesce(OLD.lease, NEW.lease), NEW.publishing_at, NEW.remote, NEW.error)"""
_SQLITE = f"""{_TABLE.format(counter="INTEGER")};
CREATE TRIGGER storm_note AFTER UPDATE OF state ON deliveries WHEN OLD.state <> NEW.state
BEGIN {_NOTE.format(now="(julianday('now') - 2440587.5) * 86400.0")}; END"""
_POSTGRESQL = f"""{_TABLE.format(counter="BIGSERIAL")};
CREATE FUNCTION storm_note() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$ BEGIN {_NOTE.format(now="extract(epoch FROM clock_timestamp())")}; RETURN NULL; END $$;
CREATE TRIGGER storm_note AFTER UPDATE OF state ON deliveries FOR EACH ROW WHEN (OLD.state <> NEW.state)
EXECUTE FUNCTION storm_note()"""
#: seconds by which what a storm notes may be late
_LATE = 2.0


class Event(NamedTuple):
    """Something that was done to a process, or to all of them.

    :ivar pid: 0 for all
    :ivar until: when it was over; who has a lease that was begun after that is not concerned
    :ivar account: which one it can concern; "" for any
    """

    at: float
    what: str
    pid: int
    until: float
    account: str


class Change(NamedTuple):
    """One change of a delivery's state, and what stood in its row then."""

    number: int
    at: float
    delivery: int
    account: str
    was: str
    becomes: str
    lease: str | None
    begun: str | None
    remote: str
    error: str

    @property
    def pid(self) -> int:
        """The process that had the lease."""
        return int((self.lease or ":0/").partition("/")[0].rpartition(":")[2])


@dataclass
class Events:
    """What a storm did, and when."""

    every: list[Event] = field(default_factory=list)

    def note(self, what: str, pid: int = 0, *, seconds: float = 0, since: float = 0, account: str = "") -> None:
        """:param seconds: for how long it goes on from now
        :param since: when it began; 0: now
        """
        now = time.time()
        self.every.append(Event(since or now, what, pid, now + seconds, account))

    def between(self, begin: float, end: float) -> Iterator[Event]:
        """What had an effect meanwhile, the latest first."""
        found = (one for one in self.every if one.at <= end + _LATE and one.until >= begin - _LATE)
        return iter(sorted(found, key=lambda one: one.at, reverse=True))


def watch(place: Place) -> None:
    """Have every ledger write its history from now on."""
    for ledger in _places(place):
        if isinstance(ledger, Path):
            with contextlib.closing(sqlite3.connect(ledger)) as file:
                file.executescript(_SQLITE)
        else:
            with contextlib.closing(connection_to(ledger)) as database:
                database.execute(_POSTGRESQL, prepare=False)


def explain(result: Result, place: Place, events: Events) -> None:
    """Count each doubt of every ledger."""
    for ledger in _places(place):
        count(result, history(ledger), events)


def count(result: Result, changes: list[Change], events: Events) -> None:
    """Count each doubt of a ledger by its cause and its end."""
    for _, of_one in groupby(sorted(changes, key=lambda one: (one.delivery, one.number)), key=lambda one: one.delivery):
        known = list(of_one)
        for at, change in enumerate(known):
            if change.was == "sending" and change.becomes in ("unknown", "held"):
                cause, end = _cause(change, known[:at], events), _end(change, known[at + 1 :])
                result.doubts[cause, end] += 1
                if cause == UNEXPLAINED or end == STILL_OPEN:
                    result.reasons[f"{change.account}: a doubt, {cause}, {end}: {change.error[:150]}"] += 1


def _places(place: Place) -> list[Path | Address]:
    return [app.ledger_place() for app in every_site(place.app)]


def history(ledger: Path | Address) -> list[Change]:
    """Each change of a delivery's state."""
    asked = f"SELECT {_COLUMNS} FROM storm_history"
    if isinstance(ledger, Path):
        with contextlib.closing(sqlite3.connect(ledger)) as file:
            return [Change(*row) for row in file.execute(asked)]
    with contextlib.closing(connection_to(ledger)) as database:
        return [Change(*row) for row in database.execute(asked).fetchall()]


def _cause(doubt: Change, before: list[Change], events: Events) -> str:
    """What was done to the process whose doubt it is, while it had the lease."""
    if doubt.becomes == "held":
        return "refused, after an attempt that was in doubt"
    if '"taken":"' in doubt.remote:
        return "the network looks at it first"
    if _ROUNDS.search(doubt.error):
        return "a newsletter that goes out in rounds"
    claimed = next((one.at for one in reversed(before) if one.lease == doubt.lease), doubt.at)
    found = [one for one in events.between(claimed, doubt.at) if one.account in ("", doubt.account)]
    mine = [one for one in found if one.pid == doubt.pid]
    died = [one for one in mine if one.what.startswith("killed")]
    stood = [one for one in mine if one.what == STOOD_STILL]
    lived = [one for one in mine if one not in died and one not in stood]
    if doubt.error != _INTERRUPTED:
        died = []  # one that says by itself that it is in doubt did not die of it
    return next((one.what for one in (*died, *stood, *lived, *(each for each in found if not each.pid))), UNEXPLAINED)


def _end(doubt: Change, after: list[Change]) -> str:
    """What became of it."""
    if doubt.becomes == "held":
        return "waits for a person"
    ended = next((one for one in after if one.was == "unknown"), None)
    if ended is None:
        return STILL_OPEN
    if ended.becomes == "planned" and ended.begun and '"journal"' in doubt.remote:
        return "went on: the others get theirs"
    if ended.becomes == "planned":
        return "sent again: nothing was out" if ended.begun is None else "sent again: proved, or guarded"
    ends = {"sent": "found: it was out", "held": "waits for a person", "failed": "turned down"}
    return ends.get(ended.becomes, UNEXPLAINED)
