"""Where a ledger is: the same in every run on a machine, another on every other, and for every copy."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import filesystem, machine_guard
from crosspost.ledger import location as places
from crosspost.ledger.location import Here, here, machine_id

RANDOM = 1 << 40  # a number that uuid made up, because it found no network card
CARD = 0x0011223344


@pytest.fixture
def ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The system's two places for its id; neither is there."""
    files = (tmp_path / "etc", tmp_path / "dbus")
    monkeypatch.setattr(places, "_MACHINE", files)
    monkeypatch.setattr("uuid.getnode", lambda: CARD)
    return files


def test_the_systems_id_comes_first(ids: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [machine_id()]
    ids[1].write_text("second\n")
    found.append(machine_id())
    ids[0].write_text("ä")
    assert machine_id() == found[1], "one that cannot be read is passed over"
    ids[0].write_text("first\n")
    found.append(machine_id())
    ids[0].write_text(" first ")
    assert machine_id() == found[-1]
    assert len(set(found)) == 3
    assert all(len(one) == 8 and int(one, 16) >= 0 for one in found)
    monkeypatch.setattr("uuid.getnode", lambda: CARD + 1)
    assert machine_id() == found[-1], "a card that was changed is the same machine"


@pytest.mark.parametrize("place", ["/etc/machine-id", "/var/lib/dbus/machine-id"])
def test_the_systems_id_is_where_systems_put_it(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def read_text(file: Path, _encoding: str) -> str:
        if str(file) != place:
            raise FileNotFoundError
        return "ab12\n"

    monkeypatch.setattr(Path, "read_text", read_text)
    assert places.system_id() == "ab12"


def test_a_made_up_number_is_no_id(ids: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    by_card = machine_id()
    monkeypatch.setattr("uuid.getnode", lambda: CARD + 1)
    assert machine_id() != by_card
    monkeypatch.setattr("uuid.getnode", lambda: RANDOM + 1)
    monkeypatch.setattr("socket.gethostname", lambda: "one")
    by_name = machine_id()
    monkeypatch.setattr("uuid.getnode", lambda: RANDOM + 2)
    assert machine_id() == by_name
    monkeypatch.setattr("socket.gethostname", lambda: "two")
    assert machine_id() != by_name


def test_where_a_ledger_is(ids: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "one")
    boot = tmp_path / "boot"
    boot.write_text("b1\n")
    monkeypatch.setattr(places, "_BOOT", boot)
    file, link = tmp_path / "ledger.sqlite3", tmp_path / "link.sqlite3"
    link.symlink_to(file)
    assert here(file) == Here(machine=machine_id(), host="one", path=str(file), file="", boot="b1")
    file.touch()
    number, disk = file.stat().st_ino, os.statvfs(file).f_fsid
    assert here(link) == Here(machine=machine_id(), host="one", path=str(file), file=f"{disk:x}:{number}", boot="b1")
    assert here(file).inode == str(number)
    copy = tmp_path / "copy.sqlite3"
    shutil.copy(file, copy)
    assert here(copy).file != here(file).file
    boot.unlink()
    assert here(file).boot == ""


@pytest.mark.parametrize(("system", "any_case"), [("darwin", True), ("win32", True), ("linux", False)])
def test_a_place_is_one_however_its_name_is_written(
    monkeypatch: pytest.MonkeyPatch, system: str, any_case: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert places.same_place("/Ä/l", "/Ä/l")
    assert places.same_place("/Ä/l", "/a\u0308/x/../L") == any_case
    assert not places.same_place("/Ä/l", "/b/l")


def test_a_disk_without_numbers_says_nothing_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.stat

    def without(self: Path, **named: bool) -> os.stat_result:
        return os.stat_result((33188, 0, *real(self, **named)[2:]))

    monkeypatch.setattr(Path, "stat", without)
    assert here(tmp_path).file == ""


def test_a_system_that_does_not_tell_its_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "statvfs")
    assert here(tmp_path).file == f"0:{tmp_path.stat().st_ino}"


# ── the name under which a machine is at work ─────────────────────────────────────────────────────────────────────────


def test_a_machine_at_work_has_a_name_people_know(ids: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "one")
    by_card = machine_guard.machine()
    assert by_card.startswith("one-")
    assert len(by_card) == len("one-") + 8
    monkeypatch.setattr("uuid.getnode", lambda: RANDOM + 1)
    made_up = machine_guard.machine()
    monkeypatch.setattr("uuid.getnode", lambda: RANDOM + 2)
    assert machine_guard.machine() == made_up
    ids[1].write_text("second\n")
    by_system = machine_guard.machine()
    monkeypatch.setattr("uuid.getnode", lambda: CARD)
    assert machine_guard.machine() == by_system
    ids[0].write_text("first")
    assert len({by_card, made_up, by_system, machine_guard.machine()}) == 4
    monkeypatch.setattr("socket.gethostname", lambda: "two")
    assert machine_guard.machine().startswith("two-")


# ── on which disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/a / ext4 rw\n", "ext4"),
        ("/dev/a / ext4 rw\nserver:/x /srv/data nfs4 rw\n", "nfs4"),
        ("/dev/a / ext4 rw\nserver:/x /srv/dat nfs4 rw\n", "ext4"),
        ("server:/x /srv/data nfs4 rw\n/dev/a / ext4 rw\n", "nfs4"),
        ("/dev/a /srv ext4 rw\nserver:/x /srv nfs4 rw\n", "nfs4"),
        ("/dev/a /srv/data/deeper nfs4 rw\n", ""),
        ("nothing\n/dev/a /srv\n/dev/a /srv ext4\n", "ext4"),
        ("/dev/a / ext4 rw\nserver:/x /srv/X nfs4 rw\n", "ext4"),
        ("", ""),
    ],
)
def test_the_nearest_mount_counts_and_the_last_of_two(tmp_path: Path, mounts: str, kind: str) -> None:
    table = tmp_path / "mounts"
    table.write_text(mounts)
    assert filesystem.kind(Path("/srv/data"), table) == kind
    assert filesystem.kind(Path("/srv/data"), tmp_path / "none") == ""


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "tmpfs", "overlay", "nfsd-like", "fuse.gocryptfs", "xcifs"])
def test_a_disk_of_this_machine_is_good(tmp_path: Path, kind: str) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/a / {kind} rw\n")
    filesystem.refuse_shared(tmp_path, table)


@pytest.mark.parametrize("kind", ["nfs", "smb", "smbfs", "afs", "ceph", "ncpfs", "davfs", "glusterfs", "fuse.smbnetfs"])
def test_a_drive_of_another_machine_is_not(tmp_path: Path, kind: str) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"/dev/a / {kind} rw\n")
    with pytest.raises(LedgerError, match=rf"^{tmp_path} is on a network drive \({kind}\), where two runs may not"):
        filesystem.refuse_shared(tmp_path, table)
