"""The turns of a ledger in PostgreSQL: an advisory lock for each account, on a connection of their own.

The server ends them with the connection, so a killed process blocks nobody. They are those of the whole database: sites
whose ledgers are in schemas of their own may have an account in common.
"""

import contextlib
import threading

import psycopg

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.database import lock_number
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.pipeline import Pipeline
from crosspost.ledger.postgresql.reconnecting import connection_to, is_cut, settle
from crosspost.ledger.write_requests import Row

_TAKE = "SELECT pg_try_advisory_lock(:number)"
_GIVE_BACK = "SELECT pg_advisory_unlock(:number)"


class SharedTurns:
    """See :class:`crosspost.ledger.account_locks.Turns`.

    :raises LedgerError: from each method, when the database cannot be reached
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: psycopg.Connection[Row] | None = None
        self._lock = threading.Lock()
        self._mine: set[str] = set()

    def take(self, account: str) -> bool:
        with self._lock:
            if account in self._mine:
                return False
            if not self._asked(_TAKE, account):
                return False
            self._mine.add(account)
            return True

    def give_back(self, account: str) -> None:
        with self._lock:
            self._mine.discard(account)
            if self._connection is not None and not self._connection.closed:
                with contextlib.suppress(psycopg.Error):  # with its connection the lock is gone too
                    self._ask(_GIVE_BACK, account)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()

    def _asked(self, sql: str, account: str) -> bool:
        """Ask, once more after a cut: what was held before that is only a matter of order."""
        with translate(self._address):
            if self._connection is not None:
                try:
                    return self._ask(sql, account)
                except psycopg.Error as error:
                    self._connection.close()
                    if not is_cut(error):
                        raise
            self._connection = connection_to(self._address, name="crosspost turns")
            self._pipeline = Pipeline(self._connection)
            settle(self._connection)
            return self._ask(sql, account)

    def _ask(self, sql: str, account: str) -> bool:
        number = {"number": lock_number(f"account {account}", "")}
        return self._pipeline.run([(sql, number)])[0].fetchall() == [(True,)]
