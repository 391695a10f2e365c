"""Deliveries a second with one, two and four workers, for both ways to hand them out, and the bare engine beside it.

python -m tests.benchmarks.workers [--posts N] [--seconds S]
"""

import argparse
import asyncio
import contextlib
import itertools
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

from crosspost import cli
from crosspost.ledger import Ledger
from crosspost.model import Identity, Prepared, Receipt
from crosspost.networks.mastodon import Mastodon
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import utc_now
from crosspost.testing.harness import Place
from tests.postgresql_server import Server, running

ACCOUNTS = 40
_ids = itertools.count(1)


def deliver(arguments: list[str], seconds: float, output: str) -> None:
    """A crosspost process whose networks answer after so many seconds, without any request."""
    os.environ.pop("CI", None)
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8")  # noqa: SIM115  # as long as the process

    def publish(self: Mastodon, _: Prepared) -> Receipt:
        time.sleep(seconds)
        number = f"{os.getpid()}-{next(_ids)}"
        return Receipt(id=number, url=f"https://m.example/{number}", at=self.clock())

    Mastodon.connect = lambda self: Identity(id=self.account, handle=self.account, server="m")  # type: ignore[method-assign]
    Mastodon.prepare = lambda _self, prepared, _save: prepared  # type: ignore[method-assign,assignment]
    Mastodon.publish = publish  # type: ignore[method-assign]
    cli.main(arguments)


def measured(
    server: Server, *, queue: str, workers: int, posts: int, seconds: float, concurrency: int
) -> tuple[float, float]:
    """Deliveries a second between the first and the last, and seconds of computing that the workers took in all."""
    spawn = multiprocessing.get_context("spawn")
    name = server.new_database()
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        place = Place(Path(folder), sandbox, networks=("mastodon",), clock=utc_now)  # type: ignore[arg-type]
        place.post.unlink()
        _many_accounts(place, server.address(name))
        output = str(place.root / "output")
        first = spawn.Process(target=deliver, args=(["run", "--config", str(place.config)], seconds, output))
        first.start()
        first.join()
        _new_posts(place, posts)
        before = _computed()
        arguments = ["worker", "--every", "5", "--queue", queue, "--concurrency", str(concurrency)]
        members = [
            spawn.Process(target=deliver, args=([*arguments, "--config", str(place.config)], seconds, output))
            for _ in range(workers)
        ]
        for member in members:
            member.start()
        _wait(server, name, posts * ACCOUNTS, output)
        for member in members:
            os.kill(member.pid or 0, signal.SIGTERM)
        for member in members:
            member.join()
        span = server.ask(
            "SELECT extract(epoch FROM max(sent_at::timestamptz) - min(sent_at::timestamptz)) FROM deliveries", name
        )
        return (posts * ACCOUNTS - 1) / float(span), _computed() - before


def in_a_file(posts: int, seconds: float) -> tuple[float, float]:
    """The same for ``crosspost run`` on one machine with its ledger in a file."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        place = Place(Path(folder), sandbox, networks=("mastodon",), clock=utc_now)  # type: ignore[arg-type]
        place.post.unlink()
        _many_accounts(place, "")

        def run() -> None:
            arguments = ["run", "--quiet", "--config", str(place.config)]
            process = spawn.Process(target=deliver, args=(arguments, seconds, str(place.root / "output")))
            process.start()
            process.join()

        run()
        _new_posts(place, posts)
        before = _computed()
        run()
        with contextlib.closing(Ledger(place.app.ledger_path(), place.clock, read_only=True)) as ledger:
            out = [row.sent_at for row in ledger.deliveries(states=["sent"]) if row.sent_at is not None]
        if len(out) != posts * ACCOUNTS:
            raise RuntimeError((place.root / "output").read_text("utf-8")[-2000:])
        return (len(out) - 1) / (max(out) - min(out)).total_seconds(), _computed() - before


def _new_posts(place: Place, posts: int) -> None:
    for number in range(posts):
        place.new_post(f"{utc_now():%Y-%m-%d}-p{number}")  # many older ones at once would be held back for a person


def _computed() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(server: Server, name: str, wanted: int, output: str) -> None:
    until = time.monotonic() + 300
    while int(server.ask("SELECT count(*) FROM deliveries WHERE state = 'sent'", name)) < wanted:
        if time.monotonic() > until:
            raise RuntimeError(Path(output).read_text("utf-8")[-2000:])
        time.sleep(0.3)


def _many_accounts(place: Place, database: str) -> None:
    text = place.config.read_text("utf-8")
    head, found, account = text.partition("[accounts.mastodon]")
    more = "".join(f'[accounts.a{number}]\nnetwork = "mastodon"{account}\n' for number in range(1, ACCOUNTS))
    head = head.replace("[site]", "[run]\nmax_per_run = 1000\n[site]\nlive_check = false")
    state = f'database = "{database}"' if database else 'ledger = "state/ledger.sqlite3"'
    place.config.write_text(f"{head}{found}{account}\n{more}\n[state]\n{state}\n", "utf-8")
    secrets = place.secrets.read_text("utf-8")
    mine = [line for line in secrets.splitlines() if "MASTODON_" in line]
    others = [line.replace("MASTODON_", f"A{number}_") for number in range(1, ACCOUNTS) for line in mine]
    place.secrets.write_text("\n".join([secrets, *others]), "utf-8")


def bare(server: Server, jobs: int, concurrency: int) -> float:
    """Jobs a second of Procrastinate alone, with tasks that do nothing, a lock for each account."""
    import procrastinate

    url = server.address(server.new_database())

    async def work() -> float:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

        @app.task(name="nothing")
        def nothing(number: int) -> None:
            pass

        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            for number in range(jobs):
                await nothing.configure(lock=f"a{number % ACCOUNTS}", queueing_lock=f"d{number}").defer_async(
                    number=number
                )
            begun = time.monotonic()
            await app.run_worker_async(
                wait=False, concurrency=concurrency, delete_jobs="always", install_signal_handlers=False
            )
            return jobs / (time.monotonic() - begun)

    return asyncio.run(work())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.workers")
    parser.add_argument("--posts", type=int, default=25, help=f"each goes to {ACCOUNTS} accounts")
    parser.add_argument("--seconds", type=float, default=0.2, help="until a network answers")
    parser.add_argument("--concurrency", type=int, default=4)
    wanted = parser.parse_args()
    with running() as server:
        for queue in ("database", "procrastinate"):
            for workers in (1, 2, 4):
                rate, computed = measured(
                    server, queue=queue, workers=workers, posts=wanted.posts, seconds=wanted.seconds,
                    concurrency=wanted.concurrency,
                )  # fmt: skip
                _say(
                    f"{queue}, {workers} workers, answers after {wanted.seconds:g} s: {rate:.0f} deliveries/s, "
                    f"{computed:.1f} s of CPU for {wanted.posts * ACCOUNTS}"
                )
        _say(f"Procrastinate alone, empty tasks: {bare(server, 1000, wanted.concurrency):.0f} jobs/s")


def _say(text: str) -> None:
    print(f"{text} (load {os.getloadavg()[0]:.1f})", flush=True)  # a program for the terminal


if __name__ == "__main__":
    main()
