"""What a row of the table is: a figure beside its baseline, both measured in the same run."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec


class SkippedError(Exception):
    """This row cannot be measured here; the message says why."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """``ours`` and ``base`` in ``unit``; ``ratio`` is the one by the other. ``note``: what else was seen."""

    ours: float
    base: float
    unit: str
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.base


class Row(NamedTuple):
    """A line of the table. ``measure`` gets an empty folder and gives figures, or raises SkippedError."""

    what: str
    baseline: str
    goal: str
    measure: Callable[[Path], Measured]


class Used(NamedTuple):
    """What processes used, medians: ``cpu`` and ``wall`` in seconds, and the most memory in MB."""

    cpu: float
    wall: float
    memory: float


Command = Sequence[str]


def processes(*commands: Command, rounds: int = 7, before: Callable[[], object] = lambda: None) -> list[Used]:
    """Run each command in turn, round after round, so that a busy machine slows all of them down alike.

    :param before: done before each command, and not measured
    """
    found: list[list[Used]] = [[] for _ in commands]
    for number in range(rounds + 1):
        for command, used in zip(commands, found, strict=True):
            before()
            one = once(command)
            if number:  # the first writes byte code and fills the caches of the disk
                used.append(one)
    return [Used(*map(statistics.median, zip(*used, strict=True))) for used in found]


def seconds(*work: Callable[[], object], rounds: int = 7) -> list[float]:
    """The same for functions in this process: medians in seconds of processor time."""
    found: list[list[float]] = [[] for _ in work]
    for number in range(rounds + 1):
        for do, spent in zip(work, found, strict=True):
            begun = time.process_time()
            do()
            if number:
                spent.append(time.process_time() - begun)
    return [statistics.median(spent) for spent in found]


def environment() -> dict[str, str]:
    """Byte code is compiled, as it is for users."""
    root = str(Path(__file__).parents[2])
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPATH": root}


def once(command: Command) -> Used:
    """Run a command once; an exit code above 1 is an error."""
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):  # 1: some posts were refused
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode(errors='replace')}")
    return Used(used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss / 1024)
