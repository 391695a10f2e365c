"""The machines of the simulated day as processes: begun, killed, and what they took."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.day_clock import BEGUN, BUSY, CHOSEN, ENDED, LOOKED, Board
from tests.benchmarks.rows import environment

#: how lines begin that a person should see, and the time before them
_WRONG, _TIME = re.compile(r"Error|Warning|Traceback"), re.compile(r"^[\d-]+ [\d:]+ ")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
#: seconds that one may take for its end
_GRACE = 90


class Usage(NamedTuple):
    """``cpu`` in seconds, ``memory`` the most it ever had, in MB."""

    cpu: float
    memory: float


class Machine:
    """One machine, which may die and come back.

    :param number: counts from 0
    :param config: its config
    :param home: the user's folder on it
    :param size: how many machines and sites there are
    """

    def __init__(
        self, board: Board, file: Path, number: int, config: Path, size: tuple[int, int], options: Sequence[str]
    ) -> None:
        self._board, self.number, self._config = board, number, config
        self._command = [
            *(sys.executable, "-m", "tests.benchmarks.day_worker", str(file), str(number)),
            *(*map(str, size), str(config), *options),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._before = Usage(0, 0)

    @property
    def output(self) -> Path:
        """What it printed."""
        return self._config.with_name("output")

    @property
    def up(self) -> bool:
        """Whether it is there. :raises RuntimeError: when it ended by itself"""
        if self._process is not None and self._process.poll() is not None:
            said = self.output.read_text("utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"machine {self.number} ended with {self._process.returncode}: {said}")
        return self._process is not None

    @property
    def process(self) -> int:
        """The number of its process; 0 while it is down."""
        return self._process.pid if self._process is not None else 0

    @property
    def busy(self) -> int:
        """How many deliveries it is at."""
        return int(self._board.said(self.number, BUSY))

    @property
    def looked(self) -> int:
        """How many looks at a site it did."""
        return int(self._board.said(self.number, LOOKED))

    @property
    def begun(self) -> datetime:
        """When its last look began."""
        return datetime.fromtimestamp(self._board.said(self.number, BEGUN), UTC)

    @property
    def chosen(self) -> datetime:
        """When it last chose the sites that it looks at."""
        return datetime.fromtimestamp(self._board.said(self.number, CHOSEN), UTC)

    def complaints(self) -> list[str]:
        """What it printed of errors and warnings, each once."""
        text = self.output.read_text("utf-8", errors="replace")
        return list(dict.fromkeys(_TIME.sub("", line) for line in text.splitlines() if _WRONG.search(line)))

    def looks(self) -> bool:
        """Whether it looks just now, or never did."""
        begun = self._board.said(self.number, BEGUN)
        return not begun or self._board.said(self.number, ENDED) < begun

    def begin(self) -> None:
        """Switch it on."""
        for what in (BUSY, BEGUN, CHOSEN, ENDED):
            self._board.say(self.number, what, 0)
        more = {"XDG_STATE_HOME": str(self._config.with_name("home"))}
        known = {name: value for name, value in environment().items() if name != "CI"}
        with self.output.open("ab") as out:
            # Ctrl-C is for whoever leads the day
            self._process = subprocess.Popen(
                self._command, env=known | more, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self) -> None:
        """It dies at once, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def end(self) -> None:
        """It ends what it is at."""
        self._end(signal.SIGTERM)

    def usage(self) -> Usage:
        """What it took, with what it took before it died."""
        if self._process is None:
            return self._before
        return Usage(self._before.cpu + cpu_of(self._process.pid), max(self._before.memory, _memory(self._process.pid)))

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._before = self.usage()
            self._process.send_signal(how)
            try:
                self._process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def cpu_of(process: int) -> float:
    """Seconds of computing that a process took, with its children that ended; 0 where the system does not say."""
    try:
        told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, told[11:15])) / _TICKS


def cpu_with_children(process: int) -> float:
    """The same with those of its children that are there."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        children = []
    return cpu_of(process) + sum(cpu_of(int(one)) for one in children)


def _memory(process: int) -> float:
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM")), 0)
