"""The daemon as a process: one per ledger, awake at once, ending cleanly, telling systemd and who asks how it is."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import msgspec
import pytest

from crosspost.testing.harness import NETWORKS, Place

ROOT = Path(__file__).parents[2]


def start(place: Place, *arguments: str, every: int = 5, **environ: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-u", "-m", "crosspost", "daemon", "--every", str(every), *arguments]
    place.name_the_ledger()
    return subprocess.Popen(
        [*command, "--config", str(place.config)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextlib.contextmanager
def running(place: Place, *arguments: str, **more: Any) -> Iterator["subprocess.Popen[str]"]:
    """A daemon that is at work; it is ended with SIGTERM."""
    daemon = start(place, *arguments, **more)
    try:
        assert daemon.stdout is not None
        said = daemon.stdout.readline()
        assert said.startswith(("Watching", "http://")), said
        yield daemon
    finally:
        daemon.send_signal(signal.SIGTERM)
        try:
            daemon.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.communicate()
            raise


def save(file: Path, text: str) -> None:
    """Save as editors do, so that no run ever reads half of it."""
    beside = file.with_name("new")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def until(true: Callable[[], bool], seconds: float = 40) -> bool:
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_new_post_goes_out_once_and_sigterm_ends_it(place: Place) -> None:
    place.crosspost("run")
    with running(place) as daemon:
        second = start(place)
        said, _ = second.communicate(timeout=30)
        assert second.returncode == 2
        assert "a daemon works on" in said
        place.new_post("2026-11-21-neu")
        assert until(lambda: len(place.sandbox.posts()) == len(NETWORKS))
        assert place.crosspost("run").code == 0, "a run beside it is safe"
    assert daemon.returncode == 0
    assert len(place.sandbox.posts()) == len(NETWORKS)


def test_a_changed_folder_and_sighup_wake_it(place: Place) -> None:
    place.crosspost("run")
    with running(place, every=86400) as daemon:
        place.new_post("2026-11-21-neu")
        assert until(lambda: len(place.sandbox.posts()) == len(NETWORKS)), "long before the next run"
        (folder,) = (place.root / "site").glob("_posts")
        before = folder.stat()
        place.new_post("2026-11-21-noch-eins")
        os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))  # as on a file system that tells nothing
        daemon.send_signal(signal.SIGHUP)
        assert until(lambda: len(place.sandbox.posts()) == 2 * len(NETWORKS))


def test_sigterm_waits_for_the_request_in_flight_and_begins_no_other(place: Place) -> None:
    place.crosspost("run")
    for name in ("x", "facebook"):
        text = place.config.read_text("utf-8").replace(f"[accounts.{name}]", f"[accounts.{name}]\nenabled = false")
        place.config.write_text(text, "utf-8")
    place.sandbox.fault("mastodon", "delay-after", match="POST /api/v1/statuses", seconds=3)
    place.new_post("2026-11-20-eins")
    place.new_post("2026-11-21-zwei")
    with running(place, every=86400) as daemon:
        assert until(lambda: len(place.sandbox.posts("mastodon")) == 1)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        assert daemon.returncode == 0
    rows = {row["state"] for row in place.crosspost("status", "--json").json["open"]}
    assert rows == {"planned"}, "the one in flight was settled, the other not begun"
    assert len(place.sandbox.posts("mastodon")) == 1


def test_a_second_signal_ends_it_at_once(place: Place) -> None:
    place.clock.now = datetime.now(UTC)  # a process has the machine's clock, and looks for what it sent since
    place.crosspost("run")
    place.sandbox.fault("mastodon", "delay-after", match="POST /api/v1/statuses", seconds=4)
    place.new_post("2026-11-21-neu")
    with running(place) as daemon:
        assert until(lambda: len(place.sandbox.posts("mastodon")) == 1)
        daemon.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        assert daemon.returncode == 128 + signal.SIGTERM
    assert place.crosspost("run").code == 0, "what was in flight is looked for"
    assert len(place.sandbox.posts("mastodon")) == 1


def test_systemd_hears_of_it(place: Place, tmp_path: Path) -> None:
    place.crosspost("run")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with running(place, every=86400, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000") as daemon:
            heard: list[str] = []
            while heard.count("WATCHDOG=1") < 3 or not any(word.startswith("STATUS=") for word in heard):
                heard.append(manager.recv(200).decode())
            assert heard[0] == "READY=1"
            daemon.send_signal(signal.SIGTERM)
            while heard[-1] != "STOPPING=1":
                heard.append(manager.recv(200).decode())


def test_a_broken_config_is_said_once_and_the_next_good_one_works(place: Place) -> None:
    place.crosspost("run")
    good = place.config.read_text("utf-8")
    daemon = start(place)
    try:
        assert daemon.stdout is not None
        assert "Watching" in daemon.stdout.readline()
        save(place.config, good + "[accounts.mastodon.x]\n[nonsense]\n")
        said = daemon.stdout.readline()
        assert "there is no setting `nonsense`" in said
        time.sleep(6)  # one more run meanwhile
        save(place.config, good)
        assert "It works again." in daemon.stdout.readline(), "and nothing in between"
        place.new_post("2026-11-21-neu")
        assert until(lambda: len(place.sandbox.posts()) == len(NETWORKS))
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)


def asked(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], Any]:
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, said, body = answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            status, said, body = error.code, dict(error.headers), error.read()
    return status, said, msgspec.json.decode(body) if body else None


def test_health(place: Place) -> None:
    place.crosspost("run")
    token = place.sandbox.accounts()["mastodon"]["credentials"]["access_token"]
    daemon = start(place, "--health", "0")
    try:
        assert daemon.stdout is not None
        url = daemon.stdout.readline().split()[0]
        assert url.startswith("http://127.0.0.1:")
        assert until(lambda: asked(url)[2]["last_run"] is not None)
        status, headers, body = asked(url)
        assert (status, body["ok"], body["paused"]) == (200, True, [])
        assert body["deliveries"] == {"before": len(NETWORKS)}
        assert {"seconds_since", "next_run"} <= set(body)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert asked(url, "HEAD")[::2] == (200, None)
        assert asked(url, "POST")[0] == 405
        assert asked(url, Host="evil.example.org")[0] == 403
        assert asked(url, Host="localhost:1")[0] == 200
        assert asked(url.removesuffix("health"))[0] == 404
        place.config.write_text(place.config.read_text("utf-8") + "[nonsense]\n", "utf-8")
        assert until(lambda: asked(url)[0] == 503)
        assert token not in str(asked(url)) + str(asked(url, "POST"))
        taken = start(place, "--health", url.rpartition(":")[2].partition("/")[0])
        said, _ = taken.communicate(timeout=30)
        assert taken.returncode == 2
        assert "Error" in said
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no such signal here")
def test_ctrl_c_ends_it_with_0(place: Place) -> None:
    with running(place, every=86400) as daemon:
        daemon.send_signal(signal.SIGINT)
        daemon.wait(30)
        assert daemon.returncode == 0
