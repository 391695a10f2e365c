"""Rows about an agency: many workers, many sites, a ledger of millions of rows. The sizes can be set from outside:

POSTS=25 (each to 40 accounts), SITES=1000, LEDGER_ROWS=10000000. As they are, all rows together take some minutes.
"""

import contextlib
import functools
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crosspost.ledger import Delivery, Ledger
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.offers import Offers
from tests.benchmarks import workers
from tests.benchmarks.material import CROSSPOST, PYTHON
from tests.benchmarks.rows import Measured, Row, SkippedError, once
from tests.postgresql_server import MissingError, Server, running

POSTS = int(os.environ.get("POSTS", "8"))
SITES = int(os.environ.get("SITES", "50"))
LEDGER_ROWS = int(os.environ.get("LEDGER_ROWS", "1000000"))
#: of each site
_POSTS, _ACCOUNTS = 500, 10
#: seconds until a network answers, and deliveries at a time of each worker
_LATENCY, _CONCURRENCY = 0.2, 4
_FEW = 10_000
_WALK = """
import sys, os
for folder, _, files in os.walk(sys.argv[1]):
    for file in files: os.stat(os.path.join(folder, file))
"""


@contextlib.contextmanager
def _server() -> Iterator[Server]:
    try:
        with running() as server:
            yield server
    except MissingError as why:
        raise SkippedError(str(why)) from None


def several(number: int, _: Path) -> Measured:
    """So many workers, beside what the networks' own latency allows them."""
    with _server() as server:
        rate, computed = workers.measured(
            server,
            queue="database",
            workers=number,
            posts=POSTS * number,
            seconds=_LATENCY,
            concurrency=_CONCURRENCY,
        )
    note = f"{computed:.1f} s cpu of {number} for {POSTS * number * workers.ACCOUNTS}"
    return Measured(ours=rate, base=number * _CONCURRENCY / _LATENCY, unit="a second", note=note)


def engine(_: Path) -> Measured:
    """One worker whose networks answer at once, beside Procrastinate with tasks that do nothing."""
    with _server() as server:
        bare = workers.bare(server, POSTS * workers.ACCOUNTS, _CONCURRENCY)
        rate, computed = workers.measured(
            server, queue="database", workers=1, posts=POSTS, seconds=0, concurrency=_CONCURRENCY
        )
    return Measured(ours=rate, base=bare, unit="a second", note=f"{computed:.1f} s cpu")


def one_machine(_: Path) -> Measured:
    """`crosspost run` with the ledger in a file, beside one worker; networks that answer at once."""
    with _server() as server:
        worker, _used = workers.measured(
            server, queue="database", workers=1, posts=POSTS, seconds=0, concurrency=_CONCURRENCY
        )
    rate, computed = workers.in_a_file(POSTS, seconds=0)
    return Measured(ours=rate, base=worker, unit="a second", note=f"{computed:.1f} s cpu")


def agency(folder: Path) -> Measured:
    """A run over all sites of which nothing is new, each with 10 accounts and 500 posts."""
    config = _sites(folder)
    command = (*CROSSPOST, "run", "--quiet", "--config", str(config))
    once(command)
    stamps = folder / "home/crosspost/idle"
    shutil.rmtree(stamps, ignore_errors=True)  # with these no post is looked at
    looked = once(command)
    stamped = once(command)
    walked = once((PYTHON, "-c", _WALK, str(folder)))
    each = looked.cpu / SITES * 1000
    note = f"{each:.1f} ms a site, {looked.memory:.0f} MB; with stamps {stamped.cpu:.2f} s, {stamped.memory:.0f} MB"
    return Measured(ours=looked.cpu, base=walked.cpu, unit="s cpu", note=note)


def _sites(folder: Path) -> Path:
    sites, accounts = [], []
    for number in range(SITES):
        posts = folder / f"s{number}/_posts"
        posts.mkdir(parents=True)
        (posts.parent / "_config.yml").write_text(f"url: https://s{number}.example.org\ntitle: S{number}\nlang: de\n")
        for post in range(_POSTS):
            file = posts / f"20{post % 26:02}-{post // 28 % 12 + 1:02}-{post % 28 + 1:02}-post-{post}.md"
            file.write_text(f"---\ntitle: Post {post} of {number}\ntags: [Garten]\n---\n\nText {post}.\n")
            os.utime(file, (1_770_000_000, 1_770_000_000))
        names = [f"a{number}-{account}" for account in range(_ACCOUNTS)]
        sites.append(f'[sites.s{number}]\npath = "s{number}"\nlive_check = false\naccounts = {names}\n')
        accounts += [f'[accounts.{name}]\nnetwork = "x"\n' for name in names]
    config = folder / "crosspost.toml"
    config.write_text("\n".join([*sites, *accounts, '[state]\nledger = "state/ledger.sqlite3"\n']), "utf-8")
    return config


