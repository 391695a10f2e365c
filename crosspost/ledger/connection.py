"""Opens the ledger: creates, checks and migrates it, or raises an error that says what to do."""

import contextlib
import os
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from crosspost.errors import LedgerError
from crosspost.ledger import backups
from crosspost.ledger.database import Database
from crosspost.ledger.schema import CREATE, VERSION

if TYPE_CHECKING:
    from crosspost.ledger.postgresql.address import Address

    #: where a ledger is: SQLite's file, or a database in PostgreSQL, for which nothing is imported before it is needed
    Where = Path | Address

#: the oldest SQLite that knows RETURNING
_SQLITE = (3, 35)
_VERSION = "SELECT version_num FROM alembic_version"
#: bytes that must be free for SQLite to work at all: its shared memory and a page
_LEAST = 65_536
#: the row of the table that tells a ledger from another program's database
_OURS = ("alembic_version",)
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"


def connect(path: "Where", *, vouched: bool = False) -> Database:
    """Open (or create) the ledger, at the newest schema.

    Of a file: WAL with synchronous FULL, so a commit that returned survives a power cut; readable by its owner only.

    :param vouched: whether its file is known to be whole, so that it need not be read
    :raises LedgerError: when it cannot be opened, is corrupted, or was written by a newer version of crosspost
    """
    if not isinstance(path, Path):
        from crosspost.ledger.postgresql import connection

        return connection.connect(path)
    with translate_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        database = Database(lambda: _opened(path))
        try:
            _bring_up(database, path, vouched=vouched)
        except BaseException:
            database.close()
            raise
        return database


def connect_to_read(path: "Where") -> Database:
    """Open the ledger without changing a byte of it; it must have this version's schema.

    :raises LedgerError: when it does not exist, is damaged, or has another schema
    """
    if not isinstance(path, Path):
        from crosspost.ledger.postgresql import connection

        return connection.connect_to_read(path)
    with translate_errors(path):
        if not path.is_file():
            raise LedgerError(f"{path} does not exist yet; the first `crosspost run` makes it")
        # Without a write-ahead log beside it the file is complete; without "immutable" SQLite would create one.
        mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
        uri = f"file:{quote(str(path.absolute()))}?{mode}"
        database = Database(lambda: _connection(uri, uri=True))
        try:
            found = _version(database)
            if found is None or found > VERSION:
                raise LedgerError(_newer(path))
            if found != VERSION:
                raise LedgerError(f"{path} is from an older crosspost; `crosspost run` brings it up to date")
        except BaseException:
            database.close()
            raise
        return database


def translate_errors(path: "Where") -> AbstractContextManager[None]:
    """Turn database and disk errors into a :class:`LedgerError` that names the ledger and what to do."""
    if isinstance(path, Path):
        return _of_a_file(path)
    from crosspost.ledger.postgresql.errors import translate

    return translate(path)


@contextlib.contextmanager
def _of_a_file(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: {_sentence(str(error), path)}") from None
    except (ValueError, msgspec.MsgspecError):  # stored text, times or JSON that cannot be decoded
        raise LedgerError(f"{path}: {_sentence('malformed', path)}") from None
    except OSError as error:
        raise LedgerError(f"{path}: the ledger cannot be opened: {error.strerror}") from None
    except Exception as error:
        if isinstance(wrapped := getattr(error, "orig", None), sqlite3.Error):  # SQLAlchemy's, in a migration
            raise LedgerError(f"{path}: {_sentence(str(wrapped), path)}") from None
        raise


def _opened(path: Path) -> sqlite3.Connection:
    connection = _connection(str(path))
    try:
        for pragma in _pragmas(sys.platform):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _pragmas(platform: str) -> tuple[str, ...]:
    usual = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000")
    # macOS leaves data in the disk's own memory unless it is told not to (sqlite.org/pragma.html#pragma_fullfsync)
    return (*usual, "fullfsync=ON", "checkpoint_fullfsync=ON") if platform == "darwin" else usual


def _connection(name: str, *, uri: bool = False) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < _SQLITE:
        raise LedgerError(
            f"Python's SQLite is {sqlite3.sqlite_version}; the ledger needs 3.35 or newer. Install a newer Python"
        )
    return sqlite3.connect(name, uri=uri, timeout=30, isolation_level=None, check_same_thread=False)


def _bring_up(database: Database, path: Path, *, vouched: bool) -> None:
    if _OURS not in database.rows(_TABLES) and _made(database, path):
        return
    found = _version(database)
    if not vouched and database.rows("PRAGMA quick_check(1)") != [("ok",)]:
        raise LedgerError(f"{path}: {_sentence('malformed', path)}")
    if found == VERSION:
        return
    if found is None or found > VERSION:
        raise LedgerError(_newer(path))
    backups.before_migration(path, found)
    from crosspost.ledger.migrations import upgrade  # takes half a second to import, and is needed once per upgrade

    upgrade(path)


def _newer(path: Path) -> str:
    return (
        f"{path} was written by a newer crosspost, and this one would spoil it. Nothing was changed; update "
        "crosspost on this machine"
    )


def _made(database: Database, path: Path) -> bool:
    """Make the tables of a new ledger; False when another process was faster."""
    with database.transaction() as statements:
        tables = statements.rows(_TABLES)
        if _OURS in tables:
            return False
        if tables:
            raise LedgerError(f"{path} is another program's database; name another file in [state] ledger")
        for statement in CREATE:
            statements.change(statement)
        statements.change("INSERT INTO alembic_version VALUES (:version)", {"version": VERSION})
        statements.change("INSERT INTO facts (name, value) VALUES ('id', :id)", {"id": uuid.uuid4().hex})
        return True


def _version(database: Database) -> str | None:
    rows = database.rows(_VERSION)
    return rows[0][0] if rows else None


def _full(path: Path) -> bool:
    """Whether nothing fits on the ledger's disk: SQLite tells it as "disk I/O error" when its shared memory is cut."""
    import shutil

    try:
        return shutil.disk_usage(path.parent).free < _LEAST
    except OSError:
        return False


def _sentence(message: str, path: Path) -> str:
    """What SQLite's message means, and what a person should do."""
    lowered = message.lower()
    if "malformed" in lowered or "not a database" in lowered or "corrupt" in lowered:
        kept = backups.newest(path)
        restore = f"Put its newest copy, {kept}, in its place" if kept else "Restore a backup of it, or move it away"
        return (
            f"the ledger is damaged and is not touched. Nothing was sent. {restore}; then `crosspost ledger rebuild` "
            "looks at the accounts for what went out since"
        )
    if "full" in lowered or ("i/o error" in lowered and _full(path)):
        return "the disk is full, so nothing can be recorded and nothing is sent. Free some space and run again"
    if "readonly" in lowered or "read-only" in lowered:
        return "the ledger cannot be written (read-only), so nothing is sent. Check the owner and rights of the folder"
    if "locked" in lowered:
        return "another program has kept the ledger locked for half a minute; run again when it is done"
    if "unable to open" in lowered:
        return "the ledger cannot be opened. Check that the folder exists and can be written"
    return f"the ledger cannot be used: {message}. Nothing was sent. See `crosspost help ledger`"
