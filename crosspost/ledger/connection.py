"""Opens the ledger: creates, checks and migrates it, or raises an error that says what to do."""

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from crosspost.errors import LedgerError
from crosspost.ledger import copies
from crosspost.ledger.tables import VERSION, facts, metadata

_MIGRATIONS = Path(__file__).parent / "migrations"
_version = sa.table("alembic_version", sa.column("version_num", sa.String))


def connect(path: Path) -> sa.Engine:
    """Open (or create) the ledger file, at the newest schema.

    WAL with synchronous FULL: a commit that returned survives a power cut. The file is readable by its owner only.

    :raises LedgerError: when it cannot be opened, is corrupted, or was written by a newer version of crosspost
    """
    with translate_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 30, "isolation_level": None}
        )
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        try:
            _bring_up(engine, path)
        except BaseException:
            engine.dispose()
            raise
        return engine


def connect_to_read(path: Path) -> sa.Engine:
    """Open the ledger without changing a byte of it; it must have this version's schema.

    :raises LedgerError: when it does not exist, is damaged, or has another schema
    """
    with translate_errors(path):
        if not path.is_file():
            raise LedgerError(f"{path} does not exist yet; the first `crosspost run` makes it")
        # Without a write-ahead log beside it the file is complete; without "immutable" SQLite would create one.
        mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
        uri = f"file:{quote(str(path.absolute()))}?{mode}"
        engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, timeout=30))
        try:
            with engine.begin() as connection:
                found = connection.execute(sa.select(_version.c.version_num)).scalar()
            if found != VERSION:
                raise LedgerError(
                    f"{path} has schema {found}, this crosspost reads {VERSION}; `crosspost run` moves it up"
                )
        except BaseException:
            engine.dispose()
            raise
        return engine


@contextlib.contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn database and disk errors into a :class:`LedgerError` that names the file and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise LedgerError(f"{path}: {_sentence(str(error.orig), path)}") from None
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: {_sentence(str(error), path)}") from None
    except (ValueError, msgspec.MsgspecError):  # stored text, times or JSON that cannot be decoded
        raise LedgerError(f"{path}: {_sentence('malformed', path)}") from None
    except OSError as error:
        raise LedgerError(f"{path}: the ledger cannot be opened: {error.strerror}") from None


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # Take the write lock first: a transaction that reads and then writes could fail half-way with "locked".
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _bring_up(engine: sa.Engine, path: Path) -> None:
    with engine.begin() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            if sa.inspect(connection).get_table_names():
                raise LedgerError(f"{path} is another program's database; name another file in [state] ledger")
            metadata.create_all(connection)
            _version_table(connection)
            connection.execute(sa.insert(_version).values(version_num=VERSION))
            connection.execute(sa.insert(facts).values(name="id", value=uuid.uuid4().hex))
            return
        found = connection.execute(sa.select(_version.c.version_num)).scalar()
        wrong = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if wrong != "ok":
            raise LedgerError(f"{path}: {_sentence('malformed', path)}")
    if found == VERSION:
        return
    if found is None or found > VERSION:
        raise LedgerError(
            f"{path} was written by a newer crosspost (schema {found}, this one knows {VERSION}); "
            "update crosspost, nothing was changed"
        )
    copies.before_migration(path, found)
    _migrate(engine)


def _version_table(connection: sa.Connection) -> None:
    table = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
    table.create(connection)


def _migrate(engine: sa.Engine) -> None:
    from alembic import command  # takes half a second to import, and is needed once per upgrade
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, VERSION)


def _sentence(message: str, path: Path) -> str:
    """What SQLite's message means, and what a person should do."""
    lowered = message.lower()
    if "malformed" in lowered or "not a database" in lowered or "corrupt" in lowered:
        kept = copies.newest(path)
        restore = f"Put its newest copy, {kept}, in its place" if kept else "Restore a backup of it, or move it away"
        return (
            f"the ledger is damaged and is not touched. Nothing was sent. {restore}; then `crosspost ledger rebuild` "
            "looks at the accounts for what went out since"
        )
    if "full" in lowered:
        return "the disk is full, so nothing can be recorded and nothing is sent. Free some space and run again"
    if "readonly" in lowered or "read-only" in lowered:
        return "the ledger cannot be written (read-only), so nothing is sent. Check the owner and rights of the folder"
    if "locked" in lowered:
        return "another program has kept the ledger locked for half a minute; run again when it is done"
    if "unable to open" in lowered:
        return "the ledger cannot be opened. Check that the folder exists and can be written"
    return f"the ledger cannot be used: {message}"
