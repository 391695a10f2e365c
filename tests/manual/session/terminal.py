"""A real terminal: a command runs in it, and what a person types goes in as from a keyboard."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

from tests.manual.screen import COLOUR, plain

#: a terminal of 80 columns shows code of 78 in the manual as it is
COLUMNS, LINES = 78, 50
#: seconds until a question, a page, or the end of a command, counts as missing
PATIENCE = 30.0
#: makes the terminal the program's own, as a shell does: passwords are read from there
_AT_ITS_TERMINAL = "import os, sys; os.open(os.ttyname(0), os.O_RDWR); os.execvp(sys.argv[1], sys.argv[1:])"


class Stuck(AssertionError):
    """A command does not ask or say what it should."""


class Terminal:
    """One command in a terminal; a context manager that ends the command.

    :param command: as a person types it; a shell takes it apart, and finds programs in the environment's ``PATH``
    """

    def __init__(self, command: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._command = command
        self._shown, self._seen = "", 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _AT_ITS_TERMINAL, "/bin/sh", "-c", command],
            cwd=folder,
            env=dict(environment),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # the shell, and what it runs
        self._process.wait()
        os.close(self._master)

    def expect(self, text: str) -> None:
        """Wait until it asks this, whatever the line breaks.

        :raises Stuck: when it does not, or ends before
        """
        end = time.monotonic() + PATIENCE
        pattern = re.compile(r"\s+".join(map(re.escape, text.split())))
        while not (found := pattern.search(self._plain, self._seen)):
            if time.monotonic() > end or not self._read():
                raise Stuck(f"{self._command}\ndoes not ask “{text}”. It says:\n{self._plain[self._seen :]}")
        self._seen = found.end()

    def type(self, text: str) -> None:
        """Type something, and Enter."""
        self._seen = len(self._plain)
        os.write(self._master, f"{text}\n".encode())

    def done(self, patience: float) -> tuple[list[str], int]:
        """What stands on the screen at the end, and the exit code.

        :param patience: seconds until it counts as stuck
        :raises Stuck: when it does not end
        """
        end = time.monotonic() + patience
        while self._read():
            if time.monotonic() > end:
                raise Stuck(f"{self._command}\ndoes not end. It says:\n{self._plain}")
        return plain(self._shown), self._process.wait(PATIENCE)

    @property
    def _plain(self) -> str:
        return COLOUR.sub("", self._shown)

    def _read(self) -> bool:
        """Take what it wrote meanwhile; False once it has ended and there is no more."""
        ended = self._process.poll() is not None
        if not select.select([self._master], [], [], 0 if ended else 0.2)[0]:
            return not ended
        data = b""
        with contextlib.suppress(OSError):  # Linux says EIO when nobody holds the other end any more
            data = os.read(self._master, 65536)
        self._shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)
