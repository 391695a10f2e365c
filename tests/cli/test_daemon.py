"""The daemon: the same run again and again, one per ledger, ending cleanly."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.daemon import Daemon, systemd
from tests.harness import NETWORKS, Place

ROOT = Path(__file__).parents[2]


def start(place: Place) -> "subprocess.Popen[str]":
    command = [sys.executable, "-u", "-m", "crosspost", "daemon", "--every", "5", "--config", str(place.config)]
    return subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def until(true: Callable[[], bool], seconds: float = 40) -> bool:
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_new_post_goes_out_once_and_sigterm_ends_it(place: Place) -> None:
    place.crosspost("run")
    daemon = start(place)
    try:
        assert daemon.stdout is not None
        assert "Watching" in daemon.stdout.readline()
        second = start(place)
        said, _ = second.communicate(timeout=30)
        assert second.returncode == 2
        assert "a daemon works on" in said
        place.new_post("2026-11-21-neu")
        assert until(lambda: len(place.sandbox.posts()) == len(NETWORKS))
        assert place.crosspost("run").code == 0, "a run beside it is safe"
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    assert daemon.returncode == 0
    assert len(place.sandbox.posts()) == len(NETWORKS)


def test_a_failing_tick_is_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise RuntimeError("oops")
        daemon.stop()

    daemon = Daemon(tick, 0.05, told.append)
    worker = threading.Thread(target=daemon.run)
    worker.start()
    worker.join(20)
    assert not worker.is_alive()
    assert ticks >= 2
    assert told[0] == "READY=1"
    assert told[-1] in ("STOPPING=1", "WATCHDOG=1")
    assert "this tick failed" in caplog.text


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    systemd("READY=1")  # nobody asked: nothing happens
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        systemd("READY=1")
        assert manager.recv(100) == b"READY=1"
