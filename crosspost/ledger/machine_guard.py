"""Keeps two machines from working on the ledger at the same time.

File locks separate the processes of one machine. Machines that share a folder, or copy the ledger back and forth, may
not see each other's locks; so each run registers itself in the ledger, renews that while it works, and removes it at
the end. Machines that work one after the other, such as those of a build service, do not notice each other.
"""

import hashlib
import socket
import uuid
from datetime import datetime, timedelta

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger.deliveries import LEASE
from crosspost.ledger.location import system_id
from crosspost.ledger.store import Ledger
from crosspost.model.value import ready

_FACT = "machine"
#: how often a run renews its registration
_RENEW = timedelta(minutes=1)


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A run that has not ended: the machine's id and name, when it began, and when it was last seen working."""

    machine: str
    host: str
    begun: datetime
    seen: datetime


def machine() -> str:
    """Name and id of this machine: the same in every run on it, different on every other machine.

    A container has a new name each time, so it counts as a new machine, which is safe.
    """
    system = system_id()
    node = uuid.getnode() if not system else 0
    if node >> 40 & 1:  # no network card was found: this number is random and different in each process
        node = 0
    host = socket.gethostname()
    return f"{host}-{hashlib.sha256(f'{system}{node}{host}'.encode()).hexdigest()[:8]}"


def arrive(ledger: Ledger, me: str) -> None:
    """Register this machine as working on the ledger; :meth:`Ledger.close` removes that again.

    :param me: the result of :func:`machine`
    :raises LedgerError: when another machine is working on it, or was and did not finish
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
        f"{other.host} has stopped: `crosspost ledger adopt`. See `crosspost help ledger`"
    )


def who(ledger: Ledger) -> Presence | None:
    """The run that is working on the ledger, or did not finish; None without one."""
    stored = ledger.fact(_FACT)
    if not stored:
        return None
    try:
        return msgspec.json.decode(stored, type=ready(Presence))
    except msgspec.DecodeError:
        return None


def adopt(ledger: Ledger) -> Presence | None:
    """Remove the registration, because a person says that no other run is working.

    :returns: the removed registration; None when there was none
    """
    other = who(ledger)
    ledger.keep_fact(_FACT, "")
    return other


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
