"""Rows about an agency: many workers, many sites, a ledger of millions of rows. The sizes can be set from outside:

POSTS=25 (each to 40 accounts), BACKLOG=250 (the same, of many posts), MANY_ACCOUNTS=2000 (each says 2 posts),
SITES=1000 (makes 500,000 files; 10,000 deliveries at nine o'clock, for which there are WORKERS=3),
LEDGER_ROWS=10000000. As they are, all rows together take some minutes.
"""

import functools
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import agency as agencies
from tests.benchmarks import bare_engine, claims, rush, workers
from tests.benchmarks.agency import Agency
from tests.benchmarks.material import PYTHON
from tests.benchmarks.rows import Measured, Row, once

POSTS = int(os.environ.get("POSTS", "8"))
BACKLOG = int(os.environ.get("BACKLOG", "100"))
SITES = int(os.environ.get("SITES", "50"))
WORKERS = int(os.environ.get("WORKERS", "2"))
MANY_ACCOUNTS = int(os.environ.get("MANY_ACCOUNTS", "400"))
#: seconds until a network answers, and deliveries at a time of each worker
_LATENCY, _CONCURRENCY = 0.2, 4
_WALK = """
import sys, os
for folder, _, files in os.walk(sys.argv[1]):
    for file in files: os.stat(os.path.join(folder, file))
"""


def several(number: int, _: Path) -> Measured:
    """So many workers, beside what the networks' own latency allows them."""
    with claims.server() as server:
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


class Shape(NamedTuple):
    """So many posts, each on so many accounts; what else the server is set to."""

    posts: int
    accounts: int
    server: tuple[str, ...] = ()

    @property
    def deliveries(self) -> int:
        return self.posts * self.accounts


#: a few accounts with something to say, the same with much, as after an import, and many that say a little, as an
#: agency's do
FEW, LONG, MANY = Shape(POSTS, workers.ACCOUNTS), Shape(BACKLOG, workers.ACCOUNTS), Shape(2, MANY_ACCOUNTS)
#: a server as it is installed; those of tests do not wait for the disk
SAFE = FEW._replace(server=("fsync=on", "full_page_writes=on", "shared_buffers=128MB"))


def engine(shape: Shape, number: int, queue: str, _: Path) -> Measured:
    """So many workers whose networks answer at once, beside as many of Procrastinate with tasks that do nothing."""
    with claims.server(*shape.server) as server:
        bare = bare_engine.rate(
            server, jobs=shape.deliveries, accounts=shape.accounts, workers=number, concurrency=_CONCURRENCY
        )
    rate, note = _at_once(shape, number, queue)
    return Measured(ours=rate, base=bare, unit="a second", note=note)


def floor(shape: Shape, folder: Path) -> Measured:
    """One worker beside what exactly-once costs at least: its commits and its marks, and nothing else."""
    with claims.server(*shape.server) as server:
        least = bare_engine.floor(server, folder, deliveries=shape.deliveries, threads=_CONCURRENCY)
    rate, note = _at_once(shape, 1, "database")
    return Measured(ours=rate, base=least, unit="a second", note=note)


def one_machine(_: Path) -> Measured:
    """`crosspost run` with the ledger in a file, beside one worker; networks that answer at once."""
    worker, _note = _at_once(FEW, 1, "database")
    rate, computed = workers.in_a_file(POSTS, seconds=0)
    return Measured(ours=rate, base=worker, unit="a second", note=f"{computed:.1f} s cpu")


@functools.cache  # several rows set the same beside something else
def _at_once(shape: Shape, number: int, queue: str) -> tuple[float, str]:
    """Deliveries a second of workers whose networks answer at once, and what they computed for that."""
    with claims.server(*shape.server) as server:
        rate, computed = workers.measured(
            server,
            queue=queue,
            workers=number,
            posts=shape.posts,
            accounts=shape.accounts,
            seconds=0,
            concurrency=_CONCURRENCY,
        )
    return rate, f"{computed:.1f} s cpu of {number} for {shape.deliveries:,}"


