"""Marks outside the ledger."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Delivery, Ledger, counter_marks, opening
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
    near, far = sorted(moved, key=lambda file: file.parent != path.parent)
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


def test_both_marks_are_there_when_whoever_wrote_them_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written at the same time, so neither waits for the other; who wants them written waits for both."""
    both, put = threading.Barrier(2), counter_marks._set

    def slowly(file: Path, mark: Mark) -> None:
        both.wait(60)
        put(file, mark)

    monkeypatch.setattr(counter_marks, "_set", slowly)
    marks = Marks(tmp_path / "ledger.sqlite3", tmp_path / "home")
    for count in (1, 2):
        marks.write(Mark(ledger="i", count=count, at=AT, here=HERE))
        assert [mark.count for mark in marks.read("i") if mark is not None] == [count, count]


def test_a_process_that_ends_writes_them_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor() as ended:
        pass
    monkeypatch.setattr(counter_marks, "_beside_this_thread", lambda: ended)
    marks = Marks(tmp_path / "ledger.sqlite3", tmp_path / "home")
    marks.write(Mark(ledger="i", count=1, at=AT, here=HERE))
    assert [mark.count for mark in marks.read("i") if mark is not None] == [1, 1]


def test_whoever_comes_while_marks_are_written_is_written_with_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three come during the first: one of them writes for all, and the others go on with it."""
    written, first, put = list[int](), threading.Event(), counter_marks._set

    def slowly(file: Path, mark: Mark) -> None:
        written.append(mark.count)
        if mark.count == 1:
            assert first.wait(60)
        put(file, mark)

    monkeypatch.setattr(counter_marks, "_set", slowly)
    marks = Marks(tmp_path / "ledger.sqlite3", None)
    threads = [
        threading.Thread(target=marks.write, args=(Mark(ledger="i", count=count, at=AT, here=HERE),))
        for count in range(1, 5)
    ]
    for thread in threads:
        thread.start()
        while marks._newest is None or marks._newest.count < threads.index(thread) + 1:
            threading.Event().wait(0.001)
    first.set()
    for thread in threads:
        thread.join(60)
    assert (written, [thread.is_alive() for thread in threads]) == ([1, 4], [False] * 4)


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
