"""Clocks that were wrong, machines that slept, leases that ended in the middle, days with 23 and 25 hours."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.networks.mastodon import Mastodon
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.transport.session import Session, clock_ahead
from tests.delivery.engine_runs import Runs
from tests.delivery.test_timing import place_with, titles

pytestmark = pytest.mark.long

WRONG = [timedelta(days=400), timedelta(days=-2000)]


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["mastodon", "facebook", "x"], clock=clock)


@pytest.fixture
def runs(place: Place) -> Iterator[Runs]:
    made = Runs(place)
    yield made
    made.ledger.close()


def once(runs: Runs) -> bool:
    return Counter(post["network"] for post in runs.place.sandbox.posts()) == {"mastodon": 1, "facebook": 1, "x": 1}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "fault", ["", "cut-after", "500-after", "500-before", "cut-before", "429", "expired-token", "503-before"]
)
def test_a_run_under_a_wrong_clock(runs: Runs, wrong: timedelta, fault: str) -> None:
    """The listing's clock stays right, so that the site shows its post; the ledger's and the accounts' are wrong."""
    clock = runs.place.clock
    for network in runs.place.networks if fault else ():
        runs.place.sandbox.fault(network, fault, retry_after=600)
    if wrong > timedelta():
        clock.now += wrong
        runs.run()
        clock.now -= wrong
    else:
        runs.run()
        clock.now += wrong
        runs.run()
        clock.now -= wrong
    for _ in range(8):
        clock.pass_by(minutes=10)
        runs.run()
    for _ in range(2):
        clock.pass_by(hours=25)
        runs.run()
    states = runs.states()
    unproven = {"facebook"} if fault.endswith("-before") else set()  # its list is no proof that a post is not out
    assert states == {name: "held" if name in unproven else "sent" for name in runs.place.networks}
    said = Counter(post["network"] for post in runs.place.sandbox.posts())
    assert said == dict.fromkeys(set(runs.place.networks) - unproven, 1)