def agency(folder: Path) -> Measured:
    """A run over all sites of which nothing is new, with their ledgers in files."""
    return _looked_at(Agency(folder, SITES))


def agency_in_a_database(folder: Path) -> Measured:
    """The same with the ledgers in PostgreSQL. What the server computes is not counted: it may be another machine."""
    with claims.server() as server:
        return _looked_at(Agency(folder, SITES, server))


def _looked_at(made: Agency) -> Measured:
    """A look at each site that finds nothing, beside the walk over the files without which none can know that."""
    made.prove()
    stamps = made.folder / "home/crosspost/idle"
    shutil.rmtree(stamps, ignore_errors=True)  # with these no post is looked at
    looked = once(made.run)
    stamped = once(made.run)
    walked = once((PYTHON, "-c", _WALK, str(made.folder)))
    each = looked.cpu / SITES * 1000
    note = f"{each:.1f} ms a site, {looked.memory:.0f} MB; with stamps {stamped.cpu:.2f} s, {stamped.memory:.0f} MB"
    note += f"; by the clock {looked.wall:.1f} and {stamped.wall:.1f} s"
    return Measured(ours=looked.cpu, base=walked.cpu, unit="s cpu", note=note)


def nine_o_clock(_: Path) -> Measured:
    """One post on each account of many sites at the same moment, beside what the latency allows the workers."""
    with claims.server(*rush.SETTINGS) as server:
        found = rush.measured(
            server,
            sites=SITES,
            accounts=agencies.ACCOUNTS,
            number=WORKERS,
            concurrency=_CONCURRENCY,
            seconds=_LATENCY,
        )
    alone = found.deliveries * _LATENCY / (WORKERS * _CONCURRENCY)
    return Measured(ours=found.seconds, base=alone, unit="s wall", note=str(found))


ROWS = [
    *(
        Row(f"deliveries with {number} workers, 200 ms latency", "that latency alone", "≥ 0.8",
            functools.partial(several, number))
        for number in (1, 2, 4)
    ),
    *(
        Row(f"deliveries with {number} workers, no latency, {shape.accounts:,} accounts × {shape.posts} posts",
            f"{number} × Procrastinate, empty tasks", "≥ 0.8",
            functools.partial(engine, shape, number, "database"))
        for shape in (FEW, LONG, MANY)
        for number in (1, 2, 4)
    ),
    Row("deliveries with 1 worker, no latency, `--queue procrastinate`", "Procrastinate, empty tasks", "",
        functools.partial(engine, FEW, 1, "procrastinate")),
    Row("deliveries with 1 worker, no latency, a server with fsync on", "Procrastinate there, empty tasks", "≥ 0.8",
        functools.partial(engine, SAFE, 1, "database")),
    Row("deliveries with 1 worker, no latency", "only three commits, two fdatasync", "", functools.partial(floor, FEW)),
    Row("deliveries with 1 worker, no latency, a server with fsync on", "only three commits, two fdatasync", "",
        functools.partial(floor, SAFE)),
    Row("deliveries of one machine with SQLite, no latency", "1 worker on PostgreSQL", "≥ 1", one_machine),
    Row(f"`run`, nothing new, {SITES:,} sites × {agencies.ACCOUNTS} accounts × {agencies.POSTS} posts",
        "`os.stat` walk", "≤ 10 ms a site; ≤ 200 MB", agency),
    Row("the same, nothing new, ledgers in PostgreSQL", "`os.stat` walk", "≤ 200 MB", agency_in_a_database),
    Row(f"nine o'clock with {WORKERS} workers: {SITES:,} sites × {agencies.ACCOUNTS} accounts × 1 post, 200 ms latency",
        "that latency alone", "1,000 sites: ≤ 300 s", nine_o_clock),
    *claims.ROWS,
]  # fmt: skip
