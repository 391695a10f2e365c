"""Opens a ledger in PostgreSQL: creates, checks and migrates it, or raises an error that says what to do."""

import uuid
from typing import Literal

import psycopg

from crosspost.errors import LedgerError
from crosspost.ledger.database import Statements
from crosspost.ledger.postgresql import offers, renewed_tokens
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.database import PostgresDatabase
from crosspost.ledger.postgresql.errors import translate
from crosspost.ledger.postgresql.reconnecting import connection_to
from crosspost.ledger.postgresql.statements import created
from crosspost.ledger.schema import CREATE, VERSION
from crosspost.ledger.write_requests import Row

#: the oldest version whose makers still mend it, and that knows all we ask
_OLDEST = 13
_VERSION_TABLE = "alembic_version"
#: beside the ledger are tables that may be there before it is. No index leads from a schema to its tables but that of
#: dependencies, catalog-pg-depend of the manual: `pg_tables` goes through all that a thousand schemas have
_THERE = f"""SELECT relname FROM pg_depend JOIN pg_class ON pg_class.oid = objid
    WHERE refclassid = 'pg_namespace'::regclass AND classid = 'pg_class'::regclass AND relkind IN ('r', 'p')
    AND refobjid = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND relname NOT IN ('{renewed_tokens.TABLE}', '{offers.TABLE}', '{offers.OLD_TABLE}')"""


def connect(address: Address) -> PostgresDatabase:
    """Open (or create) the ledger, at the newest schema.

    :raises LedgerError: when it cannot be opened, or was written by a newer version of crosspost
    """
    with translate(address):
        database = PostgresDatabase(address)
        try:
            _check_server(database)
            if not has_ledger(database):
                _make(database)
            _bring_up(database)
        except BaseException:
            database.close()
            raise
        return database


def connect_to_read(address: Address) -> PostgresDatabase:
    """Open the ledger in a way that cannot change it; it must have this version's schema.

    :raises LedgerError: when it does not exist, cannot be reached, or has another schema
    """
    with translate(address):
        database = PostgresDatabase(address, read_only=True)
        try:
            _check_server(database)
            if not has_ledger(database):
                raise LedgerError(f"{address} has no ledger in it yet; the first `crosspost run` makes it")
            found = _version(database)
            if found > VERSION:
                raise LedgerError(f"{address} is from a newer crosspost; update crosspost on this machine")
            if found < VERSION:
                raise LedgerError(f"{address} is from an older crosspost; `crosspost run` brings it up to date")
        except BaseException:
            database.close()
            raise
        return database


def found_in(address: Address) -> Literal["empty", "foreign", "ledger"]:
    """What is in the database: nothing, tables of another program only, or a ledger.

    :raises LedgerError: when it cannot be reached, or no ledger can be in it
    """
    with translate(address):
        database = PostgresDatabase(address, read_only=True)
        try:
            _check_schema(database)
            there = _tables(database)
        finally:
            database.close()
    return "empty" if not there else "ledger" if _is_ours(there) else "foreign"


def schema_of(address: Address) -> str:
    """The schema in which this address has its tables; "" when there is none that its user may use.

    :raises LedgerError: when it cannot be reached
    """
    with translate(address):
        database = PostgresDatabase(address, read_only=True)
        database.close()
        return database.schema


def has_ledger(database: PostgresDatabase) -> bool:
    return _is_ours(_tables(database))


def _is_ours(tables: set[str]) -> bool:
    return {_VERSION_TABLE, "posts", "deliveries", "facts"} <= tables


def _tables(database: PostgresDatabase | Statements) -> set[str]:
    return {str(name) for (name,) in database.rows(_THERE)}


def _check_server(database: PostgresDatabase) -> None:
    ((version, encoding),) = database.rows(
        "SELECT current_setting('server_version_num'), current_setting('server_encoding')"
    )
    if int(version) < _OLDEST * 10_000:
        raise LedgerError(
            f"{database.address}: this is PostgreSQL {int(version) // 10_000}; the ledger needs {_OLDEST} or newer"
        )
    if encoding != "UTF8":
        raise LedgerError(
            f"{database.address}: the database keeps its texts as {encoding}, which cannot hold many characters of "
            "posts. Create one with `createdb --encoding=UTF8 --template=template0 NAME`"
        )
    _check_schema(database)


def _check_schema(database: PostgresDatabase) -> None:
    if database.schema:
        return
    if named := database.address.named_schema():
        raise LedgerError(
            f'{database.address}: there is no schema "{named}" that this user may use, so there is no place for the '
            f'tables. `CREATE SCHEMA "{named}"` makes one, as the user that crosspost connects as; `GRANT USAGE, '
            f'CREATE ON SCHEMA "{named}" TO …` lets a user in'
        )
    raise LedgerError(
        f"{database.address}: the search path of this user names no schema that exists and that it may use, so "
        "there is no place for the tables. `CREATE SCHEMA` makes one, `GRANT USAGE ON SCHEMA` lets a user in"
    )


def _make(database: PostgresDatabase) -> None:
    """Make the tables of a new ledger, unless another process was faster."""
    with database.transaction() as statements:
        there = _tables(statements)
        if _is_ours(there):
            return
        if there:
            raise LedgerError(
                f"{database.address} has tables of another program in its schema {database.schema}. Nothing was "
                "changed; create a database for crosspost alone, or a schema (`options=-csearch_path%3DNAME`)"
            )
        for statement in CREATE:
            statements.change(created(statement))
        statements.change("INSERT INTO alembic_version VALUES (:version)", {"version": VERSION})
        statements.change("INSERT INTO facts (name, value) VALUES ('id', :id)", {"id": uuid.uuid4().hex})


def _bring_up(database: PostgresDatabase) -> None:
    found = _version(database)
    if found == VERSION:
        return
    if found > VERSION:
        raise LedgerError(
            f"{database.address} was written by a newer crosspost, and this one would spoil it. Nothing was changed; "
            "update crosspost on this machine"
        )
    from crosspost.ledger.migrations import upgrade_database  # takes half a second to import, and is needed once

    def connected() -> psycopg.Connection[Row]:
        connection = connection_to(database.address)
        connection.autocommit = False
        return connection

    upgrade_database(connected, database.change_lock)


def _version(database: PostgresDatabase) -> str:
    """The version of its tables.

    :raises LedgerError: when it is not there yet, as while a copy is put back: tables are made first, then filled
    """
    rows = database.rows("SELECT version_num FROM alembic_version")
    if not rows:
        raise LedgerError(
            f"{database.address} has a ledger in it that is not whole: a copy of it is just being put back, or that "
            "did not finish. Nothing was sent. Wait until it is done; if nobody is at it, put the copy back again"
        )
    return str(rows[0][0])
