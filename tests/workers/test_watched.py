"""A worker and a daemon as whoever watches them sees them: JSON lines, probes, metrics, and how they drain."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crosspost.cli.json_log import FIELDS
from crosspost.testing.harness import Place
from tests.workers.conftest import Site

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


class Watched:
    """A process with ``--health`` and ``--log json``; ``told`` are its lines."""

    def __init__(self, config: Path, *words: str) -> None:
        self.told: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crosspost", *words, "--health", "0", "--log", "json", "--config", str(config)],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
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


def until(true: Callable[[], object], seconds: float = 60) -> None:
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, "it does not come"
        time.sleep(0.05)


@contextlib.contextmanager
def watched(config: Path, *words: str) -> Iterator[Watched]:
    made = Watched(config, *words)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait(10)
        made._reader.join(10)
        for stream in (made.process.stdout, made.process.stderr):
            assert stream is not None
            stream.close()


def drains(one: Watched, in_flight: Callable[[], bool]) -> None:
    """It is ready; with SIGTERM it is not any more while it ends what it sends, and then ends with 0."""
    until(lambda: one.get("/readyz")[0] == 200)
    assert one.get("/livez") == (200, '{"ok": true}\n')
    until(in_flight)
    one.process.send_signal(signal.SIGTERM)
    until(lambda: one.get("/readyz")[0] == 503)
    assert json.loads(one.get("/readyz")[1])["draining"] is True
    assert one.get("/livez")[0] == 200
    assert one.end() == 0


def test_a_worker(site: Site) -> None:
    site.place.new_post("2026-11-01-p0")
    site.place.sandbox.fault("mastodon", "delay", seconds=4)
    words = ("worker", "--every", "1", "--concurrency", "1", "--account", "mastodon")
    with watched(site.place.config, *words) as worker:
        until(lambda: site.count("sending") == 1)
        text = worker.get("/metrics")[1]
        found = {
            sample.name: (sample.labels, sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        labels, number = found["crosspost_leases"]
        assert number == 1
        assert "-worker-1" in labels["owner"]
        drains(worker, lambda: site.count("sending") == 1)
    assert (site.count("sent"), site.count("sending")) == (1, 0)
    (begun,) = [one for one in worker.told if one["event"] == "delivery.begin"]
    (ended,) = [one for one in worker.told if one["event"] == "delivery.end"]
    assert (begun["delivery"], begun["account"], begun["post"]) == (ended["delivery"], "mastodon", "p0")
    assert (ended["state"], ended["command"]) == ("sent", "worker")
    assert ended["seconds"] >= 4
    assert {key for one in worker.told for key in one} <= set(FIELDS)
    assert [one for one in worker.told if one["level"] == "error"] == []


def test_a_daemon(place: Place) -> None:
    place.name_the_ledger()
    place.crosspost("run")
    place.new_post("2026-11-20-eins")
    place.sandbox.fault("mastodon", "delay-after", match="POST /api/v1/statuses", seconds=4)
    with watched(place.config, "daemon", "--every", "86400") as daemon:
        drains(daemon, lambda: len(place.sandbox.posts("mastodon")) == 1)
    ended = {one["account"]: one for one in daemon.told if one["event"] == "delivery.end"}
    assert {one["state"] for one in ended.values()} == {"sent"}
    assert "mastodon" in ended