def claim(folder: Path) -> Measured:
    """What a worker asks the database until it has claimed the next delivery."""
    with _server() as server:
        many, few = (_claimed(server, folder, rows) for rows in (LEDGER_ROWS, _FEW))
    return Measured(ours=many, base=few, unit="ms", note="through indexes alone")


def _claimed(server: Server, folder: Path, rows: int) -> float:
    """The median of many claims, in milliseconds.

    :raises RuntimeError: when one of the questions reads the whole table
    """
    name = server.new_database()
    address, now = Address(server.address(name), folder / name), datetime.fromisoformat(_day(0))
    with contextlib.closing(Ledger(address, lambda: now)) as ledger, contextlib.closing(Offers(address)) as offers:
        at = {"long_ago": _day(-300), "yesterday": _day(-1), "later": _day(30)}
        server.ask(_FILL.format(rows=rows, **at), name)
        server.ask("VACUUM ANALYZE", name)
        due = ledger.deliveries(states=["planned"], due=now)[:5]
        offers.add((row.id, row.account) for row in due)
        _refuse_whole_table(server, name)
        taken = [_timed(lambda: _next(ledger, offers)) for _ in range(300)]
    return statistics.median(taken) * 1000


#: a thousand accounts, on each of which one row of a thousand is planned; half of these are due
_FILL = """
INSERT INTO posts (id, path, url, title, seen_at, fingerprint)
    SELECT 'p' || i, 'p' || i, 'https://x.example/' || i, 'T' || i, '{long_ago}', ''
    FROM generate_series(1, {rows} / 10) i;
INSERT INTO deliveries (post, account, network, part, state, due_at, why, attempts, remote, url, error, updated_at,
        sent_at, publishing_at)
    SELECT 'p' || (i / 10 + 1), 'a' || (i * 7 % 1000), 'x', i % 10 + 1,
        CASE WHEN i % 997 = 1 THEN 'planned' ELSE 'sent' END,
        CASE WHEN i % 2 = 0 THEN '{yesterday}' ELSE '{later}' END, 'new', 0, '{{}}',
        'https://x.example/' || i, '', '{long_ago}', '{long_ago}', '{long_ago}'
    FROM generate_series(1, {rows} - 11) i
"""


def _day(number: int) -> str:
    """A moment so many days from a certain one, as the ledger has it."""
    return (datetime(2026, 11, 27, tzinfo=UTC) + timedelta(days=number)).isoformat(timespec="microseconds")


def _next(ledger: Ledger, offers: Offers) -> Delivery:
    account = offers.next_account("", [])
    number = offers.take(account)
    assert number is not None
    row = ledger.get(number)
    ledger.deliveries(states=["planned"], account=account, post=row.post, due=ledger.clock())
    claimed = ledger.claim(row, "bench:1")
    assert claimed is not None
    planned = ledger.again(claimed, "", ledger.clock() - timedelta(hours=1))
    offers.add([(planned.id, account)])
    return planned


def _refuse_whole_table(server: Server, name: str) -> None:
    where = "state IN ('planned') AND account = 'a7' AND due_at <= '2026-11-27'"
    for sql in (
        f"SELECT * FROM deliveries WHERE {where} ORDER BY due_at, id",
        f"SELECT * FROM deliveries WHERE {where} AND post = 'p7' ORDER BY due_at, id",
        "UPDATE deliveries SET state = 'sending' WHERE id = 7 AND state = 'planned'",
    ):
        plan = server.ask(f"EXPLAIN {sql}", name)
        if "Seq Scan on deliveries" in plan:
            raise RuntimeError(f"reads the whole table: {sql}\n{plan}")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


ROWS = [
    *(
        Row(f"deliveries with {number} workers, 200 ms latency", "that latency alone", "≥ 0.8",
            functools.partial(several, number))
        for number in (1, 2, 4)
    ),
    Row("deliveries with 1 worker, no latency", "Procrastinate, empty tasks", "≥ 0.8", engine),
    Row("deliveries of one machine with SQLite, no latency", "1 worker on PostgreSQL", "≥ 1", one_machine),
    Row(f"`run`, nothing new, {SITES:,} sites × {_ACCOUNTS} accounts × {_POSTS} posts", "`os.stat` walk",
        "≤ 10 ms a site; ≤ 200 MB", agency),
    Row(f"claim of the next delivery, {LEDGER_ROWS:,} rows", f"{_FEW:,} rows", "≤ 1.5", claim),
]  # fmt: skip
