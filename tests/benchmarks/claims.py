"""The claim of the next delivery in a ledger of millions of rows: LEDGER_ROWS=10000000 takes some minutes and 6 GB."""

import contextlib
import itertools
import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crosspost.ledger import Delivery, Ledger
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.offers import Offers
from tests.benchmarks.rows import Measured, Row, SkippedError
from tests.postgresql_server import MissingError, Server, running

LEDGER_ROWS = int(os.environ.get("LEDGER_ROWS", "1000000"))
_FEW, _CLAIMS = 10_000, 300


def in_a_database(folder: Path) -> Measured:
    """What a worker asks PostgreSQL until it has claimed the next delivery."""
    with server() as found:
        return _measured(lambda rows: _worker(found, folder, rows))


def in_a_file(folder: Path) -> Measured:
    """What a run asks SQLite, which syncs the disk for each change in both."""
    return _measured(lambda rows: _run(folder / f"{rows}.sqlite3", rows))


@contextlib.contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A server of PostgreSQL, or the reason why there is none.

    :param settings: of its own, as ``name=value``
    """
    try:
        with running(more=settings) as found:
            yield found
    except MissingError as why:
        raise SkippedError(str(why)) from None


# ── PostgreSQL ────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _worker(server: Server, folder: Path, rows: int) -> Iterator[Callable[[], None]]:
    """What claims the next delivery in a ledger of so many rows.

    :raises RuntimeError: when one of the questions reads the whole table
    """
    name = server.new_database()
    address = Address(server.address(name), folder / name)
    with contextlib.closing(Ledger(address, _now)) as ledger, contextlib.closing(Offers(address)) as offers:
        _fill_postgresql(server, name, rows)
        due = ledger.deliveries(states=["planned"], due=_now())[:5]
        offers.add("s", ((row.id, row.account) for row in due))
        for sql in _QUESTIONS:
            _through_an_index(sql, server.ask(f"EXPLAIN {sql}", name), "Seq Scan on deliveries")

        def claim() -> None:
            (number,) = offers.take("s", account := offers.next_accounts(offers.next_site(""), "", [], 1)[0], 1) or ()
            offers.give_back("s", account, [number])
            offers.add("s", [(_claimed(ledger, ledger.get(number)).id, account)])

        yield claim


def _fill_postgresql(server: Server, name: str, rows: int) -> None:
    """Indexes and foreign keys that are made when all rows are there take a third of the time."""
    found = server.ask(
        "SELECT indexdef || E'\\t' || 'DROP INDEX ' || indexname FROM pg_indexes WHERE schemaname = 'public' AND "
        "tablename IN ('posts', 'deliveries') AND indexname LIKE 'ix!_%' ESCAPE '!'",
        name,
    )
    pairs = [line.split("\t") for line in found.splitlines()]
    fill = _filling(rows, "to_char({}, 'FM000000000')", "generate_series(1, {}) i")
    made = [drop for _, drop in pairs] + [fill] + [make for make, _ in pairs]
    quick = "SET session_replication_role = replica; SET maintenance_work_mem = '256MB'"
    server.ask("; ".join([quick, *made]), name)
    server.ask("VACUUM ANALYZE", name)


# ── SQLite ────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _run(file: Path, rows: int) -> Iterator[Callable[[], None]]:
    """The same for a ledger in a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Ledger(file, _now).close()
    _fill_sqlite(file, rows)
    with contextlib.closing(Ledger(file, _now)) as ledger:
        due = ledger.deliveries(states=["planned"], due=_now())[:5]
        with contextlib.closing(sqlite3.connect(file)) as asked:
            for sql in _QUESTIONS:
                plan = "\n".join(row[3] for row in asked.execute(f"EXPLAIN QUERY PLAN {sql}"))
                _through_an_index(sql, plan, "SCAN deliveries")
        turn = itertools.cycle(due)

        def claim() -> None:
            _claimed(ledger, ledger.get(next(turn).id))

        yield claim


def _fill_sqlite(file: Path, rows: int) -> None:
    counting = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)"
    with contextlib.closing(sqlite3.connect(file)) as base:
        base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")
        made = base.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix!_%' ESCAPE '!'")
        indexes = [sql for (sql,) in made]
        for sql in indexes:
            base.execute(f"DROP INDEX {sql.split()[2]}")
        for statement in _filling(rows, "printf('%09d', {})", counting).split(";"):
            base.execute(statement)
        for sql in indexes:
            base.execute(sql)
        base.commit()
        base.execute("PRAGMA journal_mode = WAL")


