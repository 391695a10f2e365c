"""A site with four accounts whose ledger is in a database, and workers as real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import utc_now
from crosspost.testing.harness import Place
from tests.postgresql_server import Server

ROOT = Path(__file__).parents[2]


class Site:
    """The site, and the workers on it."""

    def __init__(self, place: Place, server: Server) -> None:
        self.place, self._server, self._name = place, server, server.new_database()
        self.url = server.address(self._name)
        text = place.config.read_text("utf-8").replace("[site]", "[run]\nmax_per_run = 100\n[site]")
        place.config.write_text(f'{text}\n[state]\ndatabase = "{self.url}"\n', "utf-8")
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, told: str = "Sending from") -> subprocess.Popen[str]:
        """A worker that is at work, and says so first."""
        command = [sys.executable, "-m", "crosspost", "worker", "--every", "1", *arguments]
        started = subprocess.Popen(
            [*command, "--config", str(self.place.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            cwd=self.place.root,
        )
        self.running.append(started)
        assert started.stdout is not None
        said = started.stdout.readline()
        assert told in said, said + started.stdout.read()
        return started

    def count(self, state: str) -> int:
        return int(self._server.ask(f"SELECT count(*) FROM deliveries WHERE state = '{state}'", self._name))

    def ask(self, sql: str) -> str:
        return self._server.ask(sql, self._name)


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.1)


def end(worker: subprocess.Popen[str]) -> str:
    """Ask a worker to end; what it has said."""
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=60)
    return said


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Iterator[Site]:
    with Sandbox() as sandbox:
        place = Place(tmp_path, sandbox, clock=utc_now)  # type: ignore[arg-type]
        place.post.unlink()
        made = Site(place, server)
        assert place.crosspost("run").code == 0
        yield made
        for worker in made.running:
            worker.kill()
            worker.communicate(timeout=10)
