"""Signs that a ledger is a copy, was put back, or was brought elsewhere: what its marks and its home tell."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.ledger import copy_detection
from crosspost.ledger import location as places
from crosspost.ledger.counter_marks import Mark, Marks, beside
from crosspost.ledger.facts import Count
from crosspost.ledger.location import Here

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Here(machine="one", host="eins", path="/a/ledger.sqlite3", file="5:7", boot="b1")


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
