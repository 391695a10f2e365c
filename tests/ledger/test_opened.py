"""What a run leaves in the ledger it opens, when it doubts it, and what a person ends by adopting it."""

import shutil
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, backups, machine_guard, opening
from crosspost.ledger.counter_marks import Mark, Marks, beside
from crosspost.ledger.facts import Suspicion
from crosspost.ledger.location import Here, here
from crosspost.ledger.opening import Outside
from crosspost.testing.harness import Clock
from tests.ledger.rows import claimed, planned


def moved(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    for file in path.parent.glob(f"{path.name}*"):
        file.rename(to.parent / file.name.replace(path.name, to.name))


# ── what a run does with it ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_ledger_is_at_work_until_it_is_closed(used: Path, clock: Clock, outside: Outside) -> None:
    ledger = opening.open_to_write(used, clock, outside)
    at_work = machine_guard.who(ledger)
    assert at_work is not None
    assert at_work.machine == machine_guard.machine()
    ledger.close()
    assert machine_guard.who(Ledger(used, clock)) is None


def test_a_ledger_that_is_refused_is_closed(used: Path, clock: Clock, outside: Outside) -> None:
    other = Ledger(used, clock)
    machine_guard.arrive(other, "another machine")
    with pytest.raises(LedgerError, match="began to work on this ledger"):
        opening.open_to_write(used, clock, outside)
    other.leave()
    other.close()
    assert [file.name for file in used.parent.glob("ledger.sqlite3-*")] == [], "nobody has it open"


def test_it_is_copied_each_day_it_is_used(used: Path, clock: Clock, outside: Outside) -> None:
    assert backups.of(used) == [], "on the first day there was nothing to copy"
    for _ in range(2):
        opening.open_to_write(used, clock, outside).close()
        clock.pass_by(days=1)
    assert [file.name[-18:-8] for file in backups.of(used)] == ["2026-11-22", "2026-11-23"]


def test_a_copy_that_is_made_use_of_is_not_copied(used: Path, clock: Clock, outside: Outside) -> None:
    ledger = Ledger(used, clock)
    ledger.keep_fact(backups.COPY, "2026-11-21T12:00:07+00:00")
    ledger.close()
    opening.open_to_write(used, clock, outside, anew=True).close()
    assert backups.of(used) == []


@pytest.mark.parametrize("full", [True, False])
def test_a_ledger_of_an_earlier_version_begins_to_count(path: Path, clock: Clock, outside: Outside, full: bool) -> None:
    ledger = Ledger(path, clock)
    ledger.keep_fact("id", "")
    if full:
        planned(ledger)
    ledger.close()
    ledger = opening.open_to_write(path, clock, outside)
    assert len(ledger.fact("id")) == 32
    assert ('"number":1' in ledger.fact("count")) == full
    assert beside(path).exists() == full
    assert bool(backups.of(path)) == full
    ledger.close()


def test_it_is_at_home_where_it_is_used(used: Path, clock: Clock) -> None:
    place = here(used)
    ledger = Ledger(used, clock)
    homes = msgspec.json.decode(ledger.fact("homes"), type=dict[str, Here])
    assert homes == {place.machine: msgspec.structs.replace(place, boot="")}, "a start of the machine is no move"
    ledger.close()


def test_one_that_moves_is_at_home_nowhere(path: Path, clock: Clock, tmp_path: Path) -> None:
    outside = Outside(home=tmp_path / "home", moves=True)
    ledger = opening.open_to_write(path, clock, outside)
    ledger.begin(claimed(ledger))
    opening.adopt(ledger, outside)
    assert ledger.fact("homes") == ""
    assert ledger.careful_since is None
    ledger.close()


def test_one_that_moves_is_never_out_of_place(used: Path, clock: Clock, tmp_path: Path) -> None:
    copy = tmp_path / "copy/ledger.sqlite3"
    copy.parent.mkdir()
    shutil.copy(used, copy)
    moving = Outside(moves=True)
    ledger = opening.open_to_write(copy, clock, moving)
    assert (ledger.open_doubt, opening.doubt(ledger, moving), opening.adopt(ledger, moving)) == (None, None, None)
    assert opening.doubt(ledger, Outside()) is not None
    ledger.close()


def test_a_ledger_that_is_adopted_before_anything_was_sent_begins_to_count(path: Path, clock: Clock) -> None:
    ledger = Ledger(path, clock)
    opening.adopt(ledger, Outside())
    assert '"number":1,' in ledger.fact("count")
    ledger.close()


def test_a_site_that_is_moved_takes_its_marks_along(used: Path, clock: Clock, outside: Outside) -> None:
    """Else the old place would miss its ledger for ever."""
    to = used.parent.parent / "elsewhere/ledger.sqlite3"
    moved(used, to)
    ledger = opening.open_to_write(to, clock, outside)
    assert ledger.open_doubt is None
    ledger.close()
    assert beside(to).exists()
    beside(used).unlink(missing_ok=True)
    assert opening.lost(used, outside) == ""


# ── doubt ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def put_back(used: Path, clock: Clock, outside: Outside) -> datetime:
    """The ledger as it was before something else went out, at the returned time."""
    old = used.read_bytes()
    clock.pass_by(hours=1)
    ledger = opening.open_to_write(used, clock, outside)
    ledger.begin(claimed(ledger, "later"))
    ledger.close()
    used.write_bytes(old)
    return clock()


def test_an_older_ledger_is_doubted_once_and_till_it_is_adopted(used: Path, clock: Clock, outside: Outside) -> None:
    first = clock()
    last = put_back(used, clock, outside)
    clock.pass_by(hours=1)
    reader = Ledger(used, clock, read_only=True)
    doubt = opening.doubt(reader, outside)
    assert doubt is not None
    assert "is older than it was after the last run: what was done until 2026-11-22 13:00 UTC is missing" in doubt.why
    assert (doubt.since, doubt.until) == (first, last)
    reader.close()
    for _ in range(2):
        ledger = opening.open_to_write(used, clock, outside)
        assert ledger.open_doubt == doubt
        assert opening.doubt(ledger, outside) == doubt
        assert '"number":3' in ledger.fact("count"), "the sign is gone, the doubt is written down"
        ledger.close()
    ledger = Ledger(used, clock)
    assert opening.adopt(ledger, outside) == doubt
    assert (ledger.open_doubt, opening.adopt(ledger, outside)) == (None, None)
    ledger.close()


def test_a_second_doubt_reaches_back_to_the_first(used: Path, clock: Clock, outside: Outside) -> None:
    first = clock()
    put_back(used, clock, outside)
    opening.open_to_write(used, clock, outside).close()
    clock.pass_by(days=1)
    put_back(used, clock, outside)
    ledger = opening.open_to_write(used, clock, outside)
    assert ledger.open_doubt is not None
    assert ledger.open_doubt.since == first
    ledger.close()


def test_a_doubt_of_which_nobody_knows_since_when_stays_so(used: Path, clock: Clock, outside: Outside) -> None:
    put_back(used, clock, outside)
    ledger = Ledger(used, clock)
    ledger.keep_doubt(Suspicion(why="nobody knows", settled=("m",)))
    ledger.close()
    ledger = opening.open_to_write(used, clock, outside)
    assert ledger.open_doubt is not None
    assert (ledger.open_doubt.settled, "is older" in ledger.open_doubt.why) == ((), True), "all accounts count anew"
    ledger.close()


def test_another_ledger_in_its_place_is_doubted_and_its_marks_are_its_own_then(
    used: Path, clock: Clock, outside: Outside
) -> None:
    """Only the place is the same: the number of the one that was there says nothing of this one."""
    other = used.with_name("other.sqlite3")
    ledger = opening.open_to_write(other, clock, Outside())
    ledger.begin(claimed(ledger))
    ledger.close()
    moved(other, used.with_name("incoming.sqlite3"))
    used.unlink()
    moved(used.with_name("incoming.sqlite3"), used)
    beside(other).unlink()
    ledger = opening.open_to_write(used, clock, outside)
    assert ledger.open_doubt is not None
    assert "is not the same ledger as the one that was here before" in ledger.open_doubt.why
    mine = ledger.fact("id")
    near, far = Marks(used, outside.home).read(mine)
    assert near == far
    assert near is not None
    assert near.count > 1
    assert f'"number":{near.count},' in ledger.fact("count")
    assert [file.name for file in (outside.home or used).glob("*.json")] == [f"{mine}.json"]
    ledger.close()


def test_a_copy_elsewhere_is_doubted_until_it_is_adopted(used: Path, clock: Clock, tmp_path: Path) -> None:
    copy = tmp_path / "copy/ledger.sqlite3"
    copy.parent.mkdir()
    shutil.copy(used, copy)
    nowhere = Outside()
    for _ in range(2):
        ledger = opening.open_to_write(copy, clock, nowhere)
        assert ledger.open_doubt is not None
        assert f"is a copy of {used}, which is still there" in ledger.open_doubt.why
        ledger.close()
        reader = Ledger(copy, clock, read_only=True)
        assert opening.doubt(reader, nowhere) is not None
        reader.close()
    ledger = Ledger(copy, clock)
    opening.adopt(ledger, nowhere)
    ledger.close()
    ledger = opening.open_to_write(copy, clock, nowhere)
    assert ledger.open_doubt is None
    ledger.close()


def test_a_copy_in_the_same_place_is_doubted(used: Path, clock: Clock) -> None:
    shutil.copy(used, used.with_name("aside"))
    used.with_name("aside").replace(used)
    ledger = opening.open_to_write(used, clock, Outside())
    assert ledger.open_doubt is not None
    assert f"{used} is not the file that was here before, but a copy of it" in ledger.open_doubt.why
    ledger.close()


def test_adopting_writes_the_marks_and_forgets_those_of_others(used: Path, clock: Clock, outside: Outside) -> None:
    strange = Mark(ledger="another", count=99, at=clock(), here=here(used))
    Marks(used, outside.home).write(strange)
    far = (outside.home or used) / "another.json"
    elsewhere = Mark(ledger="third", count=99, at=clock(), here=here(used.with_name("other.sqlite3")))
    Marks(used.with_name("other.sqlite3"), outside.home).write(elsewhere)
    assert far.exists()
    ledger = Ledger(used, clock)
    opening.adopt(ledger, outside)
    mine, number = ledger.fact("id"), ledger.fact("count")
    ledger.close()
    assert not far.exists()
    assert ((outside.home or used) / "third.json").exists()
    near, far_one = Marks(used, outside.home).read(mine)
    assert near == far_one
    assert near is not None
    assert near.at == clock()
    assert f'"number":{near.count},' in number


def test_adopting_goes_on_from_the_number_that_went_ahead(used: Path, clock: Clock, outside: Outside) -> None:
    put_back(used, clock, outside)
    ledger = Ledger(used, clock)
    opening.adopt(ledger, outside)
    assert '"number":3' in ledger.fact("count")
    ledger.close()


@pytest.mark.parametrize("restarted", [True, False])
def test_after_a_start_of_the_machine_a_run_is_careful(
    used: Path, clock: Clock, outside: Outside, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    if restarted:
        boot = used.with_name("boot")
        boot.write_text("another boot\n", "ascii")
        monkeypatch.setattr("crosspost.ledger.location._BOOT", boot)
    first = clock()
    clock.pass_by(hours=1)
    ledger = opening.open_to_write(used, clock, outside)
    assert ledger.careful_since == (first if restarted else None)
    assert ledger.open_doubt is None
    ledger.close()


def test_the_mark_is_written_again_when_the_clock_goes_on(used: Path, clock: Clock, outside: Outside) -> None:
    clock.pass_by(hours=1)
    ledger = opening.open_to_write(used, clock, outside)
    ledger.begin(claimed(ledger, "later"))
    near, far = Marks(used, outside.home).read(ledger.fact("id"))
    assert near == far
    assert near is not None
    assert (near.count, near.at, near.here.path) == (2, clock(), here(used).path)
    ledger.close()
