"""Ten runs and a daemon at the same time, as real processes: each post once on each account, and nobody complains."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import utc_now
from crosspost.testing.harness import NETWORKS, Place

pytestmark = pytest.mark.long

POSTS = 6


def start(place: Place, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crosspost", *arguments, "--config", str(place.config)]
    root = Path(__file__).parents[2]
    place.name_the_ledger()
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=place.root,
    )


def unfinished(place: Place) -> int:
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", utc_now, read_only=True)
    try:
        known = ledger.deliveries()
        return POSTS * len(NETWORKS) - sum(row.state == "sent" for row in known)
    finally:
        ledger.close()


def test_ten_runs_and_a_daemon_beside_them(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        place = Place(tmp_path, sandbox, clock=utc_now)  # type: ignore[arg-type]
        text = place.config.read_text()
        place.config.write_text(text.replace("[site]", "[run]\nmax_per_run = 2\n[site]"))
        place.post.unlink()
        place.new_post("2026-10-01-alt")  # newer ones are no years of posts that came late
        assert place.crosspost("run").code == 0
        for number in range(POSTS):
            place.new_post(f"2026-11-01-p{number}")
        daemon = start(place, "daemon", "--every", "5")
        try:
            runs = [start(place, "run") for _ in range(10)]
            said = [process.communicate(timeout=120) for process in runs]
            assert [process.returncode for process in runs] == [0] * 10, said
            for _ in range(60):  # what the runs left is the daemon's
                if not unfinished(place):
                    break
                time.sleep(0.5)
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, errors = daemon.communicate(timeout=60)
        assert daemon.returncode == 0
        assert "Error" not in errors
        said_on = Counter((post["network"], post["text"].splitlines()[0]) for post in sandbox.posts())
        assert set(said_on.values()) == {1}
        assert len(said_on) == POSTS * len(NETWORKS)
