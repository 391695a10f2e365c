"""A mark that is another one after every change of a ledger, whoever made it: by it a look knows that nothing changed.

It is a random value in a table beside the ledger's. Triggers replace it in the very transaction that changes anything,
so an older crosspost, a person with psql and a copy that is put back are noticed like everybody else, and a change that
is committed late is seen when it is there. A ledger has no mark until a look wants to leave one.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import LiteralString

import psycopg
from psycopg import sql

from crosspost.ledger.database import as_stored, chunks, moment
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.clock_and_lock import MOST, here
from crosspost.ledger.postgresql.database import PostgresDatabase
from crosspost.ledger.postgresql.reconnecting import connection_to, settle
from crosspost.ledger.schema import TABLES
from crosspost.ledger.write_requests import Row, Step
from crosspost.model import Value

TABLE = "ledger_marks"
_NAME = "crosspost_marks_changes"
#: the tables that count; with the last one goes what a newer version does to the others
_COUNTING = (*TABLES, "alembic_version")
#: a user who lacks rights, or a table that somebody has removed
_REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)
#: ledgers that are asked about in one question: the server holds a lock for each of their tables meanwhile
_AT_ONCE = 100
_THERE = f"to_regclass(quote_ident(current_schema()) || '.{TABLE}') IS NOT NULL"
#: the first change of a transaction in a schema replaces the mark, the others see that by the setting, which ends with
#: it; the names are looked up anew each time, because a schema may get another name. When somebody looked last does
#: not count: two workers would take each other's stamps away for ever
_BODY = f"""
    DECLARE
        here text := TG_TABLE_SCHEMA || ' ' || pg_current_xact_id()::text;
    BEGIN
        IF TG_TABLE_NAME = 'facts' AND TG_OP = 'UPDATE' THEN
            IF OLD.name = 'last_run' AND NEW.name = 'last_run' THEN
                RETURN NULL;
            END IF;
        END IF;
        IF current_setting('crosspost.marked', true) IS DISTINCT FROM here THEN
            IF to_regclass(format('%I.{TABLE}', TG_TABLE_SCHEMA)) IS NOT NULL THEN
                EXECUTE format('UPDATE %I.{TABLE} SET value = gen_random_uuid()::text WHERE name = %L',
                    TG_TABLE_SCHEMA, 'change');
            END IF;
            PERFORM set_config('crosspost.marked', here, true);
        END IF;
        RETURN NULL;
    END """
_FUNCTION = f"""CREATE OR REPLACE FUNCTION {_NAME}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $${_BODY}$$"""
#: the triggers that do just that: an older version made others
_MADE = f"""SELECT {_THERE}, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid AND encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') =
    '{hashlib.sha256(_BODY.encode()).hexdigest()}'
    WHERE t.tgname IN ('{_NAME}', '{_NAME}_all') AND t.tgenabled IN ('O', 'A')
    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"""
_MAKE = (
    f'CREATE TABLE IF NOT EXISTS {TABLE} (name TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL)',
    f"INSERT INTO {TABLE} VALUES ('change', gen_random_uuid()::text), ('look', '') ON CONFLICT DO NOTHING",
    _FUNCTION,
    *(
        line
        for table in _COUNTING
        for line in (
            f"DROP TRIGGER IF EXISTS {_NAME} ON {table}",  # for each row: a statement that finds none changes nothing
            f"CREATE TRIGGER {_NAME} AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {_NAME}()",
            f"DROP TRIGGER IF EXISTS {_NAME}_all ON {table}",
            f"CREATE TRIGGER {_NAME}_all AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {_NAME}()",
        )
    ),
)
_ALL = [(True, 2 * len(_COUNTING))]
_VALUE = f"SELECT value FROM {TABLE} WHERE name = :name"
#: the ledgers that have a mark, the schema of those that name none, and the server's time
_SCHEMAS = f"""SELECT n.nspname, current_schema(), extract(epoch FROM clock_timestamp())::float8
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = '{TABLE}' AND c.relkind = 'r'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"""
_ASK: LiteralString = """SELECT {number}, name, value FROM {schema}.ledger_marks
    UNION ALL SELECT {number}, name, value FROM {schema}.facts WHERE name = 'last_run'"""
_LOOKED: LiteralString = (
    "UPDATE {schema}.ledger_marks SET value = {now} WHERE name = 'look' AND (value < {before} OR value > {now})"
)


def change_mark(database: PostgresDatabase) -> str:
    """The mark as it is now, of a ledger that has none a new one; "" where this user may not make any."""
    try:
        if database.rows(_MADE) != _ALL:
            with database.transaction() as statements:
                for line in _MAKE:
                    statements.change(line)
        return str(database.rows(_VALUE, {"name": "change"})[0][0])
    except _REFUSED:
        return ""


def unchanged(database: PostgresDatabase, mark: str, questions: Sequence[str]) -> list[list[Row]] | None:
    """What these questions are answered while nobody can change anything, if nobody did since the ledger had this mark.

    :returns: None when something was changed, or is not noticed any more
    """
    steps = [Step(one, {}) for one in (_MADE, *questions)] + [Step(_VALUE, {"name": "change"})]
    try:
        made, *answers, now = (done.rows for done in database.at_once(steps))
    except _REFUSED:
        return None
    return answers if made == _ALL and now == [(mark,)] else None


def last_look(database: PostgresDatabase) -> datetime | None:
    """When somebody last found by the mark that there is nothing to look at."""
    if database.rows(f"SELECT {_THERE}") != [(True,)]:
        return None
    found = database.rows(_VALUE, {"name": "look"})
    return moment(found[0][0]) if found and found[0][0] else None


class Marked(Value, frozen=True, kw_only=True):
    """A ledger's mark, and when somebody last looked at its site, also by the mark alone."""

    mark: str
    looked: datetime | None


