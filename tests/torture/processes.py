"""The processes of a storm: forked from one that has imported everything, and waited for."""

import contextlib
import functools
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.torture.course import Course

#: seconds without any work of its processor, and in all, after which a process counts as one that hangs: on a busy
#: machine one that goes on may take its time
_HANGS, _ENDLESS = 120, 1200
_BEGIN = """import json, signal, sys
from tests.torture import worker_victim
arguments, target, end, *more = json.loads(sys.argv[1])
worker_victim.run(arguments, target, signal.Signals(end), *more)"""


@functools.cache
def forking() -> ForkServerContext:
    """Where processes come from; nothing else of this process may fork from there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.warm"])
    return context


class Elsewhere:
    """A worker with other code than ours, with the methods of a :class:`multiprocessing.Process`.

    :param code: the folder of crosspost and its tests
    :param given: what :func:`tests.torture.worker_victim.run` takes
    """

    def __init__(self, code: Path, given: Sequence[object]) -> None:
        words = [sys.executable, "-P", "-c", _BEGIN, json.dumps(given)]
        self._process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(code)})
        self.pid = self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exitcode(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        self._process.kill()

    def join(self, seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)


def all_ended() -> None:
    """No more processes come from there; from now on the system counts what they used as this process's children's."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def ended(child: BaseProcess, course: Course) -> bool:
    """Wait for a process; False when it does nothing any more."""
    begun = worked = time.monotonic()
    used = -1.0
    while child.is_alive():
        child.join(1)
        now, before, used = time.monotonic(), used, _computed(child.pid or 0)
        if used != before:
            worked = now
            course.step()
        if now - worked > _HANGS or now - begun > _ENDLESS:
            return False
    return True


def _computed(pid: int) -> float:
    """Processor time of a process so far, in ticks; where the system does not tell, the time on the wall."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return float(fields[11]) + float(fields[12])
