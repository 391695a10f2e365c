"""Who is at work on the ledger: two machines must not be at the same time.

File locks keep the processes of one machine apart. Machines that share a folder, or copy the ledger back and forth,
may not see each other's locks; so each run writes down in the ledger who it is, renews that while it works, and takes
it away at its end. Machines that work one after the other, such as those of a build service, never meet.
"""

import hashlib
import socket
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger.deliveries import LEASE
from crosspost.ledger.store import Ledger

_FACT = "machine"
#: how often a run that goes on says so
_RENEW = timedelta(minutes=1)
_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A run that has begun and not ended: the machine's id and name, when it was last seen at work."""

    machine: str
    host: str
    begun: datetime
    seen: datetime


def machine() -> str:
    """Name and id of this machine: the same in every run on it, not the same on another one.

    A container has a name of its own each time: to the ledger it is a new machine, which is safe.
    """
    said = next((text for file in _IDS if (text := _text(file))), "")
    node = uuid.getnode() if not said else 0
    if node >> 40 & 1:  # no network card was found: this number is made up anew in each process
        node = 0
    host = socket.gethostname()
    return f"{host}-{hashlib.sha256(f'{said}{node}{host}'.encode()).hexdigest()[:8]}"


def arrive(ledger: Ledger, me: str) -> None:
    """Write down that this machine works on the ledger; :meth:`Ledger.close` takes it away again.

    :raises LedgerError: when another machine is at work, or was and did not come to its end
    """
    begun = ledger.clock()
    seen = begun - _RENEW

    def present() -> None:
        nonlocal seen
        now = ledger.clock()
        if abs(now - seen) < _RENEW:
            return
        _refuse_company(ledger, me, now)
        seen = now
        at = Presence(machine=me, host=socket.gethostname(), begun=begun, seen=now)
        ledger.keep_fact(_FACT, msgspec.json.encode(at).decode())

    def leave() -> None:
        here = who(ledger)
        if here is not None and here.machine == me:
            ledger.keep_fact(_FACT, "")

    present()
    ledger.present, ledger.leave = present, leave


def _refuse_company(ledger: Ledger, me: str, now: datetime) -> None:
    other = who(ledger)
    if other is None or other.machine == me or now - other.seen >= LEASE:
        return
    until = min(other.seen, now) + LEASE
    raise LedgerError(
        f"{ledger.path}: the machine {other.host} began to work on this ledger at {_time(other.begun)} and has not "
        f"ended. Nothing more is sent from here. This machine may go on at {_time(until)}; if you know that "
        f"{other.host} has stopped: `crosspost ledger adopt`"
    )


def who(ledger: Ledger) -> Presence | None:
    """The run that is at work, or was and did not come to its end."""
    said = ledger.fact(_FACT)
    if not said:
        return None
    try:
        return msgspec.json.decode(said, type=Presence)
    except msgspec.DecodeError:
        return None


def adopt(ledger: Ledger) -> Presence | None:
    """A person says that nobody else is at work: who was thought to be."""
    other = who(ledger)
    ledger.keep_fact(_FACT, "")
    return other


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
