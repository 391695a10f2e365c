"""Rows about a run with nothing due: what the posts cost, and what the ledger's size costs."""

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path

from tests.benchmarks.material import CROSSPOST, PYTHON, site
from tests.benchmarks.rows import Measured, Row, Used, once, processes

POSTS = 4_700
REMOVED = 90_000
LOOP = "import sys, pathlib, frontmatter\nfor file in pathlib.Path(sys.argv[1]).iterdir(): frontmatter.load(str(file))"
WALK = "import sys, os, sqlite3, yaml\nfor file in os.scandir(sys.argv[1]): os.stat(file.path)"
ACCOUNTS = "".join(f'[accounts.a{number}]\nnetwork = "x"\n' for number in range(10))


def _run(config: Path) -> tuple[str, ...]:
    return (*CROSSPOST, "run", "--quiet", "--config", str(config))


def _ready(folder: Path, posts: int, accounts: str = "") -> tuple[str, ...]:
    """The command for a run in which nothing is due: the first run has noted everything as old."""
    folder.mkdir(exist_ok=True)
    command = _run(site(folder, posts, accounts) if accounts else site(folder, posts))
    once(command)
    return command


def cold(folder: Path) -> Measured:
    command = _ready(folder, POSTS)

    def forget() -> None:
        (folder / "state/posts.cache").unlink(missing_ok=True)
        _forget_rest(folder)

    return _cpu(*processes(command, (PYTHON, "-c", LOOP, str(folder / "site/_posts")), rounds=5, before=forget))


def _forget_rest(folder: Path) -> None:
    """Remove the stamp of the last idle run: with it, a run would look at nothing."""
    shutil.rmtree(folder / "home/crosspost/idle", ignore_errors=True)


def warm(folder: Path) -> Measured:
    return _cpu(*processes(_ready(folder, POSTS), (PYTHON, "-c", WALK, str(folder / "site/_posts"))))


def growth(folder: Path) -> Measured:
    many, few = _ready(folder / "many", 50_000), _ready(folder / "few", 5_000)
    return _cpu(*processes(many, few, rounds=3, before=lambda: _forget_rest(folder)))  # else no post would be read


def million_run(folder: Path) -> Measured:
    return _cpu(*processes(*_two_ledgers(folder, "run", "--quiet"), rounds=1, warm_up=False))


def million_status(folder: Path) -> Measured:
    return _cpu(*processes(*_two_ledgers(folder, "status"), rounds=3))


def _two_ledgers(folder: Path, *command: str) -> list[tuple[str, ...]]:
    """A command on a ledger of a million rows, and on one of a thousand."""
    configs = [folder / name / "crosspost.toml" for name in ("many", "few")]
    for config in configs:
        _ready(config.parent, 100, ACCOUNTS)
    fill(configs[0].parent / "state/ledger.sqlite3", 100_000)
    for config in configs:
        once(_run(config))
    return [(*CROSSPOST, *command, "--config", str(config)) for config in configs]


def fill(ledger: Path, posts: int, **other: str) -> None:
    """Copy the rows of one post so many times, as those of posts that are gone long since.

    :param other: column → SQL for its value in the copies
    """
    changed = {"gone_at": "'2020-01-01T00:00:00.000000+00:00'", "url": "url || '-' || i", **other}
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {posts})"
    with contextlib.closing(sqlite3.connect(ledger)) as opened, opened:
        (sample,) = opened.execute("SELECT min(id) FROM posts").fetchone()
        for table, key in (("posts", "id"), ("deliveries", "post")):
            columns = [row[1] for row in opened.execute(f"PRAGMA table_info({table})")]
            columns = [name for name in columns if (table, name) != ("deliveries", "id")]
            new = changed | {key: f"{key} || '-' || i"}
            values = ", ".join(new.get(name, name) for name in columns)
            opened.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {values} FROM {table}, n WHERE {key} = ?",
                [sample],
            )


def removal(folder: Path) -> Measured:
    command = _ready(folder, 20, '[accounts.a0]\nnetwork = "x"\n')
    ledger = folder / "state/ledger.sqlite3"
    fill(ledger, REMOVED, state="'sent'", sent_at="'2020-01-01T00:00:00.000000+00:00'")
    first = once(command)
    _forget_rest(folder)
    later = once(command)
    with contextlib.closing(sqlite3.connect(ledger)) as opened:
        (noted,) = opened.execute("SELECT count(*) FROM changes").fetchone()
        begun = time.process_time()
        with opened:
            opened.execute("CREATE TABLE anew AS SELECT * FROM changes WHERE 0")
            rows = opened.execute("SELECT * FROM changes").fetchall()
            opened.executemany(f"INSERT INTO anew VALUES ({', '.join('?' * len(rows[0]))})", rows)
        bare = time.process_time() - begun
    ours = first.cpu - later.cpu  # what an idle run takes is not about the removal
    return Measured(ours=noted / ours, base=noted / bare, unit="rows a second cpu", note=f"{noted:,} rows")


def _cpu(ours: Used, base: Used) -> Measured:
    return Measured(ours=ours.cpu, base=base.cpu, unit="s cpu", note=f"{ours.memory:.0f} MB, {ours.wall:.2f} s wall")


ROWS = [
    Row(f"`run`, nothing due, {POSTS:,} posts, cold", "loop of `frontmatter.load`", "≤ 1.5", cold),
    Row("the same, nothing changed", "`os.stat` walk + `import sqlite3, yaml`", "≤ 1.5; ≤ 60 MB", warm),
    Row("`run`, nothing due, 1,000,000 rows", "1,000 rows", "≤ 1.3; ≤ 80 MB", million_run),
    Row("`status`, 1,000,000 rows", "1,000 rows", "≤ 1.5", million_status),
    Row(f"mass removal of {REMOVED:,} posts", "one transaction", "≥ 62,500 a second", removal),
    Row("50,000 posts, nothing due", "5,000 posts", "≤ 10; ≤ 150 MB", growth),
]
