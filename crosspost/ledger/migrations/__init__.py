"""Moves an older ledger up. Only this part of the ledger knows SQLAlchemy and Alembic."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from crosspost.ledger.schema import VERSION


def upgrade(path: Path) -> None:
    """Bring the ledger to the newest schema, all of it in one transaction or nothing."""
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(path, timeout=30, isolation_level=None))
    sa.event.listen(engine, "connect", lambda connection, _: _configure(connection))
    _upgrade(engine, "BEGIN IMMEDIATE")


def upgrade_database(connected: Callable[[], Any], lock: str) -> None:
    """The same for a ledger in PostgreSQL.

    :param connected: makes a connection of psycopg's in which statements do not commit themselves
    :param lock: the statement that every change of the ledger begins with; it waits for the changes of others
    """
    _upgrade(sa.create_engine("postgresql+psycopg://", creator=connected), lock)


def _upgrade(engine: sa.Engine, first: str) -> None:
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(first))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, VERSION)
    finally:
        engine.dispose()


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
