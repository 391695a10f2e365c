"""Marks outside the ledger, and the signs that it is a copy, was put back, or was brought elsewhere."""

import contextlib
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Delivery, Ledger, copy_detection, counter_marks, opening
from crosspost.ledger import location as places
from crosspost.ledger.counter_marks import Mark, Marks, beside, folder
from crosspost.ledger.facts import Count
from crosspost.ledger.location import Here
from crosspost.ledger.opening import Outside
from crosspost.model import Entry
from crosspost.testing.harness import Clock

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Here(machine="one", host="eins", path="/a/ledger.sqlite3", file="5:7", boot="b1")


def opened(path: Path, clock: Clock, outside: Outside) -> Ledger:
    return opening.open_to_write(path, clock, outside)


def claimed(ledger: Ledger, name: str) -> Delivery:
    entry = Entry(id=name, path=f"{name}.md", url=f"https://a.example/{name}")
    ledger.add([(entry, "m", "mastodon", "planned", ledger.clock(), "")])
    held = ledger.claim(next(row for row in ledger.deliveries() if row.post == name), "host:1")
    assert held is not None
    return held


def numbers(path: Path, outside: Outside) -> list[int]:
    ledger = Ledger(path, Clock(), read_only=True)
    marks = Marks(path, outside.home).read(ledger.fact("id"))
    ledger.close()
    return [mark.count if mark is not None else 0 for mark in marks]


def test_the_number_is_in_the_ledger_then_in_both_marks_before_the_request(
    path: Path, clock: Clock, outside: Outside
) -> None:
    ledger = opened(path, clock, outside)
    held = claimed(ledger, "p")
    order: list[str] = []
    write = ledger.mark

    def watched(count: Count) -> None:
        other = Ledger(path, clock)
        order.append(f"in the ledger: {other.fact('count')[:11]}")
        other.close()
        write(count)

    ledger.mark = watched
    ledger.begin(held)
    assert order == ['in the ledger: {"number":1']
    assert numbers(path, outside) == [1, 1]
    assert beside(path).stat().st_mode & 0o077 == 0
    ledger.close()


def test_a_crash_before_the_mark_is_not_a_sign_of_anything(path: Path, clock: Clock, outside: Outside) -> None:
    ledger = opened(path, clock, outside)
    ledger.begin(claimed(ledger, "p"))
    ledger.mark = lambda _: None
    ledger.begin(claimed(ledger, "q"))
    ledger.close()
    assert numbers(path, outside) == [1, 1]
    again = opened(path, clock, outside)
    assert again.open_doubt is None
    again.close()


def test_accounts_at_work_at_the_same_time_leave_the_highest_number(path: Path, clock: Clock, outside: Outside) -> None:
    ledger = opened(path, clock, outside)
    held = [claimed(ledger, f"p{number}") for number in range(12)]
    threads = [threading.Thread(target=ledger.begin, args=(one,)) for one in held]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert numbers(path, outside) == [12, 12]


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b'{"ledger": 1}'])
def test_a_damaged_mark_says_nothing_and_the_other_one_does(
    path: Path, clock: Clock, outside: Outside, damage: bytes
) -> None:
    for name in ("o", "p"):
        old = path.read_bytes() if path.exists() else b""
        ledger = opened(path, clock, outside)
        ledger.begin(claimed(ledger, name))
        ledger.close()
    beside(path).write_bytes(damage)
    path.write_bytes(old)
    for left in path.parent.glob("ledger.sqlite3-*"):
        left.unlink()
    with_other = opened(path, clock, outside)
    assert with_other.open_doubt is not None
    with_other.close()


