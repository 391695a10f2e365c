"""A process that is told to end while it sends: SIGTERM is what Ctrl-C is, and a second one ends it at once."""

import contextlib
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.delivery.gentle_end import Terminated, ends_gently
from crosspost.testing.harness import Place
from tests.delivery.engine_runs import SENT
from tests.workers.watching import PROGRAM, ROOT, held, until

#: what pytest does with signals is its own, so this is a process
SCRIPT = """
import signal
from crosspost.delivery.gentle_end import ends_gently

def told(first, second=None):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with ends_gently():
            try:
                signal.raise_signal(first)
            except KeyboardInterrupt as error:
                print(type(error).__name__, flush=True)
                if second is not None:
                    signal.raise_signal(second)
                raise
    except KeyboardInterrupt:
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        print("as before:", usual, signal.getsignal(signal.SIGTERM).name)

told(signal.SIGTERM)
told(signal.SIGINT)
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, lambda *_: print("handled"))
with ends_gently():
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
told(signal.SIGTERM, signal.SIGINT)
print("not at once")
"""
SAID = """Terminated
as before: True SIG_DFL
KeyboardInterrupt
as before: True SIG_DFL
handled
Terminated
"""


@pytest.mark.long
def test_the_first_one_raises_the_second_one_ends_it_and_what_is_handled_stays_so() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout, ran.returncode) == (SAID, 128 + signal.SIGINT), ran.stderr


def test_other_threads_change_nothing() -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def look() -> None:
        with ends_gently():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]


@pytest.mark.long
def test_a_run_that_gets_sigterm_ends_what_it_is_sending(place: Place, tmp_path: Path) -> None:
    place.name_the_ledger()
    place.crosspost("run")
    place.new_post("2026-11-01-p0")
    gate = tmp_path / "gate"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{held(gate)}\n{PROGRAM}", "run", "--config", str(place.config)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until(lambda: states(place) == SENT | {"mastodon": "sending"})
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        assert (
            process.stderr.readline() == "It first ends what it has begun. Another Ctrl-C or SIGTERM ends it at once.\n"
        )
        gate.touch()
        err = process.communicate(timeout=60)[1]
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err.strip()) == (Terminated.exit_code, "stopped")
    assert states(place) == SENT
    assert len(place.sandbox.posts("mastodon")) == 1


def states(place: Place) -> dict[str, str]:
    with contextlib.closing(open_ledger(place.app, read_only=True)) as ledger:
        return {row.account: row.state for row in ledger.deliveries()}
