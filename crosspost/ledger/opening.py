"""Opens the ledger after checking that it is the right file and that nothing is out that it does not know."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger import backups, copy_detection, integrity_stamp, location, machine_guard
from crosspost.ledger.counter_marks import Mark, Marks
from crosspost.ledger.facts import COUNT, HOMES, ID, MOVED, ORIGIN, REBUILT, Count, Suspicion, decoded
from crosspost.ledger.location import Here, here
from crosspost.ledger.store import Ledger
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

_LOST = {
    "none": "is missing, although there was one",
    "empty": "is empty, although there was a ledger",
    "foreign": "is another program's database, although there was a ledger",
}


class Outside(Value, frozen=True, kw_only=True):
    """What is known besides the file: the user's folder for marks (None: there is none), and whether the ledger is
    carried to another machine for each run, as build services do; one in a database is on every machine."""

    home: Path | None = None
    moves: bool = False


def lost(path: "Where", outside: Outside) -> str:
    """Why a first run must not start here: there was a ledger before. "" when there is one, or never was one."""
    there = inside(path)
    return _lost(path, there, _marks(path, outside)) if there != "ledger" else ""


def open_to_write(
    path: "Where", clock: Callable[[], datetime], outside: Outside, *, anew: bool = False, leased: bool = False
) -> Ledger:
    """Open the ledger, back it up once a day, and register this machine as working on it.

    :param anew: allow a ledger that is missing, empty or a copy, because the caller handles that
    :param leased: whether the caller works without the run lock, by the leases of single deliveries alone
    :raises LedgerError: when it cannot be used, or another machine is working on it
    """
    if not anew and (reason := _another(path) or lost(path, outside)):
        raise LedgerError(reason)
    checked = integrity_stamp.vouched(path, clock()) if isinstance(path, Path) else None
    ledger = Ledger(path, clock, vouched=checked is not None)
    try:
        if not isinstance(path, Path):
            ledger.watch_over(path, leased=leased)
        marks, at = _marks(path, outside), here(beside(path))
        if not anew:
            _refuse(ledger, ledger.facts(), marks)
        facts = _identified(ledger)
        _keep_marks(ledger, facts, marks, at)
        _doubt(ledger, facts, marks, at, outside)
        full = COUNT in facts or not is_empty(ledger)
        if full and COUNT not in facts:  # a ledger of an earlier version
            ledger.advance()
        if isinstance(path, Path):
            _look_after(ledger, path, checked, copied=full and not facts.get(backups.COPY))
    except BaseException:
        ledger.close()
        raise
    return ledger


def doubt(ledger: Ledger, outside: Outside) -> Suspicion | None:
    """Why the next run will check the accounts before it sends anything; None without a reason. Changes nothing."""
    facts, at = ledger.facts(), here(beside(ledger.path))
    found = _strong(ledger, facts, ledger.origin(), _marks(ledger.path, outside), at, outside)
    return found[0] if found is not None else ledger.open_doubt


def adopt(ledger: Ledger, outside: Outside) -> Suspicion | None:
    """Accept this file as the ledger, because a person says so, and write its marks.

    :returns: the doubt that this ends; None when there was none
    """
    facts = _identified(ledger)
    marks, at, known = _marks(ledger.path, outside), here(beside(ledger.path)), _known(facts)
    found = _strong(ledger, facts, origin := ledger.origin(), marks, at, outside)
    doubted = found[0] if found is not None else ledger.open_doubt
    for name in (backups.COPY, MOVED, REBUILT):
        ledger.keep_fact(name, "")
    ledger.keep_doubt(None)
    _keep_origin(ledger, facts, origin)
    _keep_marks(ledger, facts, marks, at)
    if not outside.moves:
        ledger.keep_homes({**known.homes, at.machine: _kept(at)})
    ledger.advance(found[1] if found is not None else 0)
    marks.forget_others(facts.get(ID, ""))
    return doubted


def is_empty(ledger: Ledger) -> bool:
    """Whether the ledger is empty, as before a first run."""
    started = any(state.started_at is not None for state in ledger.account_states().values())
    return not started and not ledger.posts.any()


def beside(path: "Where") -> Path:
    """The file that the marks, the lock and the caches of this machine stand beside; of a database, none is there."""
    return path if isinstance(path, Path) else path.beside


def inside(path: "Where") -> Literal["none", "empty", "foreign", "ledger"]:
    """What is there now.

    :raises LedgerError: when a database cannot be reached
    """
    if isinstance(path, Path):
        return location.inside(path)
    from crosspost.ledger.postgresql.connection import found_in

    return found_in(path)


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _another(path: "Where") -> str:
    """The error message when there is a ledger in the database and another one in the file of before; else ""."""
    if isinstance(path, Path):
        return ""
    from crosspost.ledger.postgresql.former_file import ledger_of_before

    return ledger_of_before(path)


def _marks(path: "Where", outside: Outside) -> Marks:
    return Marks(beside(path), outside.home, str(path))


def _look_after(ledger: Ledger, path: Path, checked: datetime | None, *, copied: bool) -> None:
    """What a file needs: a copy a day, a word for other machines, and a stamp when it is closed. A database's server is
    made for many machines and is copied by its own means.
    """
    if copied:
        backups.daily(path, ledger.clock())
    machine_guard.arrive(ledger, machine_guard.machine())
    whole = checked or ledger.clock()
    ledger.left = lambda: integrity_stamp.vouch(path, whole)


def _lost(path: "Where", what: str, marks: Marks) -> str:
    """The error message when something shows that there was a ledger; else ""."""
    trace = next(marks.of_this_place(), None) or next(reversed(backups.traces(marks.path)), None)
    if trace is None:
        return ""
    return (
        f"{path} {_LOST[what]} (as {trace} shows). Nothing was sent. Restore a backup of it, or let `crosspost ledger "
        "rebuild` find on the accounts what is out. To start over, with every post of today counted as old: "
        "`crosspost ledger adopt`. See `crosspost help ledger`"
    )


def _refuse(ledger: Ledger, facts: Mapping[str, str], marks: Marks) -> None:
    """:raises LedgerError: for a backup, an unfinished rebuild, or a ledger that was emptied"""
    path = ledger.path
    if facts.get(backups.COPY) or facts.get(REBUILT):
        from crosspost.ledger.put_aside import put_aside  # few ledgers are

        raise LedgerError(put_aside(path, facts))
    if COUNT in facts and ID in facts:  # it has been used
        return
    # An interrupted first run leaves a listing cache beside its empty ledger, but neither marks nor backups.
    seen = [*marks.of_this_place(), *backups.of(marks.path), *(backups.traces(marks.path) if ID not in facts else [])]
    if seen and is_empty(ledger) and (reason := _lost(path, "empty", marks)):
        raise LedgerError(reason)


def _identified(ledger: Ledger) -> dict[str, str]:
    """The facts including the ledger's id; a ledger without one gets a new id."""
    facts = ledger.facts()
    if ID not in facts:
        facts[ID] = uuid.uuid4().hex
        ledger.keep_fact(ID, facts[ID])
    return facts