def test_the_folder_of_the_first_mark_is_made_for_its_owner_alone(path: Path, clock: Clock, tmp_path: Path) -> None:
    outside = Outside(home=tmp_path / "of/a/user/marks")
    with contextlib.closing(opened(path, clock, outside)) as ledger:
        ledger.begin(claimed(ledger, "p"))
    assert numbers(path, outside) == [1, 1]
    assert (tmp_path / "of/a/user/marks").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_stops_nothing(path: Path, clock: Clock, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    ledger = opened(path, clock, Outside(home=blocked / "marks"))
    ledger.begin(claimed(ledger, "p"))
    ledger.close()
    assert numbers(path, Outside()) == [1, 0]


def test_an_unfinished_mark_is_hidden_beside_the_last_one(
    path: Path, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[Path] = []
    replace = Path.replace

    def watched(file: Path, to: Path) -> Path:
        moved.append(file)
        return replace(file, to)

    ledger = opened(path, clock, outside)
    held = claimed(ledger, "p")
    monkeypatch.setattr(Path, "replace", watched)
    ledger.begin(held)
    (near, far) = moved
    assert (near.parent, near.name.startswith(".ledger.mark")) == (path.parent, True)
    assert (far.parent, far.name[0]) == (outside.home, ".")
    ledger.close()


def test_a_mark_that_is_there_is_overwritten_in_its_place(tmp_path: Path) -> None:
    marks, file = Marks(tmp_path / "ledger.sqlite3", None), tmp_path / "ledger.mark"
    first = Mark(ledger="i", count=9, at=AT, here=HERE)
    marks.write(first)
    before = file.stat()
    marks.write(msgspec.structs.replace(first, count=10_000))
    assert (file.stat().st_ino, file.stat().st_size) == (before.st_ino, before.st_size)
    assert marks.read("i")[0] == msgspec.structs.replace(first, count=10_000)
    long = msgspec.structs.replace(first, count=10_001, here=msgspec.structs.replace(HERE, path="/a" * 400))
    marks.write(long)
    assert file.stat().st_size > before.st_size
    assert marks.read("i")[0] == long
    assert [found.name for found in tmp_path.iterdir()] == ["ledger.mark"]


def test_a_mark_of_which_only_a_part_was_written_says_nothing(tmp_path: Path) -> None:
    marks, file = Marks(tmp_path / "ledger.sqlite3", None), tmp_path / "ledger.mark"
    marks.write(Mark(ledger="i", count=1000, at=AT, here=HERE))
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b":1000,", b":9000,"))
    assert marks.read("i") == (None, None)
    file.write_bytes(msgspec.json.encode(Mark(ledger="i", count=7, at=AT, here=HERE)))
    found = marks.read("i")[0]
    assert found is not None, "an older version writes none that tells whether it is whole"
    assert found.count == 7


def test_no_other_process_replaces_a_mark_by_a_lower_one(tmp_path: Path) -> None:
    path, high = tmp_path / "ledger.sqlite3", Mark(ledger="i", count=6, at=AT, here=HERE)
    Marks(path, None).write(high)
    Marks(path, None).write(msgspec.structs.replace(high, count=5))
    assert Marks(path, None).read("i")[0] == high
    Marks(path, None).write(msgspec.structs.replace(high, count=5, ledger="j"))
    assert Marks(path, None).read("j")[0] is not None, "what another ledger counted says nothing of this one"


def test_a_process_that_is_frozen_while_it_writes_a_mark_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    path, first = tmp_path / "ledger.sqlite3", Mark(ledger="i", count=1, at=AT, here=HERE)
    Marks(path, None).write(first)
    monkeypatch.setattr(counter_marks, "_PATIENCE", 0.001)
    with beside(path).open("rb") as frozen:
        fcntl.flock(frozen, fcntl.LOCK_EX)
        Marks(path, None).write(msgspec.structs.replace(first, count=2))
    found = Marks(path, None).read("i")[0]
    assert found is not None
    assert found.count == 2


def test_where_marks_are(tmp_path: Path) -> None:
    assert folder({"XDG_STATE_HOME": "/x", "HOME": "/h"}) == Path("/x/crosspost/marks")
    assert folder({"XDG_STATE_HOME": "relative", "HOME": "/h"}) == Path("/h/.local/state/crosspost/marks")
    assert folder({"USERPROFILE": "/u"}) == Path("/u/.local/state/crosspost/marks")
    assert folder({}) is None


def test_another_database_is_not_touched(path: Path, clock: Clock, outside: Outside) -> None:
    opened(path, clock, outside).close()
    path.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    before = path.read_bytes()
    with pytest.raises(LedgerError):
        opened(path, clock, outside)
    assert path.read_bytes() == before


