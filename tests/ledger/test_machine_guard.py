"""Two machines are never at work at the same time; those that take turns never notice."""

import contextlib
import errno
import hashlib
import multiprocessing
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, filesystem, machine_guard, run_lock
from crosspost.testing.harness import Clock


def again(ledger: Ledger) -> Ledger:
    return Ledger(ledger.path, ledger.clock)


def test_machines_that_take_turns_never_meet(ledger: Ledger) -> None:
    for name in ("one", "two", "three"):
        here = again(ledger)
        machine_guard.arrive(here, name)
        assert machine_guard.who(here) is not None
        here.close()
    assert machine_guard.who(ledger) is None


def test_a_machine_that_has_not_ended_keeps_others_out_until_its_lease_ends(ledger: Ledger, clock: Clock) -> None:
    machine_guard.arrive(ledger, "one")
    begun, until = (f"{(clock() + timedelta(minutes=passed)).astimezone():%Y-%m-%d %H:%M}" for passed in (0, 15))
    said = (
        rf"began to work on this ledger at {begun} and has not ended.*may go on at {until}; .*`crosspost ledger adopt`"
    )
    with pytest.raises(LedgerError, match=said):
        machine_guard.arrive(again(ledger), "two")
    machine_guard.arrive(again(ledger), "one")  # the same machine holds the file lock: its own earlier run is dead
    clock.pass_by(minutes=15)
    machine_guard.arrive(again(ledger), "two")


def test_a_running_run_renews_its_registration(ledger: Ledger, clock: Clock) -> None:
    machine_guard.arrive(ledger, "one")
    for _ in range(4):
        clock.pass_by(minutes=10)
        ledger.present()
        with pytest.raises(LedgerError, match="has not ended"):
            machine_guard.arrive(again(ledger), "two")


def test_a_registration_is_renewed_once_a_minute(ledger: Ledger, clock: Clock) -> None:
    machine_guard.arrive(ledger, "one")
    begun = clock()
    for seconds, seen in ((59, 0), (1, 60)):
        clock.pass_by(seconds=seconds)
        ledger.present()
        found = machine_guard.who(ledger)
        assert found is not None
        assert (found.begun, found.seen) == (begun, begun + timedelta(seconds=seen))


@pytest.mark.parametrize("worse", [True, False])
def test_signing_off_that_fails_is_told_unless_there_is_worse_to_tell(ledger: Ledger, worse: bool) -> None:
    def full() -> None:
        raise LedgerError("the disk is full")

    ledger.leave, left = full, []
    ledger.left = lambda: left.append(True)

    def run() -> None:
        with contextlib.closing(ledger):
            if worse:
                raise KeyError("what happened before")

    with pytest.raises(KeyError if worse else LedgerError):
        run()
    assert left == [True]
    ledger.close()


def test_a_machine_that_slept_finds_the_other_and_stops(ledger: Ledger, clock: Clock) -> None:
    machine_guard.arrive(ledger, "one")
    clock.pass_by(hours=8)
    other = again(ledger)
    machine_guard.arrive(other, "two")
    with pytest.raises(LedgerError, match="Nothing more is sent from here"):
        ledger.present()
    ledger.leave()
    found = machine_guard.who(other)
    assert found is not None
    assert found.machine == "two", "whoever was overtaken takes nobody else's sign away"


def test_a_person_may_say_that_the_other_has_stopped(ledger: Ledger) -> None:
    machine_guard.arrive(ledger, "one")
    machine_guard.adopt(ledger)
    machine_guard.arrive(again(ledger), "two")


def test_a_clock_ahead_or_a_strange_note_does_not_shut_everybody_out(ledger: Ledger, clock: Clock) -> None:
    clock.pass_by(days=300)
    machine_guard.arrive(ledger, "one")
    clock.pass_by(days=-300)
    machine_guard.arrive(again(ledger), "one")
    ledger.keep_fact("machine", "{")
    machine_guard.arrive(again(ledger), "two")


def test_a_machine_is_the_same_in_every_process() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(machine_guard.machine) == machine_guard.machine()


# ── folders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_a_network_drive_is_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "on the net"
    folder.mkdir()
    escaped = str(folder).replace(" ", "\\040")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {escaped} {kind} rw 0 0\n/dev/b {tmp_path} ext4 rw 0 0\n")
    assert filesystem.kind(tmp_path, mounts) == "ext4"
    with pytest.raises(LedgerError, match=r"network drive.*shared = true"):
        filesystem.refuse_shared(folder / "state", mounts)
    filesystem.refuse_shared(tmp_path, mounts)
    filesystem.refuse_shared(folder, tmp_path / "no such list")


def test_a_system_that_cannot_lock_is_distinguished_from_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("crosspost.config.file_lock.take", refused)
    with (
        pytest.raises(LedgerError, match=r"cannot be locked \(No locks available\).*shared = true"),
        run_lock(tmp_path / "l", wait=60),
    ):
        pass
    with run_lock(tmp_path / "l", needed=False):
        assert (tmp_path / "l").read_text().startswith("process")


@pytest.mark.parametrize(
    ("system", "node", "told"),
    [
        ("abc", 5, "abc0host"),
        ("", 5, "5host"),
        ("", 1 << 40, "0host"),  # no network card was found: the number is random
        ("", (1 << 41) | 7, f"{(1 << 41) | 7}host"),
    ],
)
def test_what_a_machine_is_known_by(monkeypatch: pytest.MonkeyPatch, system: str, node: int, told: str) -> None:
    monkeypatch.setattr(machine_guard, "system_id", lambda: system)
    monkeypatch.setattr(machine_guard.uuid, "getnode", lambda: node)
    monkeypatch.setattr(machine_guard.socket, "gethostname", lambda: "host")
    assert machine_guard.machine() == f"host-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