def _keep_marks(ledger: Ledger, facts: Mapping[str, str], marks: Marks, at: Here) -> None:
    """Write each new number of the counter to the marks from now on."""

    def write(count: Count) -> None:
        marks.write(Mark(ledger=facts.get(ID, ""), count=count.number, at=count.at or ledger.clock(), here=at))

    ledger.mark = write


def _doubt(ledger: Ledger, facts: Mapping[str, str], marks: Marks, at: Here, outside: Outside) -> None:
    """Store every sign that something is out that this ledger does not know."""
    known, origin = _known(facts), ledger.origin()
    found = _strong(ledger, facts, origin, marks, at, outside)
    if found is not None:
        new, least = found
        before = ledger.open_doubt
        if before is not None and before.since is not None and new.since is not None:
            new = msgspec.structs.replace(new, since=min(before.since, new.since))
        ledger.keep_doubt(new)  # before the counter is advanced or the origin stored, which removes the sign
        if least:
            ledger.advance(least)
            marks.forget_others(known.id)
        if copy_detection.belongs(known, at):
            _keep_home(ledger, known, at, outside)
    _keep_origin(ledger, facts, origin)
    if found is not None:
        return
    if not outside.moves:
        ledger.careful_since = copy_detection.weak(known, marks, at)
        _keep_home(ledger, known, at, outside)


def _strong(
    ledger: Ledger, facts: Mapping[str, str], origin: str, marks: Marks, at: Here, outside: Outside
) -> tuple[Suspicion, int] | None:
    known = _known(facts)
    found = copy_detection.strong(
        known, marks, at, moves=outside.moves, count_now=lambda: _known(ledger.facts()).count.number
    )
    if isinstance(ledger.path, Path):
        return found
    why, least = found or (None, 0)
    why = copy_detection.restored(facts.get(ORIGIN, ""), origin, known, marks.name) or why
    # a mark says until when this machine sent; any other one may have sent until now
    return (msgspec.structs.replace(why, until=ledger.clock()), least) if why is not None else None


def _keep_origin(ledger: Ledger, facts: Mapping[str, str], origin: str) -> None:
    if origin != facts.get(ORIGIN, ""):
        ledger.keep_fact(ORIGIN, origin)


def _keep_home(ledger: Ledger, known: copy_detection.Known, at: Here, outside: Outside) -> None:
    home = known.homes.get(at.machine)
    if outside.moves or home == _kept(at):
        return
    ledger.keep_homes({**known.homes, at.machine: _kept(at)})
    if home is not None and home.path != at.path:
        ledger.advance()  # updates the marks, so that the ledger is not missed at its old place


def _kept(at: Here) -> Here:
    return msgspec.structs.replace(at, boot="")


def _known(facts: Mapping[str, str]) -> copy_detection.Known:
    return copy_detection.Known(
        id=facts.get(ID, ""),
        count=decoded(facts.get(COUNT, ""), Count) or Count(),
        homes=decoded(facts.get(HOMES, ""), dict[str, Here]) or {},
    )
