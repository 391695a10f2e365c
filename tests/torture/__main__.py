"""``make torture``: the long form. Prints tables; ends with 1 when anything was lost, said twice or in doubt for no
known reason, or a process ended in a way of its own.
"""

import argparse
import itertools
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from crosspost.workers.delivery_queue import KINDS
from tests.torture import tree_copy
from tests.torture.accounts import everybody
from tests.torture.books import Result
from tests.torture.series import Running, Work, summed
from tests.torture.tables import beside, table

#: seconds between two lines that say how far it is
_SAY = 60.0


class Series:
    """Storms until enough processes have died.

    :param wanted: the command line
    :param results: what is known already, by way; it is added to
    """

    def __init__(self, wanted: argparse.Namespace, results: dict[str, Result]) -> None:
        self._wanted, self.results = wanted, results
        self._coming = _worker_storms(wanted) if wanted.workers else _storms(wanted)
        self._running: list[Running] = []
        self.failed, self._ending = 0, False
        self._begun = self._said = time.monotonic()

    def go(self, folder: Path) -> None:
        """:param folder: for the files of its storms"""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_end)
        while self._running or self._more():
            while self._more() and len(self._running) < self._wanted.jobs:
                self._running.append(Running(next(self._coming), folder))
            time.sleep(0.2)
            for one in [one for one in self._running if not one.process.is_alive()]:
                self._ended(one)
            now = time.monotonic()
            if self._wanted.minutes and now - self._begun > self._wanted.minutes * 60 and not self._ending:
                self._end(f"{self._wanted.minutes:g} minutes are over.")
            if now - self._said > _SAY:
                self._said = now
                _say(self._far())

    def _more(self) -> bool:
        return not self._ending and self._all().killed < self._wanted.kills and self.failed <= self._wanted.jobs

    def _all(self) -> Result:
        """With what the running ones have done so far."""
        return summed(iter([*self.results.values(), *(one.result() for one in self._running)]))

    def _ended(self, one: Running) -> None:
        self._running.remove(one)
        if wrong := one.wrong():
            self.failed += 1
            _say(f"A storm failed, {one.work}: {wrong}")
        else:
            self.results.setdefault(one.work.way, Result()).add(one.result())
            self._keep()
        _say(self._far())

    def _far(self) -> str:
        known, ended = self._all(), summed(iter(self.results.values()))
        counted = (
            f"{ended.total('deliveries')} deliveries: {ended.total('lost')} lost, {ended.total('duplicates')} twice"
        )
        doubts = f"{ended.doubts.total()} doubts, {ended.unexplained} of them unexplained"
        return f"{(time.monotonic() - self._begun) / 60:5.1f} min: {known.killed} killed; {counted}; {doubts}"

    def _keep(self) -> None:
        for way, result in self.results.items():
            if self._wanted.results:
                Path(self._wanted.results).mkdir(exist_ok=True)
                result.write(Path(self._wanted.results) / f"{way}.json")

    def _told_to_end(self, *_: int | FrameType | None) -> None:
        if self._ending:
            for one in self._running:
                one.kill()
        else:
            self._end("Told to end.")

    def _end(self, why: str) -> None:
        self._ending = True
        _say(f"{why} What ended so far:\n\n{shown(self.results)}\n")
        _say("Running storms go on to their books; once more ends them at once.")
        for one in self._running:
            one.end()


def shown(results: dict[str, Result]) -> str:
    """The tables of each way, and all of them beside each other."""
    return "\n\n\n".join([*(f"{way}\n\n{table(result)}" for way, result in results.items()), beside(results)])


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--kills", type=int, default=1000, help="how many processes to kill at least")
    parser.add_argument("--minutes", type=float, default=0, help="end after so many minutes, however many that are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", default="all", help=f"of {', '.join(everybody())}")
    parser.add_argument("--jobs", type=int, default=2, help="storms at the same time")
    parser.add_argument("--workers", type=int, default=0, help="so many workers on PostgreSQL instead of single runs")
    parser.add_argument("--sites", default="1", help="so many sites that share all accounts; with 1,3 by turns")
    parser.add_argument("--hosts", action="store_true", help="each on a machine of its own, whose cables are pulled")
    parser.add_argument("--queue", default="all", help=f"how workers are handed out what is due: {', '.join(KINDS)}")
    parser.add_argument("--results", default="", help="a folder for the results, one file for each way")
    parser.add_argument("--continue", action="store_true", help="add to what is there, with other seeds")
    parser.add_argument("--show", action="store_true", help="print the tables of what is there")
    parser.add_argument("--beside", default="", help="a commit: every second worker has its code")
    return parser.parse_args()


def main(wanted: argparse.Namespace) -> int:
    """:returns: the exit code"""
    known = {}
    if wanted.show or getattr(wanted, "continue"):
        known = {file.stem: Result.read(file) for file in sorted(Path(wanted.results).glob("*.json"))}
        wanted.seed += sum(result.weather["storms"] for result in known.values())
    series = Series(wanted, known)
    if not wanted.show:
        with tempfile.TemporaryDirectory() as folder:
            series.go(Path(folder))
    print(shown(series.results))  # noqa: T201  # a program for the terminal
    return 1 if series.failed or any(result.flaws for result in series.results.values()) else 0


def _sites(wanted: argparse.Namespace) -> Iterator[int]:
    return itertools.cycle(int(number) for number in wanted.sites.split(","))


def _storms(wanted: argparse.Namespace) -> Iterator[Work]:
    """All accounts at once, then groups of three, whose processes are quicker; over and over with other choices."""
    accounts = everybody() if wanted.accounts == "all" else tuple(wanted.accounts.split(","))
    groups = [accounts, *(accounts[start::5] for start in range(min(5, len(accounts))))]
    for seed, group, sites in zip(itertools.count(wanted.seed), itertools.cycle(groups), _sites(wanted)):
        yield Work("SQLite", seed, sites, accounts=group)


def _worker_storms(wanted: argparse.Namespace) -> Iterator[Work]:
    """The ways to hand out what is due by turns, and with each of them the numbers of sites by turns."""
    kinds = KINDS if wanted.queue == "all" else (wanted.queue,)
    for seed, (sites, kind) in zip(itertools.count(wanted.seed), ((s, k) for s in _sites(wanted) for k in kinds)):
        yield Work(f"PostgreSQL, {kind}", seed, sites, queue=kind, workers=wanted.workers, hosts=wanted.hosts)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the same


if __name__ == "__main__":
    wanted = _wanted()  # what is wrong with the command line is said before anything is copied
    tree_copy.run_from_copy("tests.torture", wanted.beside)
    sys.exit(main(wanted))
