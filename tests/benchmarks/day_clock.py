"""The time of a simulated day, the same for every process of it: the machine's own, and so many seconds more.

It goes by as time does while something is done, and jumps over what is idle. What is compared with the database's own
clock (which machine's is wrong) stays real on both sides; everything else is this time: what the commands take for now,
how old something is, and how long a worker rests between two looks.
"""

import mmap
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

_REAL, _STEADY = time.time, time.monotonic
#: what a machine says of itself: see :class:`Board`
BUSY, BEGUN, CHOSEN, ENDED, LOOKED = range(5)
_EACH = 5
#: the day may be in the past, and a machine is never on for less than no time; seconds
_NEVER_BELOW_NOTHING = 1e9
#: a wait of a second or more is one for time to pass, see :class:`_Event`
_LONG, _STEP = 1.0, 0.02


class Board:
    """What all processes of the day see, in a file that they share.

    Each machine says how many deliveries it is at, when its last look began, had chosen its sites and ended (seconds
    since 1970 of the day), and how many sites it has looked at.

    :param machines: how many there are
    :param sites: how many there are
    """

    def __init__(self, file: Path, machines: int, sites: int) -> None:
        size = 8 * (1 + _EACH * machines)
        if not file.exists():
            file.write_bytes(bytes(size + sites))
        with file.open("r+b") as opened:
            whole = memoryview(mmap.mmap(opened.fileno(), 0))
        self._numbers, self.wanted = whole[:size].cast("d"), whole[size:]
        """``wanted``: of each site whether there is something to do, 0 or 1."""
        self._lock = threading.Lock()

    @property
    def ahead(self) -> float:
        return self._numbers[0]

    @ahead.setter
    def ahead(self, seconds: float) -> None:
        self._numbers[0] = seconds

    def said(self, machine: int, what: int) -> float:
        return self._numbers[1 + machine * _EACH + what]

    def say(self, machine: int, what: int, value: float) -> None:
        self._numbers[1 + machine * _EACH + what] = value

    def add(self, machine: int, what: int, number: int) -> None:
        """Count; only the machine itself does that."""
        with self._lock:
            self.say(machine, what, self.said(machine, what) + number)


class Clock:
    """Gives the time of the day."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """The same as seconds since 1970."""
        return _REAL() + self._board.ahead

    def steady(self) -> float:
        """Seconds that pass as those of the day do."""
        return _STEADY() + self._board.ahead + _NEVER_BELOW_NOTHING

    def jump(self, to: datetime) -> None:
        """Leave out the time until then."""
        self._board.ahead += max(0.0, (to - self()).total_seconds())


def rule(clock: Clock) -> None:
    """Have this process go by that clock; to be called before it imports what asks for the time."""
    time.time, time.monotonic = clock.seconds, clock.steady

    class _Event(threading.Event):
        """A pause between two looks ends when the day's time is over, not the machine's."""

        def wait(self, timeout: float | None = None) -> bool:
            if timeout is None or timeout < _LONG or threading.current_thread().name != "look":
                return super().wait(timeout)
            until = clock.steady() + timeout
            while clock.steady() < until:
                if super().wait(_STEP):
                    return True
            return self.is_set()

    threading.Event = _Event  # type: ignore[misc]
    from crosspost.cli import common
    from crosspost.ledger.postgresql import clock_and_lock

    common.now = clock
    clock_and_lock.here = _REAL  # the database's clock is the machine's own
