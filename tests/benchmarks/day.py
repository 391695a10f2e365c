"""``make day``: an agency's day on the stand-ins, from midnight until everything is out, and whether all went right.

    python -m tests.benchmarks.day [--sites N] [--accounts N] [--posts N] [--machines N] [--seed N] [--latency S]

Several machines have the same config and one PostgreSQL, and each does `crosspost run` once a minute. The time of the
day goes by as time does while they work; the hours in which nothing happens are left out, and so are the minutes.
"""

import argparse
import contextlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crosspost import cli
from crosspost.app.application import App
from crosspost.cli import common
from crosspost.config import registry
from crosspost.config.credentials import variable
from tests.benchmarks import day_plan
from tests.benchmarks.day_books import Said, compare, spread
from tests.benchmarks.day_plan import BEGIN, Account, Post
from tests.benchmarks.sandbox import QUIET, Far
from tests.postgresql_server import Server, running

_MINUTE = timedelta(minutes=1)
#: when something is to be done next, in one site's ledger
_OPEN = """SELECT min(CASE WHEN state = 'planned' THEN due_at ELSE updated_at END) FROM {site}.deliveries
    WHERE state NOT IN ('sent', 'before', 'skipped')"""
_DUE = """SELECT p.title || ' ' || account || ' ' || due_at
    FROM {site}.deliveries d JOIN {site}.posts p ON p.id = d.post"""
#: what waits longer than that is lost
_END = timedelta(days=4)


class Clock:
    """The time of the day: that of the machine, and so many seconds more."""

    def __init__(self, ahead: Any) -> None:
        self._ahead = ahead

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._ahead.value, UTC)

    def jump(self, to: datetime) -> None:
        """Leave out the time until then."""
        self._ahead.value += max(0.0, (to - self()).total_seconds())


def machine(orders: Connection, ahead: Any, config: str, home: str, output: str) -> None:
    """A machine: does a run whenever it is told to, and tells its exit code."""
    os.environ["XDG_STATE_HOME"] = home
    os.environ.pop("CI", None)
    common.now = Clock(ahead)
    App.on_trial = lambda _: False  # type: ignore[method-assign]  # the stand-ins count as real
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  # as the process
    with contextlib.suppress(EOFError):
        while orders.recv():
            try:
                cli.main(["run", "--quiet", "--config", config])
            except SystemExit as done:
                orders.send(done.code)


class Day:
    """The day itself.

    :param folder: for sites, config and ledgers' files
    """

    def __init__(self, wanted: argparse.Namespace, folder: Path, server: Server, sandbox: Far, clock: Clock) -> None:
        self._folder, self._server, self._sandbox, self._clock = folder, server, sandbox, clock
        self._name = server.new_database()
        self.accounts = day_plan.accounts(wanted.sites, wanted.accounts)
        self.plan = day_plan.posts(wanted.sites, wanted.posts, wanted.seed)
        self.sites = list(dict.fromkeys(one.site for one in self.accounts))
        self.config = folder / "crosspost.toml"
        self.looks = 0
        server.ask("; ".join(f"CREATE SCHEMA {site}" for site in self.sites), self._name)
        self._write()

    def live(self, machines: Sequence[Connection]) -> None:
        """From midnight until nothing is planned any more."""
        self._look(machines)
        left = list(self.plan)
        while (moment := self._next(left)) is not None:
            self._clock.jump(moment)
            while left and left[0].appears <= self._clock():
                self._appear(left.pop(0))
            self._look(machines)

    def _look(self, machines: Sequence[Connection]) -> None:
        """All machines at the same second, as cron has it."""
        self.looks += 1
        for one in machines:
            one.send(True)
        codes = [one.recv() for one in machines]
        if {*codes} - {0, None}:
            raise RuntimeError(f"a run ended with {codes}: {(self._folder / 'output').read_text('utf-8')[-2000:]}")

    def _next(self, left: Sequence[Post]) -> datetime | None:
        """The next full minute in which there is something to do; None when the day is over."""
        rows = self._ask(_OPEN)
        moments = [datetime.fromisoformat(row) for row in rows if row] + [post.appears for post in left[:1]]
        if not moments:
            return None
        now = self._clock()
        if now - BEGIN > _END:
            raise RuntimeError("something never goes out")
        after = max(min(moments), now)
        return after.replace(second=0, microsecond=0) + _MINUTE

    def due(self) -> dict[Said, datetime]:
        """When each delivery was due."""
        rows = self._ask(_DUE)
        found = {}
        for row in rows:
            title, account, due = row.split(" ", 2)
            site, _, number = account.rpartition("-")
            found[site, title, int(number)] = datetime.fromisoformat(due)
        return found

    def megabytes(self) -> float:
        """What the database takes."""
        return int(self._server.ask(f"SELECT pg_database_size('{self._name}')")) / 1e6

    def _ask(self, sql: str) -> list[str]:
        """The same question to each site's ledger."""
        text = " UNION ALL ".join(f"({sql.format(site=site)})" for site in self.sites)
        return self._server.ask(text, self._name).splitlines()

    def _appear(self, post: Post) -> None:
        file = self._folder / post.site / f"_posts/{post.first:%Y-%m-%d}-{post.name.lower()}.md"
        file.write_text(post.text, "utf-8")

    def _write(self) -> None:
        # the key of renewed tokens in the database
        sites, tables, secrets = [], [], [f"CROSSPOST_TOKENS_KEY={b64encode(os.urandom(32)).decode()}"]
        access = self._sandbox.accounts()
        for site in self.sites:
            (self._folder / site / "_posts").mkdir(parents=True)
            (self._folder / site / "_config.yml").write_text(
                f"url: https://{site}.example.org\ntitle: {site}\nlang: en\ntimezone: UTC\nfuture: true\n", "utf-8"
            )
            mine = [one.name for one in self.accounts if one.site == site]
            sites.append(f'[sites.{site}]\npath = "{site}"\nlive_check = false\naccounts = {mine}\n')
        for account in self.accounts:
            tables.append(_table(account, access[account.network]))
            known = access[account.network]["credentials"]
            secrets += [f"{variable(account.name, field)}={value}" for field, value in known.items()]
        state = f'[state]\ndatabase = "{self._server.address(self._name)}"\nledger = "state/ledger.sqlite3"\n'
        self.config.write_text("\n".join([*sites, *tables, state]), "utf-8")
        file = self._folder / "secrets.env"
        file.write_text("\n".join(secrets), "utf-8")
        file.chmod(0o600)


