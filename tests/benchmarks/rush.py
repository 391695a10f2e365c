"""An agency's nine o'clock: each account of many sites has one post at the same moment, and workers send them.

    python -m tests.benchmarks.rush [--sites N] [--accounts N] [--workers N] [--concurrency N] [--seconds S]

The networks answer after a while without any request; everything else is what happens there: workers look at the
sites, plan what is new, hand it out, open what they send with.
"""

import argparse
import multiprocessing
import os
import signal
import tempfile
import time
from collections import Counter
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config.credentials import variable
from crosspost.sandbox.core.store import utc_now
from crosspost.workers.delivery_context import DeliveryContext
from tests.benchmarks import workers
from tests.postgresql_server import Server, running

#: seconds for each delivery after which it is given up: a worker that sends one after the other needs much less
_PATIENCE = 3.0
#: a look counts for a minute
_LONG_AGO = "UPDATE \"{}\".facts SET value = '2020-01-01T00:00:00+00:00' WHERE name = 'last_run'"
#: what PostgreSQL has to allow: a worker has a few connections for each site that it has open
SETTINGS = ("max_connections=400", "shared_buffers=128MB")


class Rush(msgspec.Struct, frozen=True, kw_only=True):
    """How it went.

    :ivar deliveries: how many there were, each of which went out once
    :ivar seconds: from the moment at which the workers began until the last one was out
    :ivar computed: seconds of computing of all workers
    :ivar opened: how often a worker opened what it sends with: a ledger and a site's list of posts
    :ivar transactions: of PostgreSQL
    """

    deliveries: int
    seconds: float
    computed: float
    opened: int
    transactions: int

    def __str__(self) -> str:
        each = self.computed / self.deliveries * 1000
        return (
            f"{self.deliveries:,} in {self.seconds:.0f} s, each once; {each:.1f} ms cpu, "
            f"{self.transactions / self.deliveries:.1f} transactions each, {self.opened:,} contexts"
        )


def measured(server: Server, *, sites: int, accounts: int, number: int, concurrency: int, seconds: float) -> Rush:
    """Have so many workers send one post of each site on each of its accounts.

    :param number: of workers
    :param concurrency: deliveries at a time of each
    :param seconds: until a network answers
    :raises RuntimeError: when something goes out twice, or not at all
    """
    name = server.new_database()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        names = [f"s{one:04}" for one in range(sites)]
        config = _written(folder, server.address(name), names, accounts)
        server.ask(";".join(f'CREATE SCHEMA "{one}"' for one in names), name)
        spawn, output = multiprocessing.get_context("spawn"), folder / "output"
        _run(spawn, ["run", "--quiet", "--config", str(config)], output)
        for one in names:
            file = folder / one / "_posts" / f"{utc_now():%Y-%m-%d}-nine.md"
            file.write_text("---\ntitle: Nine\n---\n\nIt is nine o'clock.\n", "utf-8")
        server.ask(";".join(_LONG_AGO.format(one) for one in names), name)
        before, transactions = workers.computed(), _transactions(server, name)
        wanted, log = sites * accounts, folder / "said"
        words = ["worker", "--concurrency", str(concurrency), "--config", str(config)]
        gate = spawn.Barrier(number + 1)
        members = [
            spawn.Process(target=_work, args=(words, seconds, str(output), str(log), gate)) for _ in range(number)
        ]
        for member in members:
            member.start()
        gate.wait()
        begun = time.time()
        _wait_for(log, wanted, output)
        for member in members:
            os.kill(member.pid or 0, signal.SIGTERM)  # after what it is sending
        for member in members:
            member.join()
        last = _judged(server, name, names, log, wanted)
        return Rush(
            deliveries=wanted,
            seconds=last - begun,
            computed=workers.computed() - before,
            opened=_lines(log)["opened"],
            transactions=_transactions(server, name) - transactions,
        )