# ── signs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Seen:
    """A ledger that has come to number 5 and belongs to ``HERE``, with marks of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.marks = Marks(tmp_path / "ledger.sqlite3", tmp_path / "home")
        self.known = copy_detection.Known(
            id="i", count=Count(number=5, at=AT), homes={"one": msgspec.structs.replace(HERE, boot="")}
        )

    def marked(
        self, count: int = 5, *, near: bool = True, far: bool = True, here: Here = HERE, ledger: str = "i"
    ) -> None:
        home = self.marks.home
        Marks(self.marks.path, home if far else None).write(Mark(ledger=ledger, count=count, at=AT, here=here))
        if not near:
            beside(self.marks.path).unlink()

    def strong(self, here: Here = HERE, *, moves: bool = False, count_now: int = 5) -> str:
        found = copy_detection.strong(self.known, self.marks, here, moves=moves, count_now=lambda: count_now)
        return found[0].why if found is not None else ""


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(tmp_path)


@pytest.mark.parametrize(("near", "far"), [(True, False), (False, True), (True, True)])
@pytest.mark.parametrize("moves", [True, False])
def test_a_mark_that_is_ahead_is_a_strong_sign_wherever_it_is(seen: Seen, near: bool, far: bool, moves: bool) -> None:
    seen.marked(6, near=near, far=far)
    assert "is older than it was after the last run" in seen.strong(moves=moves)


def test_one_request_that_a_ledger_does_not_know_is_enough(seen: Seen) -> None:
    """It never counted anything, as one that was made anew."""
    seen.known = msgspec.structs.replace(seen.known, count=Count())
    seen.marked(1)
    assert "is older than it was after the last run" in seen.strong(moves=True, count_now=0)


def test_a_mark_that_another_process_wrote_just_now_is_no_sign(seen: Seen) -> None:
    seen.marked(7)
    assert seen.strong(moves=True, count_now=7) == "", "it counted on after this one had read the ledger's number"
    assert seen.strong(moves=True, count_now=6) != ""


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_ledger_that_is_as_far_or_further_is_not_a_sign(seen: Seen, count: int) -> None:
    seen.marked(count)
    assert seen.strong() == ""


def test_another_ledger_in_its_place_is_a_strong_sign(seen: Seen) -> None:
    seen.marked(ledger="another")
    assert "not the same ledger" in seen.strong()


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({}, ""),
        ({"host": "another name", "boot": "b2"}, ""),
        ({"machine": "two"}, ""),  # a container: the same file on the same disk
        ({"machine": "two", "file": "9:7"}, "never here"),
        ({"machine": "two", "file": ""}, "never here"),
        ({"file": "5:8"}, "not the file that was here before"),
        ({"file": "9:7"}, ""),  # the disk has another number after a start
        ({"path": "/moved/ledger.sqlite3"}, ""),
    ],
)
def test_another_place_without_a_mark_at_home(seen: Seen, change: dict[str, str], sign: str) -> None:
    seen.marked(far=False)
    found = seen.strong(msgspec.structs.replace(HERE, **change))
    assert sign in found
    assert bool(sign) == bool(found)
    assert seen.strong(msgspec.structs.replace(HERE, **change), moves=True) == ""


def test_the_mark_at_home_tells_better_than_the_file(seen: Seen) -> None:
    seen.marked()
    assert seen.strong(msgspec.structs.replace(HERE, file="5:8")) == "", "restored, but nothing went out since"


def test_a_start_of_the_machine_is_a_weak_sign(seen: Seen) -> None:
    seen.marked()
    assert copy_detection.weak(seen.known, seen.marks, HERE) is None
    assert copy_detection.weak(seen.known, seen.marks, msgspec.structs.replace(HERE, boot="b2")) == AT
    assert copy_detection.weak(seen.known, seen.marks, msgspec.structs.replace(HERE, boot="")) is None


@pytest.mark.parametrize(
    ("change", "home"),
    [
        ({}, True),
        ({"file": "9:9"}, True),
        ({"machine": "two"}, True),
        ({"machine": "two", "file": "9:9"}, False),
        ({"machine": "two", "file": ""}, False),
    ],
)
def test_a_ledger_is_at_home_on_its_machine_or_in_its_file(seen: Seen, change: dict[str, str], home: bool) -> None:
    at = msgspec.structs.replace(HERE, **change)
    assert copy_detection.belongs(seen.known, at) == home
    assert copy_detection.belongs(msgspec.structs.replace(seen.known, homes={}), at)


def test_a_machine_keeps_its_id_under_another_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "_MACHINE", (tmp_path / "none",))
    monkeypatch.setattr("uuid.getnode", lambda: 0x0011223344)
    first = places.machine_id()
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert places.machine_id() == first
