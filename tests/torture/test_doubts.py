"""What a storm says of its doubts, its results and a storm that hangs."""

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.torture import doubts
from tests.torture.books import STILL_OPEN, UNEXPLAINED, Result
from tests.torture.course import HUNG, Course
from tests.torture.doubts import STOOD_STILL, Change, Event, Events
from tests.torture.tables import beside, table

INTERRUPTED = "crosspost was interrupted here"


def change(number: int, was: str, becomes: str, *, at: float = 0, pid: int = 7, error: str = "", **more: str) -> Change:
    lease = f"machine-worker-1:{pid}/abc"
    return Change(number, at, 1, "x", was, becomes, lease, more.get("begun"), more.get("remote", "{}"), error)


def counted(changes: list[Change], *events: Event) -> dict[tuple[str, str], int]:
    result = Result()
    doubts.count(result, changes, Events([*events]))
    return dict(result.doubts)


def event(what: str, at: float, pid: int = 0, until: float | None = None, account: str = "") -> Event:
    return Event(at, what, pid, at if until is None else until, account)


def lost(end: str = "planned", error: str = INTERRUPTED, **more: str) -> list[Change]:
    """A delivery that is claimed at 100, in doubt at 104, and settled then."""
    return [
        change(1, "planned", "sending", at=100),
        change(2, "sending", "unknown", at=104, error=error, **more),
        change(3, "unknown", end, at=105, **more),
    ]


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ([event("killed before POST", 101, 7)], "killed before POST"),
        ([event("killed before POST", 101, 8)], UNEXPLAINED),
        ([event("killed before POST", 90, 7)], UNEXPLAINED),
        ([event("killed before POST", 110, 7)], UNEXPLAINED),
        ([event(STOOD_STILL, 98, 7, 107), event("connections cut", 103)], STOOD_STILL),
        ([event(STOOD_STILL, 80, 7, 86), event("connections cut", 103)], "connections cut"),
        ([event("an answer that went wrong (500)", 50, until=1e9, account="x")], "an answer that went wrong (500)"),
        ([event("an answer that went wrong (500)", 50, until=1e9, account="mastodon")], UNEXPLAINED),
    ],
)  # fmt: skip
def test_a_doubt_has_the_cause_that_its_lease_tells(events: list[Event], cause: str) -> None:
    assert counted(lost(), *events) == {(cause, "sent again: nothing was out"): 1}


def test_who_says_that_it_is_in_doubt_did_not_die_of_it() -> None:
    died, cut = event("killed before POST", 104, 7), event("cut off from the networks", 90, 7, 110)
    assert list(counted(lost(error="x: no answer"), died, cut)) == [
        ("cut off from the networks", "sent again: nothing was out")
    ]


@pytest.mark.parametrize(
    ("end", "more", "said"),
    [
        ("planned", {"begun": "2026"}, "sent again: proved, or guarded"),
        ("planned", {"begun": "2026", "remote": '{"journal": {}}'}, "went on: the others get theirs"),
        ("sent", {}, "found: it was out"),
        ("held", {}, "waits for a person"),
        ("failed", {}, "turned down"),
    ],
)
def test_a_doubt_has_an_end(end: str, more: dict[str, str], said: str) -> None:
    assert list(counted(lost(end, **more), event("killed before POST", 101, 7))) == [("killed before POST", said)]


def test_a_doubt_without_an_end_is_a_flaw() -> None:
    result = Result()
    doubts.count(result, lost()[:2], Events([event("killed before POST", 101, 7)]))
    assert dict(result.doubts) == {("killed before POST", STILL_OPEN): 1}
    assert result.flaws == 1
    assert "still open" in table(result)


def test_a_ledger_writes_its_history_by_itself(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger")) as file:
        columns = "id, account, state, lease, publishing_at, remote, error"
        file.execute(f"CREATE TABLE deliveries ({columns})")
        file.execute(f"INSERT INTO deliveries ({columns}) VALUES (1, 'x', 'planned', NULL, NULL, '{{}}', '')")
        file.executescript(doubts._SQLITE)
        file.execute("UPDATE deliveries SET state = 'sending', lease = 'm:7/a'")
        file.execute("UPDATE deliveries SET remote = 'same state'")
        file.execute("UPDATE deliveries SET state = 'unknown', lease = NULL, error = 'why'")
        file.commit()
    begun, doubted = doubts.history(tmp_path / "ledger")
    assert (begun.was, begun.becomes, begun.pid) == ("planned", "sending", 7)
    assert (doubted.was, doubted.becomes, doubted.pid, doubted.error) == ("sending", "unknown", 7, "why")
    assert 0 <= doubted.at - begun.at < 60


def test_results_come_back_from_a_file_and_add_up(tmp_path: Path) -> None:
    result = Result(points={"x": {"before POST": 2}})
    result.kills["x", "before POST"] += 3
    result.kills["run", "at any moment"] += 1
    result.weather["woken"] += 2
    result.doubts["killed before POST", "found: it was out"] += 1
    result.outcomes["x", "deliveries"] += 4
    result.write(tmp_path / "result.json")
    read = Result.read(tmp_path / "result.json")
    assert read == result
    read.add(result)
    assert (read.killed, read.weather["woken"], read.total("deliveries")) == (8, 4, 8)


def test_all_ways_have_the_same_rows_beside_each_other() -> None:
    one, other = Result(), Result()
    one.doubts["killed before POST", "found: it was out"] += 1
    other.doubts["killed after POST", "waits for a person"] += 2
    other.weather["woken"] += 5
    lines = {line.split("|")[1].strip(): line.split("|")[2:4] for line in beside({"a": one, "b": other}).splitlines()}
    assert [cell.strip() for cell in lines["because: killed at a named point"]] == ["1", "2"]
    assert [cell.strip() for cell in lines["woken"]] == ["0", "5"]
    assert [cell.strip() for cell in lines["**doubts**"]] == ["1", "2"]


def test_a_storm_that_hangs_says_where_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    ended, codes = threading.Event(), list[int]()
    course = Course(hangs=0.01)
    course.describe = lambda: "who holds which lock"

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    course.watch(end)
    assert ended.wait(60)
    said = capfd.readouterr().err
    assert codes == [HUNG]
    assert "who holds which lock" in said
    assert "test_a_storm_that_hangs_says_where_it_is" in said, "the stack of each thread"


def test_a_storm_that_goes_on_writes_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.torture.course._WRITE", -1)
    course, result = Course(tmp_path / "note"), Result()
    result.weather["woken"] += 1
    course.step(result)
    assert Result.read(tmp_path / "note") == result
