"""Allows one run at a time on a ledger in PostgreSQL, on whichever machine.

The server's lock ends with the connection, so a killed run never blocks the next one. It may also end while the run
goes on, when the connection is cut: the run that had it asks before each irreversible request and stops. What each of
two runs sends is its own anyway, because it holds a lease of it; no promise depends on this lock alone.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg

from crosspost.errors import LedgerError
from crosspost.ledger.lock import Busy, waiting
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.database import lock_number
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.reconnecting import connection_to, settle
from crosspost.ledger.write_requests import Row

#: of a lock with one number the server shows its halves
_HOLDER = """SELECT a.application_name, a.client_addr FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32) | l.objid::bigint = %(number)s"""


@contextlib.contextmanager
def everywhere(
    address: Address,
    here: AbstractContextManager[None],
    wait: float = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold this machine's lock ``here`` and the database's while the body runs.

    :param wait: seconds to wait for a run on another machine to end
    :param sleep: waits between attempts; replaced in tests
    :raises Busy: when another run still has one of them
    :raises LedgerError: when the database cannot be reached
    """
    with here, contextlib.ExitStack() as held:
        with translate(address):
            connection = held.enter_context(contextlib.closing(_taken(address, wait, sleep)))
        folder, mine = os.fspath(address.beside), _Held(address, connection)
        _HELD[folder] = mine
        try:
            yield
        finally:
            if _HELD.get(folder) is mine:  # else a run after this one has it, because this one's connection was cut
                del _HELD[folder]


class _Held:
    """The lock as this process has it. Called to make sure that it still does.

    :raises LedgerError: when the connection is gone, and the lock with it
    """

    def __init__(self, address: Address, connection: psycopg.Connection[Row]) -> None:
        self._address, self._connection, self._one_at_a_time = address, connection, threading.Lock()

    def __call__(self) -> None:
        try:
            with self._one_at_a_time:
                self._connection.execute("SELECT 1", prepare=False).fetchall()
        except psycopg.Error:
            raise LedgerError(
                f"{self._address}: the connection that keeps other runs away was cut, so another one may be at work. "
                "Nothing more was sent; run again when the database is there"
            ) from None


#: the folder beside which a run of this process is at work → its lock in the database. Runs of one folder exclude each
#: other before (its lock file), so there is one at most.
_HELD: dict[str, _Held] = {}


def held_here(address: Address) -> Callable[[], None] | None:
    """What makes sure that this process still has the run lock; None when it does not have it now."""
    return _HELD.get(os.fspath(address.beside))


def _taken(address: Address, wait: float, sleep: Callable[[float], None]) -> psycopg.Connection[Row]:
    """A connection that has the lock."""
    connection = connection_to(address, name=f"crosspost run on {socket.gethostname()[:30]}, process {os.getpid()}")
    try:
        settle(connection)
        ((schema,),) = connection.execute("SELECT current_schema()").fetchall()
        number = {"number": lock_number("run", str(schema or ""))}
        notice, deadline = waiting(wait), time.monotonic() + wait
        while connection.execute("SELECT pg_try_advisory_lock(%(number)s)", number).fetchall() != [(True,)]:
            if time.monotonic() >= deadline:
                found = connection.execute(_HOLDER, number).fetchone()
                raise Busy(_described(found))
            notice("on another machine")
            sleep(0.1)
    except BaseException:
        connection.close()
        raise
    return connection


def _described(found: Row | None) -> str:
    if found is None or not found[0]:
        return "a run on another machine"
    name, address = found
    return f"{name} ({address})" if address is not None else str(name)
