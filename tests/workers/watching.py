"""A process with ``--health`` and ``--log json``, as whoever watches it sees it."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

ROOT = Path(__file__).parents[2]
#: what ``python -m crosspost`` does, with a little changed before
PROGRAM = "from crosspost.cli import main; main()"
#: the one request that counts waits at a gate, so that no test depends on how fast the machine is
_HELD = """
import pathlib, time
from crosspost.networks.mastodon import Mastodon
asked, gate = Mastodon.publish, pathlib.Path({gate!r})
def publish(self, prepared):
    while not gate.exists():
        time.sleep(0.02)
    return asked(self, prepared)
Mastodon.publish = publish
"""


def held(gate: Path) -> str:
    """Python that has each post to Mastodon wait until this file exists."""
    return _HELD.format(gate=str(gate))


class Watched:
    """The process; ``told`` are its lines.

    :param package: the folder in which its ``crosspost`` is
    :param before: Python that is run in it first
    """

    def __init__(self, config: Path, *words: str, package: Path = ROOT, before: str = "") -> None:
        self.told: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-P",  # the folder it is called in has a crosspost, too
                "-c",
                f"{before}\n{PROGRAM}",
                *words,
                "--health",
                "0",
                "--log",
                "json",
                "--config",
                str(config),
            ],
            env=os.environ | {"PYTHONPATH": str(package), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        until(lambda: any("/health says" in one.get("message", "") for one in self.told))
        said = next(one["message"] for one in self.told if "/health says" in one.get("message", ""))
        self.url = said.partition("/health")[0]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told.append(json.loads(line))  # whatever is not JSON ends the thread with an error, and the test

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def end(self) -> int:
        code = self.process.wait(60)
        self._reader.join(10)
        assert self.process.stdout is not None
        assert self.process.stdout.read() == ""
        return code


def until(true: Callable[[], object], seconds: float = 120) -> None:
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, "it does not come"
        time.sleep(0.05)


@contextlib.contextmanager
def watched(config: Path, *words: str, package: Path = ROOT, before: str = "") -> Iterator[Watched]:
    """Such a process; it is killed at the end unless it has ended."""
    made = Watched(config, *words, package=package, before=before)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait(10)
        made._reader.join(10)
        for stream in (made.process.stdout, made.process.stderr):
            assert stream is not None
            stream.close()