class ChangeMarks:
    """The marks of many ledgers in one database, asked for together on one connection. Where anything about that fails
    there is none: then each ledger is looked at, and whoever does so tells what is wrong.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection: psycopg.Connection[Row] | None = None
        self._failed = False  # a server that does not answer is waited for once
        self._schemas: dict[str, str] = {}  # name of the schema, "" for the usual one → its name

    def of(self, schemas: Sequence[str]) -> dict[str, Marked]:
        """Those of the ledgers that have a mark; none while this machine's clock is wrong.

        :param schemas: "" for the one that the address means
        """
        found: dict[str, Marked] = {}
        if self._failed:
            return found
        with self._or_nothing():
            connection = self._opened()
            wanted = [schema for schema in schemas if schema in self._schemas]
            for some in chunks(wanted, _AT_ONCE):
                asked = (self._filled(_ASK, name, number=number) for number, name in enumerate(some))
                rows: dict[int, dict[str, str]] = {}
                for number, name, value in connection.execute(sql.SQL(" UNION ALL ").join(asked), prepare=False):
                    rows.setdefault(number, {})[name] = value
                found |= {some[n]: _marked(said) for n, said in rows.items() if "change" in said}
        return found

    def note(self, schemas: Iterable[str], now: datetime, before: datetime) -> None:
        """Write down that somebody looked at these just now, where the last look is from before a moment."""
        if self._failed:
            return
        moments = {name: sql.Literal(value) for name, value in as_stored({"now": now, "before": before}).items()}
        with self._or_nothing():
            connection = self._opened()
            known = sorted(schema for schema in schemas if schema in self._schemas)
            for some in chunks(known, _AT_ONCE):  # in the same order everywhere, so that none waits for another
                lines = (self._filled(_LOOKED, name, **moments) for name in some)
                connection.execute(sql.SQL("; ").join(lines), prepare=False)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _opened(self) -> psycopg.Connection[Row]:
        if self._connection is None:
            self._connection = connection_to(self._address, name="crosspost looks")
            settle(self._connection)
            before, rows = here(), self._connection.execute(_SCHEMAS).fetchall()
            there = {str(name): str(name) for name, _, _ in rows}
            usual = {"": str(rows[0][1])} if rows and str(rows[0][1]) in there else {}
            if rows and abs(before - rows[0][2]) <= MOST.total_seconds():
                self._schemas = there | usual
        return self._connection

    def _filled(self, text: LiteralString, schema: str, **values: object) -> sql.Composed:
        given = {name: one if isinstance(one, sql.Composable) else sql.Literal(one) for name, one in values.items()}
        return sql.SQL(text).format(schema=sql.Identifier(self._schemas[schema]), **given)

    @contextlib.contextmanager
    def _or_nothing(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error:
            self._schemas, self._failed = {}, True


def _marked(said: dict[str, str]) -> Marked:
    moments = []
    for name in ("last_run", "look"):
        with contextlib.suppress(ValueError):
            moments.append(datetime.fromisoformat(said.get(name, "")))
    return Marked(mark=said["change"], looked=max(moments, default=None))
