"""A connection to PostgreSQL that looks like the one to SQLite, and is made anew after it was cut.

It is never made anew inside a transaction: what the cut left of it nobody knows, so whoever began it gets the error.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumper

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.pipeline import Found, Pipeline
from crosspost.ledger.postgresql.statements import named, stored
from crosspost.ledger.write_requests import Done, Row, Step

T = TypeVar("T")

#: it warns of what went wrong while it ended what had gone wrong; the error itself is raised and told
logging.getLogger("psycopg").setLevel(logging.ERROR)

#: seconds until a server counts as not there
PATIENCE = 10
#: seconds after which a connection counts as cut whose packets vanish, on both sides: long before a claim is over
SILENCE = 90
#: waits for another process as long as SQLite does; one that is frozen in the middle of a change loses it, and its
#: lock, before those that wait for it give up. No statement here takes as long as the server needs to compile it
SETTINGS = "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '20s'; SET jit = off"
#: a commit that returned survives a power cut, even where the server's own setting is quicker
SAFE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
#: changes when a standby takes over, or the server is set back to an earlier time: it may lack what was committed last
#: (postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES)
_LINE = """SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END"""
_READ_ONLY = "SET default_transaction_read_only = on"


def is_cut(error: BaseException) -> bool:
    """Whether the connection is gone with this error: cut, or the server was stopped."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = error.sqlstate or ""
    return not state or state.startswith(("08", "57P")) or state in ("25P03", "25P04")


class NoEntryError(psycopg.OperationalError):
    """There is no connection to be had. psycopg's own error has the password in its attributes; this one does not."""


class TookOverError(psycopg.OperationalError):
    """The connection was made anew, but to a server that may not know all that was committed before."""


def connection_to(address: Address, *, name: str = "crosspost") -> psycopg.Connection[Row]:
    """A new connection in which each statement commits itself.

    :param name: what the server's own lists call it
    :raises NoEntryError: when there is none to be had
    """
    try:
        return psycopg.connect(
            address.url,
            password=address.password(),
            autocommit=True,
            connect_timeout=PATIENCE,
            client_encoding="utf-8",
            application_name=name,
            **noticing(),
        )
    except psycopg.Error as error:
        said = str(error)
    raise NoEntryError(said)


def noticing() -> dict[str, Any]:
    """Parameters of a connection with which this side notices within :data:`SILENCE` that the other one is gone without
    a word, as when a cable is pulled or a machine loses its power.
    """
    return {**{f"keepalives_{name}": number for name, number in _probes().items()}, "tcp_user_timeout": SILENCE * 1000}


def noticed() -> dict[str, int]:
    """The server's settings for the same: it would else keep the locks of such a connection for many minutes, because
    while an answer is on its way there are no probes, only the user time-out
    (postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-USER-TIMEOUT).
    """
    probes = {f"tcp_keepalives_{name}": number for name, number in _probes().items()}
    return {**probes, "tcp_user_timeout": SILENCE * 1000}


def settle(connection: psycopg.Connection[Row], more: str = "") -> None:
    """Give a new connection its settings.

    :param more: statements that follow
    """
    ours = "; ".join(f"SET {name} = {number}" for name, number in noticed().items())
    connection.execute(f"{SETTINGS}; {ours}; {more}", prepare=False)


