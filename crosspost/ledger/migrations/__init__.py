"""Moves an older ledger up. Only this part of the ledger knows SQLAlchemy and Alembic."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from crosspost.ledger.schema import VERSION


def upgrade(path: Path) -> None:
    """Bring the ledger to the newest schema, all of it in one transaction or nothing."""
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(path, timeout=30, isolation_level=None))
    sa.event.listen(engine, "connect", lambda connection, _: _configure(connection))
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
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