def _work(words: list[str], seconds: float, output: str, log: str, gate: Any) -> None:
    """Be a worker that writes down what it says, and each context that it opens."""
    made = DeliveryContext.__init__

    def init(self: DeliveryContext, *more: Any) -> None:
        workers.note(log, "opened")
        made(self, *more)

    DeliveryContext.__init__ = init  # type: ignore[method-assign,assignment]
    workers.deliver(words, seconds, output, gate, log)


def _run(spawn: SpawnContext, words: list[str], output: Path) -> None:
    """What a first run finds is not sent."""
    process = spawn.Process(target=workers.deliver, args=(words, 0, str(output)))
    process.start()
    process.join()


def _written(folder: Path, database: str, names: list[str], accounts: int) -> Path:
    """The sites with one old post each, and the config."""
    tables, secrets = [], []
    for name in names:
        posts = folder / name / "_posts"
        posts.mkdir(parents=True)
        (folder / name / "_config.yml").write_text(f"url: https://{name}.example.org\ntitle: {name}\nlang: en\n")
        (posts / "2020-01-01-old.md").write_text("---\ntitle: Old\n---\n\nOld.\n", "utf-8")
        mine = [f"{name}-{one}" for one in range(accounts)]
        tables.append(f'[sites.{name}]\npath = "{name}"\nlive_check = false\naccounts = {mine}\n')
        for one in mine:
            tables.append(f'[accounts.{one}]\nnetwork = "mastodon"\nbase_url = "https://m.example"\n')
            secrets.append(f"{variable(one, 'access_token')}={one}")
    config, kept = folder / "crosspost.toml", folder / "secrets.env"
    config.write_text(
        "\n".join([*tables, f'[state]\nledger = "state/ledger.sqlite3"\ndatabase = "{database}"\n']), "utf-8"
    )
    kept.write_text("\n".join([*secrets, ""]), "utf-8")
    kept.chmod(0o600)
    return config


# ── how it went ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _wait_for(log: Path, wanted: int, output: Path) -> None:
    until = time.monotonic() + 60 + _PATIENCE * wanted
    while _said(_lines(log)) < wanted:
        if time.monotonic() > until:
            raise RuntimeError(output.read_text("utf-8")[-2000:])
        time.sleep(0.3)


def _lines(log: Path) -> Counter[str]:
    return Counter(log.read_text("utf-8").split("\n")[:-1]) if log.exists() else Counter()


def _said(lines: Counter[str]) -> int:
    return sum(number for line, number in lines.items() if line != "opened")


def _judged(server: Server, name: str, sites: list[str], log: Path, wanted: int) -> float:
    """When the last one went out, by the ledgers.

    :raises RuntimeError: when something went out twice, or the ledgers do not know of something
    """
    lines = _lines(log)
    twice = [line for line, number in lines.items() if line != "opened" and number > 1]
    every = " UNION ALL ".join(
        f"SELECT sent_at FROM \"{one}\".deliveries WHERE state = 'sent'" for one in sites
    )  # of ours, no input of anybody
    out, last = server.ask(
        f"SELECT count(*), extract(epoch FROM max(sent_at::timestamptz)) FROM ({every}) sent", name
    ).split("|")
    if twice or _said(lines) != wanted or int(out) != wanted:
        raise RuntimeError(f"{_said(lines)} said, {out} out of {wanted}; twice: {twice[:5]}")
    return float(last)


def _transactions(server: Server, name: str) -> int:
    return int(server.ask(f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{name}'"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.rush")
    parser.add_argument("--sites", type=int, default=30)
    parser.add_argument("--accounts", type=int, default=10, help="of each site")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0.2, help="until a network answers")
    wanted = parser.parse_args()
    os.environ.pop("CI", None)
    with running(more=SETTINGS) as server, tempfile.TemporaryDirectory() as home:
        os.environ["XDG_STATE_HOME"] = home
        found = measured(
            server, sites=wanted.sites, accounts=wanted.accounts, number=wanted.workers,
            concurrency=wanted.concurrency, seconds=wanted.seconds,
        )  # fmt: skip
    bound = found.deliveries * wanted.seconds / (wanted.workers * wanted.concurrency)
    print(f"{found}; {bound:.0f} s of latency alone (load {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
