"""Ticks, signs of life, what is watched and how the daemon says it is: without a process."""

import os
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.daemon import Daemon, Health, Watcher, notify, watchdog
from crosspost.testing.harness import Clock


def worked(daemon: Daemon) -> bool:
    """Run a daemon that stops itself."""
    ended: list[bool] = []
    worker = threading.Thread(target=lambda: ended.append(daemon.run()))
    worker.start()
    worker.join(20)
    assert not worker.is_alive()
    return ended[0]


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
    assert worked(daemon)
    assert ticks == 2
    assert told[0] == "READY=1"
    assert "STOPPING=1" in told
    assert "this tick failed" in caplog.text


def test_a_change_brings_the_next_tick_at_once() -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            daemon.stop()

    daemon = Daemon(tick, 86400, lambda _: None, changed=lambda: ticks == 2, watchdog=0.06)
    first = threading.Timer(0.2, daemon.wake)
    first.start()
    assert worked(daemon)
    assert ticks == 3


def test_a_hung_tick_gives_no_sign_of_life_and_does_not_stop_the_end() -> None:
    """The clock stands in for a quarter of an hour."""
    clock = 0.0
    release, hanging = threading.Event(), threading.Event()
    told: list[str] = []

    def tick() -> None:
        hanging.set()
        release.wait(20)

    daemon = Daemon(tick, 86400, told.append, watchdog=0.03, hangs=900, grace=0.1, clock=lambda: clock)
    ended: list[bool] = []
    worker = threading.Thread(target=lambda: ended.append(daemon.run()))
    worker.start()
    assert hanging.wait(20)
    alive = len(told)
    while told.count("WATCHDOG=1") < 5:
        threading.Event().wait(0.01)
    assert len(told) > alive, "a tick that takes its time is alive"
    clock = 899
    daemon.progress()
    clock = 1000
    seen = told.count("WATCHDOG=1")
    while told.count("WATCHDOG=1") < seen + 3:
        threading.Event().wait(0.01)
    clock = 1800
    threading.Event().wait(0.1)
    seen = told.count("WATCHDOG=1")
    threading.Event().wait(0.3)
    assert told.count("WATCHDOG=1") == seen
    daemon.stop()
    worker.join(20)
    release.set()
    assert ended == [False]


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notify("READY=1")  # nobody asked: nothing happens
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "180000000"}, 180),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "7"}, 180),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "bald"}, None),
    ],
)
def test_watchdog(environ: dict[str, str], seconds: float | None) -> None:
    assert watchdog(environ, 7) == seconds


def test_what_is_watched(tmp_path: Path) -> None:
    posts, config = tmp_path / "posts", tmp_path / "crosspost.toml"
    (posts / "unter").mkdir(parents=True)
    watched = Watcher([posts, config, tmp_path / "nothing"])
    stamp = 1_000_000_000

    def looks(number: int) -> list[bool]:
        return [watched.changed() for _ in range(number)]

    def touched(path: Path) -> None:
        nonlocal stamp
        stamp += 1_000_000_000
        os.utime(path, ns=(stamp, stamp))

    assert looks(3) == [False] * 3
    config.write_text("a")
    assert looks(4) == [False, True, False, False], "once, when it rests"
    (posts / "unter" / "neu.md").write_text("a")
    touched(posts / "unter")
    assert looks(3) == [False, True, False]
    for _ in range(3):  # still being copied
        touched(posts)
        assert looks(1) == [False]
    assert looks(2) == [True, False]
    config.unlink()
    assert looks(3) == [False, True, False]


def test_health_becomes_ill_when_ticks_fail_or_do_not_come() -> None:
    clock = Clock()
    more: dict[str, Any] = {"paused": ["x"]}
    health = Health(60, clock, lambda: more)
    assert health.report()[0], "it has just begun"
    clock.pass_by(seconds=60)
    health.ticked(True)
    well, answer = health.report()
    assert (well, answer["ok"], answer["seconds_since"], answer["paused"]) == (True, True, 0, ["x"])
    assert answer["next_run"] == (clock() + timedelta(seconds=60)).isoformat()
    clock.pass_by(seconds=120)
    health.stepped()
    clock.pass_by(seconds=120)
    assert health.report()[0], "a newsletter takes its time"
    clock.pass_by(seconds=61)
    assert not health.report()[0]
    health.ticked(False)
    assert not health.report()[0]
    health.ticked(True)
    assert health.report()[0]

    def broken() -> dict[str, Any]:
        raise OSError("no ledger")

    assert not Health(60, clock, broken).report()[0]