def _table(account: Account, access: dict[str, Any]) -> str:
    needs = registry.load(account.network).needs
    more = "".join(f'{key} = "{value}"\n' for key, value in access.get("settings", {}).items() if key in needs)
    return (
        f'[accounts.{account.name}]\nnetwork = "{account.network}"\nbase_url = "{access["base_url"]}"\n'
        f'extra_hashtags = ["k{account.number}"]\n{more}{account.rules}\n'
    )


def lived(wanted: argparse.Namespace) -> list[str]:
    """Live the day; gives what went wrong, and prints the table."""
    spawn = multiprocessing.get_context("spawn")
    ahead = spawn.Value("d", BEGIN.timestamp() - time.time(), lock=False)
    clock = Clock(ahead)
    with tempfile.TemporaryDirectory() as name, running() as server, Far(clock=clock, options=QUIET) as sandbox:
        folder = Path(name)
        sandbox.latency = wanted.latency
        day = Day(wanted, folder, server, sandbox, clock)
        ends, members = [], []
        for number in range(wanted.machines):
            ours, theirs = spawn.Pipe()
            home, output = str(folder / f"home{number}"), str(folder / "output")
            members.append(spawn.Process(target=machine, args=(theirs, ahead, str(day.config), home, output)))
            members[-1].start()
            theirs.close()
            ends.append(ours)
        begun = time.monotonic()
        try:
            day.live(ends)
        finally:
            for end in ends:
                end.close()
            for member in members:
                member.join(60)
                member.kill()
        took = time.monotonic() - begun
        books = compare(day.plan, day.accounts, sandbox.posts(), day.due())
        refused, size = sum(one["status"] == 429 for one in sandbox.requests), day.megabytes()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # PostgreSQL has ended, too
    wrong = [*books.wrong, *([f"{refused} requests were too many for a network"] if refused else [])]
    rows = {
        "deliveries, each once, none too early, no rule broken": f"{books.out:,}, {'no' if wrong else 'yes'}",
        "from its moment until it is out (median · 95 % · worst)": spread(books.late),
        "from the post's appearance, accounts that speak at once": spread(books.fresh),
        "requests that a network refused as too many": str(refused),
        "looks of each machine": str(day.looks),
        "processor time of all machines and PostgreSQL": f"{used.ru_utime + used.ru_stime:.0f} s",
        "database at the end": f"{size:.1f} MB",
        "time it took here": f"{took / 60:.1f} min, load {os.getloadavg()[0]:.0f}",
    }
    _print(wanted, day, wrong, rows)
    return wrong


def _print(wanted: argparse.Namespace, day: Day, wrong: Sequence[str], rows: dict[str, str]) -> None:
    print(
        f"{wanted.sites} sites × {wanted.accounts} accounts, {len(day.plan)} posts, {wanted.machines} machines, "
        f"latency {wanted.latency * 1000:.0f} ms, seed {wanted.seed}\n\n| | |\n|---|---|"
    )
    for what, figure in rows.items():
        print(f"| {what} | {figure} |")
    for one in wrong[:20]:
        print(f"WRONG: {one}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make day")
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--accounts", type=int, default=4, help="of each site")
    parser.add_argument("--posts", type=float, default=2, help="of each site, on average")
    parser.add_argument("--machines", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds until a network answers")
    sys.exit(1 if lived(parser.parse_args()) else 0)


if __name__ == "__main__":
    main()
