"""``make torture``: the long form. Prints tables per account; ends with 1 when anything was lost or said twice, or a
process ended in a way of its own.
"""

import argparse
import itertools
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import Any

from crosspost.workers.delivery_queue import KINDS
from tests.torture import partitions, storm, workers
from tests.torture.accounts import everybody
from tests.torture.books import Result, table

#: what one process of the pool is to do
Work = tuple[Callable[..., Result], tuple[Any, ...]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--kills", type=int, default=1000, help="how many processes to kill at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", default="all", help=f"of {', '.join(everybody())}")
    parser.add_argument("--jobs", type=int, default=2, help="storms at the same time")
    parser.add_argument("--workers", type=int, default=0, help="so many workers on PostgreSQL instead of single runs")
    parser.add_argument("--sites", type=int, default=1, help="so many sites that share all accounts")
    parser.add_argument("--hosts", action="store_true", help="each on a machine of its own, whose cables are pulled")
    parser.add_argument("--queue", default="all", help=f"how workers are handed out what is due: {', '.join(KINDS)}")
    parser.add_argument("--verbose", action="store_true", help="print the table after each storm")
    wanted = parser.parse_args()
    coming = _worker_storms(wanted) if wanted.workers else _storms(wanted)
    result, failed = Result(), 0
    with ProcessPoolExecutor(wanted.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {_begun(pool, coming) for _ in range(wanted.jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for ended in done:
                if error := ended.exception():
                    failed += 1
                    _say(f"A storm ended early: {error}")
                else:
                    result.add(ended.result())
                if result.killed < wanted.kills and failed <= wanted.jobs:
                    running.add(_begun(pool, coming))
            if wanted.verbose:
                _say(table(result))
            _say(f"{result.killed} killed, {result.total('lost')} lost, {result.total('duplicates')} duplicates …")
    print(table(result))  # noqa: T201  # a program for the terminal
    return 1 if failed or result.total("lost") or result.total("duplicates") else 0


def _begun(pool: ProcessPoolExecutor, coming: Iterator[Work]) -> Any:
    work, arguments = next(coming)
    return pool.submit(work, *arguments)


def _storms(wanted: argparse.Namespace) -> Iterator[Work]:
    """All accounts at once, then groups of three, whose processes are quicker; over and over with other choices."""
    accounts = everybody() if wanted.accounts == "all" else tuple(wanted.accounts.split(","))
    groups = [accounts, *(accounts[start::5] for start in range(min(5, len(accounts))))]
    for seed, group in zip(itertools.count(wanted.seed), itertools.cycle(groups)):  # both go on for ever
        yield storm.one_storm, (group, seed, wanted.sites)


def _worker_storms(wanted: argparse.Namespace) -> Iterator[Work]:
    """The ways to hand out what is due by turns."""
    kinds = KINDS if wanted.queue == "all" else (wanted.queue,)
    storm_of = partitions.one_storm if wanted.hosts else workers.one_storm
    for seed, kind in zip(itertools.count(wanted.seed), itertools.cycle(kinds)):  # both go on for ever
        yield storm_of, (kind, wanted.workers, seed, wanted.sites)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    sys.exit(main())