def test_a_machine_that_slept_for_a_day_in_the_middle_of_a_request(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    _during(monkeypatch, lambda: runs.place.clock.pass_by(hours=24))
    runs.run()
    assert set(runs.states().values()) <= {"sent", "planned"}, "whichever account was asked first"
    runs.place.clock.pass_by(minutes=5)
    runs.run()
    assert set(runs.states().values()) == {"sent"}
    assert once(runs)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_machine_that_slept_in_any_request_fails_nothing(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int, moment: str
) -> None:
    """Each of X's requests in turn: with the request on its way, or its answer."""
    runs = Runs(Place(tmp_path, sandbox, networks=["x"], clock=clock))
    asked: list[str] = []
    exchanged = Session._exchanged  # the one place every request goes through

    def sleeps(self: Session, method: str, url: str, kwargs: Any) -> Any:
        asked.append(url)
        if len(asked) == number + 1 and moment == "before":
            clock.pass_by(hours=25)
        try:
            return exchanged(self, method, url, kwargs)
        finally:
            if len(asked) == number + 1 and moment == "after":
                clock.pass_by(hours=25)

    monkeypatch.setattr(Session, "_exchanged", sleeps)
    runs.run()
    assert runs.states()["x"] in ("sent", "planned"), "by which request it was: before or after it was out"
    for _ in range(3):
        clock.pass_by(minutes=5)
        runs.run()
        assert runs.states()["x"] == "sent"
    assert number < len(asked), "there is such a request"
    assert runs.states() == {"x": "sent"}
    assert len(sandbox.posts("x")) == 1
    runs.ledger.close()


def test_a_machine_that_was_off_for_a_week_does_not_give_up_at_its_second_attempt(runs: Runs) -> None:
    runs.place.sandbox.fault("mastodon", "500-before", match="POST /api/v2/media", times=2)
    runs.run()
    assert runs.states()["mastodon"] == "planned"
    runs.place.clock.pass_by(days=7)
    runs.run()
    assert runs.states()["mastodon"] == "planned"
    runs.place.clock.pass_by(minutes=5)
    runs.run()
    assert set(runs.states().values()) == {"sent"}
    assert once(runs)


def test_a_slow_answer_says_nothing_against_our_clock() -> None:
    told = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert clock_ahead(told - minute, told, told + 30 * minute) == timedelta()
    assert clock_ahead(told + 2 * minute, told, told + 30 * minute) == 2 * minute
    assert clock_ahead(told - 30 * minute, told, told - 2 * minute) == -2 * minute


def test_a_machine_that_slept_between_upload_and_post_uploads_again(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    runs = Runs(Place(tmp_path, sandbox, networks=["x"], clock=clock))
    begin = runs.ledger.begin

    def sleeps(*arguments: Any) -> Any:
        clock.pass_by(hours=25)
        runs.ledger.begin = begin  # type: ignore[method-assign]
        return begin(*arguments)

    runs.ledger.begin = sleeps  # type: ignore[method-assign]
    runs.run()
    assert runs.states() == {"x": "planned"}
    clock.pass_by(minutes=5)
    runs.run()
    assert runs.states() == {"x": "sent"}
    assert len(sandbox.posts("x")) == 1
    runs.ledger.close()


def test_a_late_answer_is_neither_lost_nor_repeated(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first machine sleeps with the answer on its way; the second takes over, looks, and finds it or does not."""
    runs.place.config.write_text(runs.place.config.read_text().partition("[accounts.facebook]")[0])
    other = Runs(runs.place)
    other.place = runs.place

    def overtaken() -> None:
        runs.place.clock.pass_by(hours=1)
        for _ in range(2):
            orphans = other.ledger.orphaned("elsewhere")
            assert orphans <= 1
            other.run()

    _during(monkeypatch, overtaken)
    runs.run()
    other.ledger.close()
    assert runs.states() == {"mastodon": "sent"}
    assert len(runs.place.sandbox.posts("mastodon")) == 1


@pytest.mark.parametrize("state", ["unknown", "held"])
def test_a_receipt_that_comes_late_settles_what_others_could_not(runs: Runs, state: str) -> None:
    ledger, clock = runs.ledger, runs.place.clock
    runs.place.sandbox.fault("facebook", "429", retry_after=1)
    runs.run()
    clock.pass_by(minutes=5)
    row = next(row for row in ledger.deliveries(account="facebook"))
    held = ledger.claim(row, "first:1")
    assert held is not None
    held = ledger.begin(held)
    clock.pass_by(minutes=20)
    assert ledger.orphaned("second") == 1
    taken = ledger.get(held.id)
    if state == "held":
        ledger.hold(taken, "proves nothing")
    from crosspost.model import Receipt

    settled = ledger.sent(held, Receipt(id="1", url="https://f.example/1", at=clock()))
    assert (settled.state, settled.url) == ("sent", "https://f.example/1")


def _during(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    """Something happens between Mastodon's commit and our hearing of it, once."""
    publish, done = Mastodon.publish, []

    def slow(self: Mastodon, prepared: Any) -> Any:
        receipt = publish(self, prepared)
        if not done:
            done.append(True)
            happens()
        return receipt

    monkeypatch.setattr(Mastodon, "publish", slow)


# ── days with 23 and 25 hours ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("begin", "want"),
    [
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # 02:30 does not exist
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 comes twice
    ],
)
def test_a_slot_in_the_hour_that_is_missing_or_comes_twice(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, begin: datetime, want: datetime
) -> None:
    from crosspost.cli import common

    monkeypatch.setattr(common, "now", common.now)
    clock.now = begin
    place = place_with(tmp_path, sandbox, clock, 'slots = ["Sun 02:30"]\n')
    for number in range(2):
        place.new_post(
            f"{begin:%Y-%m-%d}-p{number}", f"---\ntitle: p{number}\ndate: {begin:%Y-%m-%d} 12:00\n---\n\nT.\n"
        )
    seen: list[datetime] = []
    for _ in range(6 * 8):
        before = len(titles(place))
        place.crosspost("run", "--quiet")
        if len(titles(place)) > before:
            seen.append(clock())
        clock.pass_by(minutes=10)
    assert len(seen) == 1, "one post a slot, also when the hour comes twice"
    assert abs(seen[0] - want) <= timedelta(minutes=30)
    clock.pass_by(days=6, hours=23)
    for _ in range(12):
        place.crosspost("run", "--quiet")
        clock.pass_by(minutes=30)
    assert len(titles(place)) == 2
