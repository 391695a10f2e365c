"""Signs that a ledger is a copy or was put back: strong ones, after which doubt is settled before anything is sent, and
weak ones, after which it is worth a look."""

import os
from datetime import datetime

from crosspost.ledger.facts import Count, Suspicion
from crosspost.ledger.location import Here
from crosspost.ledger.marks import Mark, Marks
from crosspost.model import Value

_ADOPT = (
    "Before anything is sent, each account that can be read is looked at; on the others what may be out waits for you. "
    "If this is the right ledger and no other copy of it is used: `crosspost ledger adopt`"
)


class Known(Value, frozen=True, kw_only=True):
    """What a ledger says of itself: id, how far it has come, and where it belongs (machine → place)."""

    id: str
    count: Count
    homes: dict[str, Here]


def strong(known: Known, marks: Marks, at: Here, *, moves: bool) -> tuple[Suspicion, int] | None:
    """The doubt that a strong sign raises, and the number the ledger must get past so that the sign is gone (0: the
    sign stays until a person adopts the ledger); None without such a sign.

    :param moves: the ledger is at another place each time, and that is meant
    """
    near, far = marks.read(known.id)
    ahead = max((mark for mark in (near, far) if mark is not None), key=lambda mark: mark.count, default=None)
    if ahead is not None and ahead.count > known.count.number:
        why = (
            f"{marks.path} is older than the last run knew it: what was done until {ahead.at:%Y-%m-%d %H:%M} UTC is "
            "not in it, so an older copy was put in its place, or another copy of it is used"
        )
        return _doubted(why, known, until=ahead.at), ahead.count
    if near is None and far is None and next(marks.of_this_place(), None) is not None:
        why = f"{marks.path} is another ledger than the one that was here before"
        return _doubted(why, known), max(known.count.number, 1)
    if moves or not known.homes:
        return None
    why = _elsewhere(known, at, far)
    return (_doubted(why, known), 0) if why else None


def belongs(known: Known, at: Here) -> bool:
    """Whether the ledger is at home here."""
    return not known.homes or at.machine in known.homes or _same_file(known, at)


def weak(known: Known, marks: Marks, at: Here) -> datetime | None:
    """Since when something may be missing: the machine was started anew, perhaps from a snapshot; None: no sign."""
    near, far = marks.read(known.id)
    last: Mark | None = far or near
    started = last is not None and at.boot and last.here.boot and last.here.boot != at.boot
    return known.count.at if started else None


def _elsewhere(known: Known, at: Here, far: Mark | None) -> str:
    """Why the file does not seem to be where it belongs."""
    if _same_file(known, at):
        return ""
    home = known.homes.get(at.machine)
    if home is None:
        names = " and ".join(sorted({one.host or one.machine for one in known.homes.values()}))
        return (
            f"{at.path} was at work on {names} and never here on {at.host}. A ledger that is brought to another "
            "machine each time needs [state] moves = true"
        )
    if far is not None:  # whatever copy of it is used on this machine, its number is in the mark
        return ""
    if home.path != at.path and os.path.exists(home.path):  # noqa: PTH110  # a path as text
        return f"{at.path} is a copy of {home.path}, which is still there"
    if home.path == at.path and home.file and at.file and home.inode != at.inode:
        return f"{at.path} is not the file that was here before, but a copy of it"
    return ""


def _same_file(known: Known, at: Here) -> bool:
    return bool(at.file) and any(home.file == at.file for home in known.homes.values())


def _doubted(why: str, known: Known, until: datetime | None = None) -> Suspicion:
    return Suspicion(why=f"{why}. {_ADOPT}", since=known.count.at, until=until)