def _probes() -> dict[str, int]:
    return {"idle": max(SILENCE // 3, 1), "interval": max(SILENCE // 6, 1), "count": 4}


class Link:
    """One connection, with the methods of SQLite's that :class:`crosspost.ledger.database.Database` uses."""

    def __init__(self, address: Address, *, read_only: bool = False, patient: bool = False) -> None:
        """:param patient: whether a transaction may wait for its reader as long as that takes; it keeps no lock"""
        self._address, self._read_only, self._patient = address, read_only, patient
        self._begun = False  # whoever is inside a transaction must hear of a cut
        self._connection = self._opened()
        self._pipeline = Pipeline(self._connection)
        #: which history of the server's changes this is; "" where the server does not tell
        self.line = _line(self._connection)

    @property
    def in_transaction(self) -> bool:
        return self._begun

    def begin(self, first: str) -> None:
        """Begin a transaction with a statement; both are repeated after a cut, since nothing was done before."""
        self.execute(f"BEGIN; {first}")
        self._begun = True

    def commit(self) -> None:
        """:raises psycopg.Error: when it is not certain that everything is committed"""
        try:
            done = self._run("COMMIT", None)
        finally:
            self._begun = False
        _refuse_uncommitted(done.statusmessage)

    @property
    def quiet(self) -> bool:
        """Whether the server has sent nothing of its own accord, as it does when it ends the connection."""
        return self._pipeline.quiet()

    def at_once(self, first: str, steps: Sequence[Step]) -> list[Done]:
        """A whole transaction as one question. No other process waits for its lock while an answer and the next
        question are on their way, nor while this process waits for its turn on a busy processor.

        It needs neither BEGIN nor COMMIT: the server commits all statements of a question together at its end, and
        answers then (postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).

        :param first: the statement before them
        :raises psycopg.Error: when it is not certain that it is committed
        """
        _, *found = self._pipeline.run([(first, {}), *steps])
        return [Done(one.fetchall(), one.rowcount) for one in found]

    def rollback(self) -> None:
        """End the transaction, however it ended; the server forgets one whose connection is gone."""
        self._begun = False
        if self._connection.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._run("ROLLBACK", None)
        except psycopg.Error:
            self._connection.close()

    def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> "psycopg.Cursor[Row] | Found":
        """Run one statement; outside of a transaction it only reads, and is run once more after a cut."""
        return self._lasting(lambda: self._run(sql, values))

    def executed(self, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Found]:
        """The same for several as one question, which have values."""
        return self._lasting(lambda: self._pipeline.run(steps))

    def _lasting(self, ask: Callable[[], T]) -> T:
        """Ask, once more after a cut outside of a transaction."""
        if self._begun:
            return ask()
        try:
            return ask()
        except psycopg.Error as error:
            if not is_cut(error):
                raise
        self._connection.close()
        self._connection = self._opened()
        self._pipeline = Pipeline(self._connection)
        if _line(self._connection) != self.line:
            self._connection.close()
            raise TookOverError
        return ask()

    def executemany(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> psycopg.Cursor[Row]:
        """The same statement for many rows of values, inside a transaction."""
        cursor = self._connection.cursor()
        wanted = [stored(row) for row in rows]
        if len(wanted) == 1:  # without the detour for many
            return cursor.execute(named(sql), wanted[0])
        cursor.executemany(named(sql), wanted)
        return cursor

    def streamed(self, sql: str, values: Mapping[str, Any], at_once: int) -> Iterator[Row]:
        """The rows of a query, of which the server keeps those that were not fetched yet."""
        with self._connection.transaction(), self._connection.cursor(name="streamed") as cursor:
            cursor.execute(named(sql), stored(values))
            while found := cursor.fetchmany(at_once):
                yield from found

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, values: Mapping[str, Any] | None) -> "psycopg.Cursor[Row] | Found":
        if values is None:
            return self._connection.execute(sql, prepare=False)
        return self._pipeline.run([(sql, values)])[0]

    def _opened(self) -> psycopg.Connection[Row]:
        connection = connection_to(self._address)
        try:
            connection.adapters.register_dumper(str, StrDumper)
            patience = "SET idle_in_transaction_session_timeout = 0;" if self._patient else ""
            settle(connection, f"{patience} {_READ_ONLY if self._read_only else SAFE}")
        except BaseException:
            connection.close()
            raise
        return connection


def _refuse_uncommitted(said: str | None) -> None:
    if said != "COMMIT":  # the server says ROLLBACK, and no error, after one that nobody looked at
        raise psycopg.errors.InFailedSqlTransaction("the transaction had failed before")


def _line(connection: psycopg.Connection[Row]) -> str:
    """Which history of the server's changes this is; "" where the server does not tell, as some clouds' do not."""
    try:
        return str(connection.execute(_LINE).fetchall()[0][0])
    except psycopg.Error as error:
        if is_cut(error):
            raise
        return ""
