"""Many runs at once, each a process of its own, some of them killed: each of them sends with the newest ledger."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.app.ledger_branches.git_site import COPY, Machine, git, new_remote, senders


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return new_remote(tmp_path)


def call(machine: Machine, *words: str) -> tuple[int, str]:
    process = machine.crosspost(*words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def test_of_many_runs_at_once_one_begins(remote: Path) -> None:
    Machine(remote, "first").run()
    machines = [Machine(remote, f"m{number}") for number in range(8)]
    begun = [machine.crosspost("ledger", "pull", "--by", machine.name) for machine in machines]
    ends = [(one.communicate(timeout=120), one.returncode) for one in begun]
    assert sorted(code for _, code in ends) == [0, *[3] * 7], ends
    (winner,) = (machine for machine, (_, code) in zip(machines, ends, strict=True) if code == 0)
    assert all(f"{winner.name} is at work, or died" in " ".join(err.split()) for (_, err), code in ends if code)
    winner.send()
    assert call(winner, "ledger", "push")[0] == 0
    assert senders(remote) == ["first", winner.name]


def test_runs_that_wait_for_each_other_all_send_one_after_the_other(remote: Path) -> None:
    machines = [Machine(remote, f"m{number}") for number in range(4)]

    def work(machine: Machine) -> None:
        assert call(machine, "ledger", "pull", "--wait", "100")[0] == 0
        machine.send()
        assert call(machine, "ledger", "push")[0] == 0

    with ThreadPoolExecutor(len(machines)) as pool:
        list(pool.map(work, machines))
    assert sorted(senders(remote)) == ["m0", "m1", "m2", "m3"]
    assert git(remote, "log", "--format=%s", COPY).count("Bring the ledger back") == 4


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wherever_a_run_is_killed_no_later_one_sends_without_its_ledger(remote: Path, seed: int) -> None:
    """Each machine stops where chance wants. What was sent is in the ledger, or nobody sends until a person looked."""
    chance, known, unknown = random.Random(seed), [], []
    for number in range(6):
        machine = Machine(remote, f"m{number}")
        pull = machine.crosspost("ledger", "pull", *(["--looked"] if unknown else []))
        _killed(pull, chance, remote.parent)
        if pull.returncode != 0:
            unknown = unknown or ["?"]  # it may have begun
            continue
        assert known == (machine.ledger.read_text().split() if machine.ledger.exists() else [])
        machine.send()
        push = machine.crosspost("ledger", "push")
        _killed(push, chance, remote.parent)
        there = senders(remote, COPY) if git(remote, "branch", "--list", COPY) and number in _sent(remote) else known
        known, unknown = (there, []) if there[-1:] == [machine.name] else (known, [machine.name])
    left = Machine(remote, "last")
    code, said = call(left, "ledger", "pull")
    assert code in (0, 3), said
    if code == 0:
        assert (left.ledger.read_text().split() if left.ledger.exists() else []) == known


def _killed(process: "subprocess.Popen[str]", chance: random.Random, folder: Path) -> None:
    try:
        process.communicate(timeout=chance.choice([0.2, 0.5, 0.7, 0.9, 60]))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        _wait_for_its_git(folder)


def _wait_for_its_git(folder: Path) -> None:
    """A git that was at work when crosspost was killed goes on to its end, as on a real machine."""
    until = time.monotonic() + 60
    while named := [command for command in _commands() if str(folder) in command]:
        assert time.monotonic() < until, named
        time.sleep(0.02)


def _commands() -> list[str]:
    """What runs on this machine now. A process that has ended has no words any more."""
    if not Path("/proc/self/cmdline").exists():
        listing = subprocess.run(["ps", "-A", "-o", "command="], capture_output=True, text=True, check=True)
        return listing.stdout.splitlines()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found.append(os.fsdecode(file.read_bytes()).replace("\0", " "))
    return found


def _sent(remote: Path) -> list[int]:
    try:
        return [int(name.removeprefix("m")) for name in senders(remote, COPY)]
    except KeyError:  # a run began before anything was sent
        return []