# ── both ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _now() -> datetime:
    return datetime(2026, 11, 27, tzinfo=UTC)


def _day(number: int) -> str:
    """A moment so many days from now, as the ledger has it."""
    return (_now() + timedelta(days=number)).isoformat(timespec="microseconds")


_MOMENTS = {"long_ago": _day(-300), "yesterday": _day(-1), "later": _day(30)}
#: a thousand accounts, on each of which one row of a thousand is planned; half of these are due
_FILL = """
INSERT INTO posts (id, path, url, title, seen_at, fingerprint)
    SELECT 'p' || {number}, 'p' || {number}, 'https://x.example/' || {number}, 'T' || {number}, '{long_ago}', ''
    FROM {posts};
INSERT INTO deliveries (post, account, network, part, state, due_at, why, attempts, remote, url, error, updated_at,
        sent_at, publishing_at)
    SELECT 'p' || {post}, 'a' || (i * 7 % 1000), 'x', i % 10 + 1,
        CASE WHEN i % 997 = 1 THEN 'planned' ELSE 'sent' END,
        CASE WHEN i % 2 = 0 THEN '{yesterday}' ELSE '{later}' END, 'new', 0, '{{}}',
        'https://x.example/' || i, '', '{long_ago}', '{long_ago}', '{long_ago}'
    FROM {deliveries}
"""


def _filling(rows: int, padded: str, counting: str) -> str:
    """The statements that make so many rows, in the order of the unique key, so that it grows at its end.

    :param padded: SQL that writes a number with leading zeros, {} for the number
    :param counting: SQL that counts from 1 to {} in a column i
    """
    return _FILL.format(
        number=padded.format("i"),
        post=padded.format("(i / 10 + 1)"),
        posts=counting.format(rows // 10),
        deliveries=counting.format(rows - 11),
        **_MOMENTS,
    )


_WHERE = "state IN ('planned') AND account = 'a7' AND due_at <= '2026-11-27'"
#: what is asked for the next delivery, with values as they may be
_QUESTIONS = (
    f"SELECT * FROM deliveries WHERE {_WHERE} ORDER BY due_at, id",
    f"SELECT * FROM deliveries WHERE {_WHERE} AND post = 'p7' ORDER BY due_at, id",
    "UPDATE deliveries SET state = 'sending' WHERE id = 7 AND state = 'planned'",
)


def _through_an_index(sql: str, plan: str, whole: str) -> None:
    if whole in plan:
        raise RuntimeError(f"reads the whole table: {sql}\n{plan}")


def _claimed(ledger: Ledger, row: Delivery) -> Delivery:
    """Claim a delivery as an account's worker does, and plan it again."""
    ledger.deliveries(states=["planned"], account=row.account, post=row.post, due=ledger.clock())
    claimed = ledger.claim(row, "bench:1")
    assert claimed is not None
    return ledger.again(claimed, "", ledger.clock() - timedelta(hours=1))


def _measured(claiming: Callable[[int], contextlib.AbstractContextManager[Callable[[], None]]]) -> Measured:
    """The medians of claims in a large and in a small ledger, in turn, so that a busy machine slows both alike."""
    taken: tuple[list[float], list[float]] = ([], [])
    with claiming(LEDGER_ROWS) as many, claiming(_FEW) as few:
        for _ in range(_CLAIMS):
            for claim, times in zip((many, few), taken, strict=True):
                begun = time.perf_counter()
                claim()
                times.append(time.perf_counter() - begun)
    ours, base = (statistics.median(times) * 1000 for times in taken)
    return Measured(ours=ours, base=base, unit="ms", note="through indexes alone")


_AT = f"claim of the next delivery, {LEDGER_ROWS:,} rows"
ROWS = [
    Row(f"{_AT}, PostgreSQL", f"{_FEW:,} rows", "≤ 1.5", in_a_database),
    Row(f"{_AT}, SQLite", f"{_FEW:,} rows", "≤ 1.5", in_a_file),
]
