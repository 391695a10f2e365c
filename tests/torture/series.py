"""Storms one after the other, each in a process of its own, whose results come by way of files."""

import ctypes
import functools
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from tests.postgresql_server import running
from tests.torture import hosts
from tests.torture.books import Result
from tests.torture.course import BROKE, DONE, HUNG, Course
from tests.torture.partitions import PartitionStorm
from tests.torture.processes import all_ended
from tests.torture.storm import Storm
from tests.torture.workers import WorkerStorm

#: see prctl(2): the signal that a process gets when the one that began it has ended
_PARENT_DIED = 1
#: what a storm over workers lasts in seconds, and how many posts appear in one
SECONDS, POSTS = 150, 150


class Work(NamedTuple):
    """One storm.

    :ivar way: the column of the table that it counts for
    """

    way: str
    seed: int
    sites: int
    accounts: tuple[str, ...] = ()
    queue: str = ""
    workers: int = 0
    hosts: bool = False


class Running:
    """A storm that is under way.

    :param folder: for its files
    """

    def __init__(self, work: Work, folder: Path) -> None:
        self.work = work
        self._note = folder / f"{work.way}-{work.seed}.json"
        spawn = multiprocessing.get_context("spawn")
        self.process: BaseProcess = spawn.Process(target=_held, args=(work, str(self._note), os.getpid()))
        self.process.start()

    def result(self) -> Result:
        """What it has done so far; outcomes come at its end."""
        return Result.read(self._note) if self._note.exists() else Result()

    def wrong(self) -> str:
        """What was wrong with one that has ended; "" for nothing."""
        known = {DONE: "", HUNG: "it hung", BROKE: "it broke"}
        return known.get(self.process.exitcode or 0, f"it ended with {self.process.exitcode}")

    def end(self) -> None:
        """Have it go on to its books."""
        self.process.terminate()

    def kill(self) -> None:
        """Here and now, with everything that belongs to it: it is the first of its session."""
        if self.process.pid is not None and self.process.is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)


def _held(work: Work, note: str, parent: int) -> None:
    """The process of a storm. A terminal's Ctrl-C does not reach it and its processes; SIGTERM has it end early."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGTERM)
    course = Course(Path(note))
    signal.signal(signal.SIGTERM, lambda *_: course.ending.set())
    if os.getppid() != parent:
        return
    course.watch(_ended_whole)
    try:
        _storm(work, course).write(Path(note))
    except Exception:
        print(f"{work.way}, seed {work.seed}:", file=sys.stderr)  # noqa: T201  # for a terminal
        traceback.print_exc()
        sys.stderr.flush()
        _ended_whole(BROKE)


def _ended_whole(code: int) -> None:
    """With all processes that may still be there; this one as the last."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    os._exit(code)


def _storm(work: Work, course: Course) -> Result:
    own = resource.getrusage(resource.RUSAGE_SELF)
    if not work.workers:
        storm = Storm(work.accounts, seed=work.seed, sites=work.sites, moments=0.1)
        storm.course = course
        result = storm.rage(4, kills=16, changes=8)
        all_ended()
        result.seconds["processor of crosspost"] += _used(resource.RUSAGE_CHILDREN)
    else:
        result = worker_storm(work, course)
    result.seconds["processor of stand-ins"] += _used(resource.RUSAGE_SELF) - (own.ru_utime + own.ru_stime)
    result.weather["storms"] += 1
    result.weather["storms over several sites"] += work.sites > 1
    return result


def worker_storm(work: Work, course: Course, *, posts: int = POSTS, seconds: float = SECONDS) -> Result:
    """A storm over workers, with a server of its own, which is restarted again and again; in a process of its own.

    :raises hosts.MissingError: where there can be no machines
    """
    if work.hosts:
        hosts.apart()
    with hosts.machines(work.workers if work.hosts else 0) as machines:
        with running(hosts.DATABASE if work.hosts else "") as server:
            make = functools.partial(WorkerStorm, workers=work.workers)
            if work.hosts:
                make = functools.partial(PartitionStorm, machines=machines)  # type: ignore[arg-type]
            storm = make(server, queue=work.queue, seed=work.seed, sites=work.sites)
            storm.course = course
            result = storm.storm(posts, seconds)
            all_ended()
            crosspost = _used(resource.RUSAGE_CHILDREN)
            result.seconds["processor of crosspost"] += crosspost
        result.seconds["processor of PostgreSQL"] += _used(resource.RUSAGE_CHILDREN) - crosspost
    return result


def _used(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def summed(results: Iterator[Result]) -> Result:
    """All of them together."""
    whole = Result()
    for result in results:
        whole.add(result)
    return whole
