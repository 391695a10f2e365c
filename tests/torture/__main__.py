"""``make torture``: the long form. Prints tables per account; ends with 1 when anything was lost or said twice."""

import argparse
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from tests.torture.accounts import everybody
from tests.torture.books import Result, table
from tests.torture.storm import one_storm


def main() -> int:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--kills", type=int, default=1000, help="how many processes to kill at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", default="all", help=f"of {', '.join(everybody())}")
    parser.add_argument("--jobs", type=int, default=2, help="storms at the same time")
    wanted = parser.parse_args()
    accounts = everybody() if wanted.accounts == "all" else tuple(wanted.accounts.split(","))
    result, coming = Result(), _storms(accounts, wanted.seed)
    with ProcessPoolExecutor(wanted.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {pool.submit(one_storm, *next(coming)) for _ in range(wanted.jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for storm in done:
                result.add(storm.result())
            if result.killed < wanted.kills:
                running |= {pool.submit(one_storm, *next(coming)) for _ in done}
            _say(f"{result.killed} killed, {result.total('lost')} lost, {result.total('duplicates')} duplicates …")
    print(table(result))  # noqa: T201  # a program for the terminal
    return 1 if result.total("lost") or result.total("duplicates") else 0


def _storms(accounts: tuple[str, ...], seed: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """All accounts at once, then groups of three, whose processes are quicker; over and over with other choices."""
    while True:
        groups = [accounts[start::5] for start in range(min(5, len(accounts)))]
        for group in [accounts, *groups]:
            yield group, seed
            seed += 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    sys.exit(main())
