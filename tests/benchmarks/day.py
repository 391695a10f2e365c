"""``make day``: an agency's day on the stand-ins, from midnight until everything is out, and whether all went right.

    python -m tests.benchmarks.day [--sites N] [--accounts N] [--posts N] [--machines N] [--concurrency N] [--every S]
        [--seed N] [--latency S] [--kill] [--limit MINUTES] [--json FILE]

Several machines with the same config and one PostgreSQL are `crosspost worker` each. The time of the day goes by as
time does while they work. The hours in which nothing happens are left out, and so are looks at sites of which nothing
is new and nothing is due. Ctrl-C, SIGTERM and the limit end it with what there is so far.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from tests.benchmarks import day_books, day_plan, day_report
from tests.benchmarks.day_clock import Board, Clock
from tests.benchmarks.day_ledgers import Ledgers
from tests.benchmarks.day_life import FIRST, Day, EndedError
from tests.benchmarks.day_machines import Machine, cpu_with_children
from tests.benchmarks.day_report import Books
from tests.benchmarks.day_sites import Agency
from tests.benchmarks.day_speed import Bare
from tests.benchmarks.sandbox import QUIET, Far
from tests.postgresql_server import Server, running


def lived(wanted: argparse.Namespace, say: Callable[[str], object], server: Server) -> tuple[Books, dict[str, Any]]:
    """Live the day.

    :param say: takes a line
    :returns: its books, and its figures
    """
    with tempfile.TemporaryDirectory(prefix="crosspost-day-") as name:
        folder = Path(name)
        board = Board(folder / "board", wanted.machines, wanted.sites)
        board.ahead = FIRST.timestamp() - time.time()
        with Far(clock=Clock(board), options=QUIET) as sandbox:
            sandbox.latency = wanted.latency
            database = server.address(server.new_database())
            accounts = day_plan.accounts(wanted.sites, wanted.accounts)
            agency = Agency(folder, accounts, sandbox, database)
            options = (str(wanted.concurrency), str(wanted.every))
            size = (wanted.machines, wanted.sites)
            machines = [
                Machine(board, folder / "board", one, agency.machine(one), size, options)
                for one in range(wanted.machines)
            ]
            day = Day(wanted, agency, board, machines, sandbox, Ledgers(database), lambda: _cpu(server), say)
            try:
                ended = _until_it_ends(day)
                books = _books(wanted, day, whole=not ended)
                return books, {"ended": ended, "options": vars(wanted)} | _figures(day, books, _cpu(server))
            except Exception as error:
                raise RuntimeError("; ".join(day.complaints)) from error
            finally:
                day.ledgers.close()


def _until_it_ends(day: Day) -> str:
    """Have it go by; who ended it before it was over, if somebody did."""
    with day.machines_up():
        try:
            day.live()
            day.look_idly()
        except EndedError as error:
            return str(error)
    return ""


def _books(wanted: argparse.Namespace, day: Day, *, whole: bool) -> Books:
    moments = [datetime.fromisoformat(one["time"]) for one in day.sandbox.requests]
    return Books(
        day.plan,
        day.accounts,
        day_books.read(day.sandbox.posts()),
        day.ledgers.rows(day.sites),
        timedelta(seconds=wanted.every),
        Bare(moments, wanted.latency, wanted.machines * wanted.concurrency),
        day.died,
        day.death,
        whole,
    )


def _figures(day: Day, books: Books, database_cpu: float) -> dict[str, Any]:
    """How it went, and what it took.

    :param database_cpu: seconds of computing that PostgreSQL took, with those before midnight
    """
    figures = day_report.judged(books)
    figures["wrong"] += [f"a machine said: {line}" for line in day.complaints]
    requests, used, out = day.sandbox.requests, [one.usage() for one in day.machines], max(1, figures["out"])
    return figures | {
        "size": {"sites": len(day.sites), "accounts": len(day.accounts), "posts": len(day.plan)},
        "requests": {
            "all": len(requests),
            "each": len(requests) / out,
            "bare": len(requests) / out * books.bare.latency,
            "refused": sum(one["status"] == 429 for one in requests),
        },
        "machines": [{"cpu": round(one.cpu, 1), "memory": round(one.memory)} for one in used],
        "database": {
            "cpu": round(database_cpu, 1),
            "connections": day.connections,
            "transactions": day.ledgers.transactions(),
            "megabytes": day.ledgers.megabytes(),
        },
        "begin": {"cpu": round(day.before, 1), "megabytes": day.megabytes},
        "each": ((day.after or sum(one.cpu for one in used) + database_cpu) - day.before) / out,
        "looks": day.looks(),
        "events": day.telling.events,
        "seconds": day.seconds(),
        "load": os.getloadavg()[0],
    }


def _cpu(server: Server) -> float:
    """Seconds of computing that PostgreSQL took."""
    return cpu_with_children(int((server.folder / "data/postmaster.pid").read_text().split()[0]))


def _end(number: int, _: FrameType | None) -> None:
    raise EndedError(f"ended by {signal.Signals(number).name}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make day")
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--accounts", type=int, default=4, help="of each site")
    parser.add_argument("--posts", type=float, default=2, help="of each site, on average")
    parser.add_argument("--machines", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=8, help="deliveries at a time, of each machine")
    parser.add_argument("--every", type=int, default=60, help="seconds between two looks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds until a network answers")
    parser.add_argument("--kill", action="store_true", help="one machine dies at half past twelve, for an hour")
    parser.add_argument("--limit", type=float, default=15, help="minutes after which it ends with what there is")
    parser.add_argument("--json", type=Path, help="the file for the figures")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    with running(more=("max_connections=300", "shared_buffers=128MB")) as server:
        _, figures = lived(wanted, lambda line: print(line, flush=True), server)
    print("\n".join(["", *day_report.lines(figures)]))
    if wanted.json:
        wanted.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures, enc_hook=str), indent=2))
    sys.exit(1 if figures["wrong"] or figures["ended"] else 0)


if __name__ == "__main__":
    main()
