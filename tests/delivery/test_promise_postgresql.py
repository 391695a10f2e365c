"""The same promise with the ledger in PostgreSQL, where connections are cut besides."""

from typing import Any

import psycopg
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule
from psycopg import sql

from crosspost.delivery import receipts
from crosspost.errors import LedgerError
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import TABLES
from tests.delivery.test_promise import Promise
from tests.postgresql_server import Server


class PromiseOnPostgreSQL(Promise):
    """Three accounts, as before; of one database, emptied for each example."""

    database: Address
    server: Server

    def place(self) -> Address:
        with psycopg.connect(self.database.url) as connection:
            _empty(connection)
            connection.execute("INSERT INTO facts (name, value) VALUES ('id', gen_random_uuid()::text)")
        return Address(self.database.url, self.folder / "ledger.sqlite3")

    def backup(self) -> Any:
        with psycopg.connect(self.database.url) as connection:
            return {table: connection.execute(_from("SELECT * FROM {}", table)).fetchall() for table in TABLES}

    def put_back(self, backup: Any) -> None:
        with psycopg.connect(self.database.url) as connection:
            _empty(connection)
            for table, rows in backup.items():
                for row in rows:
                    values = sql.SQL(", ").join(sql.Placeholder() * len(row))
                    connection.execute(_from("INSERT INTO {} VALUES ({})", table, values), row)
            for table in ("deliveries", "audit", "replies"):
                last = "SELECT setval(pg_get_serial_sequence({}, 'id'), 1 + (SELECT coalesce(max(id), 0) FROM {}))"
                connection.execute(sql.SQL(last).format(sql.Literal(table), sql.Identifier(table)))

    @rule(by_hand=st.booleans())
    def the_connection_is_cut(self, by_hand: bool) -> None:
        self.server.cut()
        self.write_anew()
        self.run_now(by_hand=by_hand)

    @rule(write=st.integers(1, 30), late=st.booleans())
    def it_is_cut_in_the_middle(self, write: int, late: bool) -> None:
        """Before or inside of one of the next changes, or when it is committed and nobody hears of it (``late``); what
        the run says then is an error a person understands."""
        self.write_anew()
        database, left = self.ledger._database, [write]
        begin, alone = database._begin, database._alone

        def counted() -> bool:
            left[0] -= 1
            return left[0] == 0

        def cut() -> None:
            begin()
            if counted():
                self.server.cut()

        def cut_alone(steps: Any) -> Any:
            now = counted()
            if now and not late:
                self.server.cut()
            done = alone(steps)
            if now and late:
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return done

        database._begin, database._alone = cut, cut_alone
        try:
            self.run_now()
        except LedgerError as error:
            assert "the connection to the database was cut" in str(error)  # noqa: PT017  # it need not be raised
        finally:
            del database._begin, database._alone
        self.reopened()


def _empty(connection: psycopg.Connection[Any]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, TABLES))
    connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))


def _from(text: Any, table: str, *more: sql.Composable) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(table), *more)


@pytest.mark.long
class TestPromiseOnPostgreSQL(PromiseOnPostgreSQL.TestCase):  # type: ignore[misc]  # hypothesis makes the class
    settings = settings(
        max_examples=15, stateful_step_count=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
    )

    @pytest.fixture(autouse=True)
    def _on(self, address: Address, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receipts, "sleep", lambda _: None)
        PromiseOnPostgreSQL.database, PromiseOnPostgreSQL.server = address, server
