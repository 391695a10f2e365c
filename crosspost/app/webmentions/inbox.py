"""Webmentions that came and were not looked at yet: a file each, in a folder beside the ledger.

Not in the ledger itself, because only one process works on that at a time, and a run may take minutes: who asks from
outside has an answer at once, and can hold up nobody.
"""

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.config import atomic_file
from crosspost.model import Value
from crosspost.model.value import ready

if TYPE_CHECKING:
    from crosspost.app.application import App

#: so many wait at most; more are sent away
MOST = 1000
#: how often a page that does not answer is asked, and the first pause, which doubles each time
_ATTEMPTS, _PAUSE = 6, timedelta(minutes=10)


class Waiting(Value, frozen=True, kw_only=True):
    """Somebody said at ``at`` that ``source`` links to ``target``; it is looked at from ``due`` on."""

    source: str
    target: str
    at: datetime
    due: datetime
    attempts: int = 0


def folder(app: "App") -> Path:
    """Where they wait."""
    path = app.ledger_path()
    return path.parent / f"{path.stem}.webmentions"


def put(place: Path, source: str, target: str, now: datetime) -> bool:
    """Have one wait; the same one again takes the place of the first.

    :returns: False when too many wait already
    :raises OSError: when it cannot be written
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    one = Waiting(source=source, target=target, at=now, due=now)
    file = _file(place, one)
    if not file.exists() and sum(1 for _ in os.scandir(place)) >= MOST:
        return False
    atomic_file.write(file, msgspec.json.encode(one))
    return True


def waiting(place: Path) -> list[Waiting]:
    """All that wait, the first due first; a file that is not ours is left alone."""
    found = []
    for file in place.glob("*.json"):
        try:
            found.append(msgspec.json.decode(file.read_bytes(), type=ready(Waiting)))
        except (OSError, msgspec.DecodeError):
            continue
    return sorted(found, key=lambda one: (one.due, one.source, one.target))


def again(place: Path, one: Waiting, now: datetime) -> bool:
    """Look at it once more later; False when that was done often enough."""
    if one.attempts + 1 >= _ATTEMPTS:
        return False
    due = now + _PAUSE * 2**one.attempts
    atomic_file.write(
        _file(place, one), msgspec.json.encode(msgspec.structs.replace(one, attempts=one.attempts + 1, due=due))
    )
    return True


def done(place: Path, one: Waiting) -> None:
    """It was looked at; where it was said once more meanwhile it waits on."""
    file = _file(place, one)
    try:
        if msgspec.json.decode(file.read_bytes(), type=ready(Waiting)).at == one.at:
            file.unlink()
    except (OSError, msgspec.DecodeError):
        pass


def _file(place: Path, one: Waiting) -> Path:
    digest = hashlib.blake2b(f"{one.source}\n{one.target}".encode(), digest_size=16).hexdigest()
    return place / f"{digest}.json"
