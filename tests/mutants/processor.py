"""How long the processor worked for this process, which says what a test costs on a busy machine too."""

import contextlib
import os
import resource
from pathlib import Path


def seconds_used() -> float:
    """Seconds of the processor used so far, also by processes it began, whether they have ended or serve on.

    Unlike the clock's, a busy machine hardly changes them. Source: proc(5); elsewhere than on Linux a process counts
    once it has ended.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(_with_all_it_began, _begun_by("self")))


def _begun_by(process: str) -> list[str]:
    found = []
    for thread in Path("/proc", process, "task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has just ended
            found += thread.read_text().split()
    return found


def _with_all_it_began(process: str) -> float:
    try:
        after_the_name = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0
    ticks = sum(map(int, after_the_name[11:15]))  # its own and those of children it has seen end
    return ticks / os.sysconf("SC_CLK_TCK") + sum(map(_with_all_it_began, _begun_by(process)))
