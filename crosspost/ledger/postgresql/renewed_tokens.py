"""Renewed tokens that several machines share, in a table beside the ledger's. What is in it was encrypted before.

It is not part of the ledger: no export, copy or move takes it along. Each row has a version, so what is written from
what was read never replaces something newer, and says who is just renewing it. That ends by itself: a machine that died
meanwhile keeps nobody away for long. All times are the database's.
"""

import os
import threading
import weakref
from collections.abc import Callable, Mapping
from datetime import datetime

import psycopg

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.reconnecting import SAFE, connection_to, is_cut, settle
from crosspost.ledger.write_requests import Row
from crosspost.model import Value

TABLE = "renewed_logins"
_THERE = f"SELECT to_regclass(quote_ident(current_schema()) || '.{TABLE}') IS NOT NULL"
#: two processes that make it at the same moment would trip over each other
_ALONE = f"SELECT pg_advisory_xact_lock(hashtext('crosspost {TABLE}'))"
_MAKE = f"""CREATE TABLE IF NOT EXISTS {TABLE} (
    account TEXT COLLATE "C" PRIMARY KEY, version BIGINT NOT NULL DEFAULT 0, key_name TEXT NOT NULL DEFAULT '',
    sealed BYTEA NOT NULL DEFAULT '', written_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
    renewed_by TEXT NOT NULL DEFAULT '', renewing_until TIMESTAMPTZ NOT NULL DEFAULT '-infinity')"""
_COLUMNS = "account, version, key_name, sealed, CASE WHEN isfinite(written_at) THEN written_at END"
_READ = f"SELECT {_COLUMNS} FROM {TABLE} WHERE account = %(account)s"
_ALL = f"SELECT {_COLUMNS} FROM {TABLE} WHERE version > 0 ORDER BY account"
_ADD = f"INSERT INTO {TABLE} (account) VALUES (%(account)s) ON CONFLICT DO NOTHING RETURNING 1"
_WRITE = f"""UPDATE {TABLE} SET version = version + 1, key_name = %(key_name)s, sealed = %(sealed)s,
    written_at = coalesce(%(at)s, now()) WHERE account = %(account)s AND version = %(version)s RETURNING 1"""
_BEGIN = f"""UPDATE {TABLE} SET renewed_by = %(by)s, renewing_until = now() + make_interval(secs => %(lasts)s)
    WHERE account = %(account)s AND (renewed_by IN ('', %(by)s) OR renewing_until < now()) RETURNING version"""
_END = f"UPDATE {TABLE} SET renewed_by = '' WHERE account = %(account)s AND renewed_by = %(by)s RETURNING 1"
_REMOVE = f"DELETE FROM {TABLE} WHERE account = %(account)s RETURNING 1"


class Sealed(Value, frozen=True, kw_only=True):
    """One account's row: ``key_name`` names the key that ``sealed`` was encrypted with; ``at`` is when its content was
    written, None when there never was any."""

    account: str
    version: int
    key_name: str
    sealed: bytes
    at: datetime | None


class Logins:
    """The table, on one connection, which is made anew after it was cut and ends with this object.

    Each call is one statement that counts at once, so what a cut left open may be asked again: of a row that was
    written all the same, the writer hears that its version is another one by now, and reads it again.

    :raises LedgerError: from each method, when the database cannot be reached
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._one_at_a_time = threading.Lock()
        self._connection: psycopg.Connection[Row] | None = None
        self._end: Callable[[], object] = lambda: None

    def read(self, account: str) -> Sealed | None:
        """An account's row; None when there is none, or nothing was written into it."""
        found = self._asked(_READ, {"account": account})
        return _row(found[0]) if found and found[0][1] else None

    def all(self) -> list[Sealed]:
        """Every row that something was written into."""
        return [_row(found) for found in self._asked(_ALL, {})]

    def write(self, account: str, key_name: str, sealed: bytes, *, version: int, at: datetime | None = None) -> bool:
        """Replace a row, unless somebody else has replaced it before.

        :param version: the one it must still have; 0 when nothing was written yet
        :param at: when its content was written; None: now
        """
        values = {"account": account, "key_name": key_name, "sealed": sealed, "version": version, "at": at}
        self._asked(_ADD, {"account": account})
        return bool(self._asked(_WRITE, values))

    def begin(self, account: str, by: str, lasts: float) -> int | None:
        """Say that one is renewing it from now on; the row's version, or None while somebody else is.

        :param by: a name that nobody else has
        :param lasts: seconds after which others may
        """
        self._asked(_ADD, {"account": account})
        found = self._asked(_BEGIN, {"account": account, "by": by, "lasts": lasts})
        return int(found[0][0]) if found else None

    def end(self, account: str, by: str) -> None:
        """Let others renew it, unless they may already."""
        self._asked(_END, {"account": account, "by": by})

    def remove(self, account: str) -> None:
        """Forget an account."""
        self._asked(_REMOVE, {"account": account})

    def _asked(self, sql: str, values: Mapping[str, object]) -> list[Row]:
        with self._one_at_a_time, translate(self._address):
            if self._connection is not None:
                try:
                    return self._connection.execute(sql, values).fetchall()
                except psycopg.Error as error:
                    self._end()
                    self._connection = None
                    if not is_cut(error):
                        raise
            self._connection = self._opened()
            return self._connection.execute(sql, values).fetchall()

    def _opened(self) -> psycopg.Connection[Row]:
        connection = connection_to(self._address, name=f"crosspost logins, process {os.getpid()}")
        self._end = weakref.finalize(self, connection.close)
        settle(connection, SAFE)
        if connection.execute(_THERE).fetchall() != [(True,)]:
            with connection.transaction():
                connection.execute(_ALONE)
                connection.execute(_MAKE, prepare=False)
        return connection


def _row(found: Row) -> Sealed:
    account, version, key_name, sealed, at = found
    return Sealed(account=account, version=version, key_name=key_name, sealed=bytes(sealed), at=at)
