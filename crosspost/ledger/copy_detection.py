"""Detects that a ledger is a copy or an old version that was restored.

After a strong sign the accounts must be checked before anything is sent; after a weak one a check is worthwhile."""

import os
from collections.abc import Callable
from datetime import datetime

from crosspost.ledger.counter_marks import Mark, Marks
from crosspost.ledger.facts import Count, Suspicion
from crosspost.ledger.location import Here, same_place
from crosspost.model import Value

_ADOPT = (
    "Before anything is sent, each account that can be read is checked; on the others, what may be out waits for you. "
    "If this is the right ledger and no other copy of it is used: `crosspost ledger adopt`. See `crosspost help "
    "ledger`"
)


class Known(Value, frozen=True, kw_only=True):
    """What a ledger stores about itself: its id, its counter, and where it belongs (machine → place)."""

    id: str
    count: Count
    homes: dict[str, Here]


def strong(
    known: Known, marks: Marks, at: Here, *, moves: bool, count_now: Callable[[], int]
) -> tuple[Suspicion, int] | None:
    """Look for a strong sign.

    :param moves: the ledger is meant to be in another place for each run
    :param count_now: reads the ledger's counter anew: another process of this machine may have counted on, and written
        its mark, since ``known`` was read
    :returns: the suspicion, and the number the counter must exceed so that the sign is gone (0: it stays until a
        person adopts the ledger); None without a sign
    """
    near, far = marks.read(known.id)
    ahead = max((mark for mark in (near, far) if mark is not None), key=lambda mark: mark.count, default=None)
    if ahead is not None and ahead.count > known.count.number and ahead.count > count_now():
        why = (
            f"{marks.name} is older than it was after the last run: what was done until {ahead.at:%Y-%m-%d %H:%M} UTC "
            "is missing, so an older copy was put in its place, or another copy of it is in use"
        )
        return _doubted(why, known, until=ahead.at), ahead.count
    if near is None and far is None and next(marks.of_this_place(), None) is not None:
        why = f"{marks.name} is not the same ledger as the one that was here before"
        return _doubted(why, known), max(known.count.number, 1)
    if moves or not known.homes:
        return None
    why = _elsewhere(known, at, far)
    return (_doubted(why, known), 0) if why else None


def restored(was: str, now: str, known: Known, name: str) -> Suspicion | None:
    """Look for a sign that a copy was put back into a database, which this machine's marks may not know of.

    :param was: the origin of the ledger that it stores itself
    :param now: its origin
    :param name: what messages call the ledger
    """
    if not was or was == now:
        return None
    from crosspost.ledger.postgresql import origin  # it is in a database

    why = origin.changed(was, now, name)
    return _doubted(why, known) if why else None


def belongs(known: Known, at: Here) -> bool:
    """Whether the ledger is at home here."""
    return not known.homes or at.machine in known.homes or _same_file(known, at)


def weak(known: Known, marks: Marks, at: Here) -> datetime | None:
    """Look for a weak sign: the machine was restarted, perhaps from a snapshot.

    :returns: since when something may be missing; None without a sign
    """
    near, far = marks.read(known.id)
    last: Mark | None = far or near
    started = last is not None and at.boot and last.here.boot and last.here.boot != at.boot
    return known.count.at if started else None


def _elsewhere(known: Known, at: Here, far: Mark | None) -> str:
    """Why the file does not seem to be in its usual place; "" when it is."""
    if _same_file(known, at):
        return ""
    home = known.homes.get(at.machine)
    if home is None:
        names = " and ".join(sorted({place.host or place.machine for place in known.homes.values()}))
        return (
            f"{at.path} was used on {names} and never here on {at.host}. A ledger that is carried to another "
            "machine for each run needs [state] moves = true"
        )
    if far is not None:  # the mark has the counter of any copy that is used on this machine
        return ""
    if not same_place(home.path, at.path) and os.path.exists(home.path):  # noqa: PTH110  # a path as text
        return f"{at.path} is a copy of {home.path}, which is still there"
    if same_place(home.path, at.path) and home.file and at.file and home.inode != at.inode:
        return f"{at.path} is not the file that was here before, but a copy of it"
    return ""


def _same_file(known: Known, at: Here) -> bool:
    return bool(at.file) and any(home.file == at.file for home in known.homes.values())


def _doubted(why: str, known: Known, until: datetime | None = None) -> Suspicion:
    return Suspicion(why=f"{why}. {_ADOPT}", since=known.count.at, until=until)
