"""Deliveries a second with one, two and four workers, for both ways to hand them out, and the bare engine beside it.

python -m tests.benchmarks.workers [--posts N] [--seconds S]
"""

import argparse
import contextlib
import itertools
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

from crosspost import cli
from crosspost.ledger import Ledger
from crosspost.model import Identity, Prepared, Receipt
from crosspost.networks.mastodon import Mastodon
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import utc_now
from crosspost.testing.harness import Place
from tests.benchmarks import bare_engine
from tests.postgresql_server import Server, running

ACCOUNTS = 40
#: seconds for which anything is waited for
_PATIENCE = 300
_ids = itertools.count(1)


def deliver(
    arguments: list[str], seconds: float, output: str, gate: Barrier | None = None, log: str = os.devnull
) -> None:
    """A crosspost process whose networks answer after so many seconds, without any request.

    :param gate: where workers wait for each other before they begin, so that starting Python is not measured
    :param log: takes a line with the account for each post
    """
    os.environ.pop("CI", None)
    sys.stdout = sys.stderr = Path(output).open("a", encoding="utf-8")  # noqa: SIM115  # as long as the process

    def publish(self: Mastodon, _: Prepared) -> Receipt:
        note(log, self.account)
        time.sleep(seconds)
        number = f"{os.getpid()}-{next(_ids)}"
        return Receipt(id=number, url=f"https://m.example/{number}", at=self.clock())

    Mastodon.connect = lambda self: Identity(id=self.account, handle=self.account, server="m")  # type: ignore[method-assign]
    Mastodon.prepare = lambda _self, prepared, _save: prepared  # type: ignore[method-assign,assignment]
    Mastodon.publish = publish  # type: ignore[method-assign]
    if gate is not None:
        from crosspost.workers.worker import Worker

        run = Worker.run
        Worker.run = lambda self, grace: (gate.wait(_PATIENCE), run(self, grace))[1]  # type: ignore[method-assign]
    cli.main(arguments)


def measured(
    server: Server,
    *,
    queue: str,
    workers: int,
    posts: int,
    seconds: float,
    concurrency: int,
    accounts: int = ACCOUNTS,
) -> tuple[float, float]:
    """Deliveries a second between the first and the last, and seconds of computing that the workers took in all.

    Each account has said something before, so that who it is was asked already, as it is once a day.
    """
    spawn = multiprocessing.get_context("spawn")
    name = server.new_database()
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        place = Place(Path(folder), sandbox, networks=("mastodon",), clock=utc_now)  # type: ignore[arg-type]
        place.post.unlink()
        _many_accounts(place, server.address(name), accounts)
        output = str(place.root / "output")
        first = spawn.Process(target=deliver, args=(["run", "--config", str(place.config)], 0, output))
        first.start()
        first.join()
        arguments = ["worker", "--every", "5", "--queue", queue, "--config", str(place.config), "--concurrency"]

        def work(number: int, at_once: int, answers_after: float, wanted: int) -> None:
            gate = spawn.Barrier(number)
            members = [
                spawn.Process(target=deliver, args=([*arguments, str(at_once)], answers_after, output, gate))
                for _ in range(number)
            ]
            for member in members:
                member.start()
            _wait(server, name, wanted, output)
            for member in members:
                os.kill(member.pid or 0, signal.SIGTERM)
            for member in members:
                member.join()

        _new_posts(place, 1, "before")
        work(1, 8, 0, accounts)
        before, begun = computed(), utc_now().isoformat()
        _new_posts(place, posts)
        work(workers, concurrency, seconds, accounts * (1 + posts))
        span = server.ask(
            "SELECT extract(epoch FROM max(sent_at::timestamptz) - min(sent_at::timestamptz)) FROM deliveries "
            f"WHERE sent_at::timestamptz > '{begun}'",
            name,
        )
        return (posts * accounts - 1) / float(span), computed() - before


def in_a_file(posts: int, seconds: float) -> tuple[float, float]:
    """The same for ``crosspost run`` on one machine with its ledger in a file."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        place = Place(Path(folder), sandbox, networks=("mastodon",), clock=utc_now)  # type: ignore[arg-type]
        place.post.unlink()
        _many_accounts(place, "", ACCOUNTS)

        def run() -> None:
            arguments = ["run", "--quiet", "--config", str(place.config)]
            process = spawn.Process(target=deliver, args=(arguments, seconds, str(place.root / "output")))
            process.start()
            process.join()

        run()
        _new_posts(place, posts)
        before = computed()
        run()
        with contextlib.closing(Ledger(place.app.ledger_path(), place.clock, read_only=True)) as ledger:
            out = [row.sent_at for row in ledger.deliveries(states=["sent"]) if row.sent_at is not None]
        if len(out) != posts * ACCOUNTS:
            raise RuntimeError((place.root / "output").read_text("utf-8")[-2000:])
        return (len(out) - 1) / (max(out) - min(out)).total_seconds(), computed() - before


def _new_posts(place: Place, posts: int, name: str = "p") -> None:
    for number in range(posts):
        place.new_post(
            f"{utc_now():%Y-%m-%d}-{name}{number}"
        )  # many older ones at once would be held back for a person


def note(log: str, line: str) -> None:
    """Add a line to a file into which several processes write."""
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def computed() -> float:
    """Seconds of computing of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait(server: Server, name: str, wanted: int, output: str) -> None:
    until = time.monotonic() + _PATIENCE
    while int(server.ask("SELECT count(*) FROM deliveries WHERE state = 'sent'", name)) < wanted:
        if time.monotonic() > until:
            raise RuntimeError(Path(output).read_text("utf-8")[-2000:])
        time.sleep(0.3)


def _many_accounts(place: Place, database: str, accounts: int) -> None:
    text = place.config.read_text("utf-8")
    head, found, account = text.partition("[accounts.mastodon]")
    more = "".join(f'[accounts.a{number}]\nnetwork = "mastodon"{account}\n' for number in range(1, accounts))
    head = head.replace("[site]", "[run]\nmax_per_run = 1000\n[site]\nlive_check = false")
    state = f'database = "{database}"' if database else 'ledger = "state/ledger.sqlite3"'
    place.config.write_text(f"{head}{found}{account}\n{more}\n[state]\n{state}\n", "utf-8")
    secrets = place.secrets.read_text("utf-8")
    mine = [line for line in secrets.splitlines() if "MASTODON_" in line]
    others = [line.replace("MASTODON_", f"A{number}_") for number in range(1, accounts) for line in mine]
    place.secrets.write_text("\n".join([secrets, *others]), "utf-8")


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
        for workers in (1, 2, 4):
            jobs = bare_engine.rate(
                server, jobs=wanted.posts * ACCOUNTS, accounts=ACCOUNTS, workers=workers,
                concurrency=wanted.concurrency,
            )  # fmt: skip
            _say(f"Procrastinate alone, {workers} workers, empty tasks: {jobs:.0f} jobs/s")


def _say(text: str) -> None:
    print(f"{text} (load {os.getloadavg()[0]:.1f})", flush=True)  # a program for the terminal


if __name__ == "__main__":
    main()
