"""How a long storm is held from outside: it says how far it is, ends when it is told to, and never hangs in silence."""

import faulthandler
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.torture.books import Result

#: seconds without a step after which a storm counts as one that hangs; waiting for a process that computes is a step
HANGS = 300.0
#: seconds between two looks of the watch, and between two results that are written
_LOOK, _WRITE = 5.0, 5.0
#: exit codes of a storm: it came to its end, it broke, it hung
DONE, BROKE, HUNG = 0, 70, 75


class Course:
    """One storm's.

    :param note: where its result so far is; None: nowhere, and nobody watches, as in a test
    """

    def __init__(self, note: Path | None = None, *, hangs: float = HANGS) -> None:
        self.ending = threading.Event()
        #: tells the state of its processes and of its database
        self.describe: Callable[[], str] = str
        self._note, self._hangs = note, hangs
        self._stepped = self._written = time.monotonic()

    def step(self, result: Result | None = None) -> None:
        """It goes on."""
        now = self._stepped = time.monotonic()
        if self._note is not None and result is not None and now - self._written > _WRITE:
            result.write(self._note)
            self._written = now

    def watch(self, end: Callable[[int], object] = os._exit) -> None:
        """End this process, with everything that is known, when it does not go on."""
        threading.Thread(target=self._watched, args=(end,), daemon=True).start()

    def _watched(self, end: Callable[[int], object]) -> None:
        while time.monotonic() - self._stepped < self._hangs:
            time.sleep(min(_LOOK, self._hangs / 4))
        print(f"Nothing has gone on for {self._hangs:.0f} seconds.", file=sys.stderr)  # noqa: T201  # for a terminal
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        try:
            print(self.describe(), file=sys.stderr, flush=True)  # noqa: T201  # the same
        except Exception:  # what hangs may well be what is asked
            traceback.print_exc()
        end(HUNG)


def threads_of(pid: int, output: Path) -> str:
    """Have a process say where its threads are, if it has not been stopped.

    :param output: the file that its faulthandler writes to
    :returns: what the system and the process say
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return f"{pid}: gone"
    said = (
        f"{pid}: state {fields[0]}, {(int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK'):.1f} s of processor"
    )
    if fields[0] in "TtZX":
        return said
    before = output.stat().st_size if output.exists() else 0
    os.kill(pid, signal.SIGUSR1)
    time.sleep(1)  # it answers by itself, if at all
    shown = output.read_bytes()[before:].decode("utf-8", "replace") if output.exists() else ""
    return f"{said}\n{shown}"
