"""Rows about an agency: many workers, many sites, a ledger of millions of rows. The sizes can be set from outside:

POSTS=25 (each to 40 accounts), SITES=1000, LEDGER_ROWS=10000000. As they are, all rows together take some minutes.
"""

import functools
import os
import shutil
from pathlib import Path

from tests.benchmarks import claims, workers
from tests.benchmarks.material import CROSSPOST, PYTHON
from tests.benchmarks.rows import Measured, Row, once

POSTS = int(os.environ.get("POSTS", "8"))
SITES = int(os.environ.get("SITES", "50"))
#: of each site
_POSTS, _ACCOUNTS = 500, 10
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


def engine(_: Path) -> Measured:
    """One worker whose networks answer at once, beside Procrastinate with tasks that do nothing."""
    with claims.server() as server:
        bare = workers.bare(server, POSTS * workers.ACCOUNTS, _CONCURRENCY)
        rate, computed = workers.measured(
            server, queue="database", workers=1, posts=POSTS, seconds=0, concurrency=_CONCURRENCY
        )
    return Measured(ours=rate, base=bare, unit="a second", note=f"{computed:.1f} s cpu")


def one_machine(_: Path) -> Measured:
    """`crosspost run` with the ledger in a file, beside one worker; networks that answer at once."""
    with claims.server() as server:
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
    *claims.ROWS,
]  # fmt: skip
