"""Which deliveries a listing makes: one for each post and account, once, at its time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery import Plan, make_plan
from crosspost.delivery.planner import OLDER, key, known_as
from crosspost.errors import SourceError
from crosspost.ledger import Delivery, Ledger
from crosspost.ledger.facts import Count
from crosspost.model import Entry, Override, Overrides
from crosspost.schedule import Schedule, due
from crosspost.schedule.values import Late
from crosspost.testing.harness import Clock

ACCOUNTS = {"m": "mastodon", "x": "x"}
LATE = timedelta(hours=2)


def file(name: str, **differs: Any) -> Entry:
    return Entry(
        **{
            "id": name,
            "path": f"/s/{name}.md",
            "url": f"https://a.example/{name}",
            "title": name,
            "date": datetime(2026, 11, 22, 12, tzinfo=UTC),
            "fingerprint": name,
        }
        | differs
    )


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """Both accounts have had their first run."""
    made = Ledger(tmp_path / "ledger.sqlite3", clock)
    make_plan([file("old")], ACCOUNTS, made)
    yield made
    made.close()


def planned(ledger: Ledger, *files: Entry, **how: Any) -> list[Delivery]:
    """What a run adds for these files, beside the old one."""
    before = {row.id for row in ledger.deliveries()}
    plan(ledger, *files, **how)
    return [row for row in ledger.deliveries() if row.id not in before]


def plan(ledger: Ledger, *files: Entry, **how: Any) -> Plan:
    return make_plan([file("old"), *files], ACCOUNTS, ledger, **how)


def brief(rows: list[Delivery]) -> list[tuple[str, str, str]]:
    return sorted((row.post, row.account, row.state) for row in rows)


def skip(account: str) -> Overrides:
    return Overrides(targets={account: Override(skip=True)})


# ── which ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_post_is_planned_on_every_account_once(ledger: Ledger, clock: Clock) -> None:
    found = plan(ledger, file("neu"))
    assert (found.new, found.first, found.refused, found.back) == (2, (), (), ())
    assert set(found.entries) == {"old", "neu"}
    rows = ledger.deliveries(states=["planned"])
    assert brief(rows) == [("neu", "m", "planned"), ("neu", "x", "planned")]
    assert {(row.network, row.due_at) for row in rows} == {("mastodon", clock()), ("x", clock())}
    assert plan(ledger, file("neu")).new == 0


def test_the_first_run_of_an_account_sends_nothing_old(tmp_path: Path, clock: Clock) -> None:
    marked: list[Count] = []
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    ledger.mark = marked.append
    found = make_plan([file("a"), file("b", state="skipped")], ACCOUNTS, ledger)
    assert (found.new, found.first) == (2, ("m", "x"))
    assert brief(ledger.deliveries()) == [("a", "m", "before"), ("a", "x", "before")]
    assert {state.started_at for state in ledger.account_states().values()} == {clock()}
    assert len(marked) == 1, "a ledger without this run would take all that is new since then for old"
    clock.pass_by(days=1)
    found = make_plan([file("a"), file("b")], ACCOUNTS | {"t": "telegram"}, ledger)
    assert (found.new, found.first, len(marked)) == (4, ("t",), 2)
    assert brief(ledger.deliveries(account="t")) == [("a", "t", "before"), ("b", "t", "before")]
    assert brief(ledger.deliveries(post="b", account="m")) == [("b", "m", "planned")]
    assert ledger.account("m").started_at == clock() - timedelta(days=1)
    ledger.close()


def test_with_backfill_everything_goes_out(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    found = make_plan([file("a")], ACCOUNTS, ledger, backfill=True)
    assert brief(ledger.deliveries()) == [("a", "m", "planned"), ("a", "x", "planned")]
    assert found.first == ("m", "x")
    ledger.close()


def test_a_post_that_is_refused_today_is_not_sent_when_it_is_repaired_years_later(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    for told in (True, False):
        found = make_plan([file("a", state="refused", reason="no title")], ACCOUNTS, ledger)
        assert (bool(found.refused), found.entries) == (told, {}), "the first run tells it"
    assert make_plan([file("a")], ACCOUNTS, ledger).new == 0
    ledger.close()


def test_what_is_refused_skipped_or_left_out_is_not_planned(ledger: Ledger) -> None:
    rows = planned(
        ledger,
        file("refused", state="refused", reason="no title"),
        file("draft", state="skipped"),
        file("half", overrides=skip("m")),
        file("network", overrides=skip("mastodon")),
        file("only", overrides=Overrides(only=("m",))),
    )
    assert brief(rows) == [("half", "x", "planned"), ("network", "x", "planned"), ("only", "m", "planned")]


def test_a_new_post_that_is_refused_is_told_each_time_until_it_is_over(ledger: Ledger) -> None:
    bad = file("neu", state="refused", reason="no title")
    for _ in range(2):
        assert [entry.id for entry in plan(ledger, bad).refused] == ["neu"]
    plan(ledger, file("neu"))
    assert [entry.id for entry in plan(ledger, bad).refused] == ["neu"], "it would still go out"
    for row in ledger.deliveries(post="neu"):
        ledger.skip(row, "no")
    assert plan(ledger, bad).refused == ()


@pytest.mark.parametrize(
    ("state", "why", "told"),
    [("before", "", False), ("skipped", "no", False), ("skipped", "waits for the digest", True), ("held", "", True)],
)
def test_who_needs_to_hear_that_a_post_is_refused(ledger: Ledger, state: Any, why: str, told: bool) -> None:
    entry = file("neu")
    rows = [(entry, name, network, state, ledger.clock(), why) for name, network in ACCOUNTS.items()]
    ledger.add(rows)
    found = plan(ledger, file("neu", state="refused", reason="no title"))
    assert bool(found.refused) == told


def test_without_accounts_every_mistake_is_told(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    assert make_plan([file("a", state="refused", reason="no title")], {}, ledger).refused != ()
    ledger.close()


def test_an_account_in_a_digest_notes_what_is_new(ledger: Ledger, clock: Clock) -> None:
    (row,) = (row for row in planned(ledger, file("neu"), digests=["m"]) if row.account == "m")
    assert (row.state, row.why, row.due_at) == ("skipped", "waits for the digest", clock())
    assert brief(planned(ledger, file("z", overrides=skip("m")), digests=["m"])) == [("z", "x", "planned")]


@pytest.mark.parametrize(("backfill", "first"), [(False, True), (True, True), (False, False)])
def test_the_first_run_must_see_every_post(tmp_path: Path, clock: Clock, backfill: bool, first: bool) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    if not first:
        make_plan([file("a")], ACCOUNTS, ledger)
    folder = Entry(id="/s/deep", path="/s/deep/", state="refused", reason="/s/deep cannot be read")
    if first and not backfill:
        with pytest.raises(SourceError, match=r"^/s/deep cannot be read\. The first run must see every post; nothing"):
            make_plan([file("a"), folder], ACCOUNTS, ledger, backfill=backfill)
        assert ledger.deliveries() == []
        assert ledger.account_states() == {}
    else:
        found = make_plan([file("a"), folder], ACCOUNTS, ledger, backfill=backfill)
        assert [entry.id for entry in found.refused] == ["/s/deep"]
    ledger.close()


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_new_post_knows_of_those_before_it(ledger: Ledger, clock: Clock) -> None:
    schedules = {"m": Schedule(min_gap=timedelta(hours=1))}
    rows = planned(ledger, file("a"), file("b"), file("c"), schedules=schedules)
    due = {name: sorted(row.due_at - clock() for row in rows if row.account == name) for name in ACCOUNTS}
    assert due == {"m": [timedelta(hours=hours) for hours in range(3)], "x": [timedelta()] * 3}
    (row,) = (row for row in planned(ledger, file("d"), schedules=schedules) if row.account == "m")
    assert row.due_at - clock() == timedelta(hours=3), "and of those of earlier runs"


def test_a_post_may_name_its_time(ledger: Ledger, clock: Clock) -> None:
    at = clock() + timedelta(hours=5)
    rows = planned(ledger, file("a", overrides=Overrides(targets={"m": Override(at=at)})))
    assert {row.account: row.due_at for row in rows} == {"m": at, "x": clock()}


@pytest.mark.parametrize(("action", "state"), [("ask", "held"), ("skip", "skipped"), ("send", "planned")])
@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_what_is_found_too_late_is_asked_about_or_left(
    ledger: Ledger, clock: Clock, action: Any, state: str, seconds: int, late: bool
) -> None:
    schedules = {"m": Schedule(late=Late(action=action, after=LATE))}
    entry = file("a", date=clock() - LATE - timedelta(seconds=seconds))
    (row,) = (row for row in planned(ledger, entry, schedules=schedules) if row.account == "m")
    assert row.state == (state if late else "planned")
    assert row.due_at <= clock()
    if late and action != "send":
        assert (row.why, row.due_at) == ("found more than 2 hours too late", clock())


def test_each_delivery_has_a_moment_of_its_own_and_keeps_it(ledger: Ledger, clock: Clock) -> None:
    schedule = Schedule(jitter=timedelta(hours=5))
    rows = planned(ledger, file("a"), file("b"), schedules={"m": schedule, "x": schedule})
    assert len({row.due_at for row in rows}) == 4
    for row in rows:
        found = due(schedule, clock(), now=clock(), history=(), key=key(row.post, row.account))
        assert row.due_at == found.at


def test_the_delay_counts_from_when_a_post_was_found(ledger: Ledger, clock: Clock) -> None:
    schedules = {"m": Schedule(delay=timedelta(minutes=10))}
    entry = file("a", date=clock() - timedelta(hours=5))
    (row,) = (row for row in planned(ledger, entry, schedules=schedules) if row.account == "m")
    assert row.due_at == clock() + timedelta(minutes=10)


def test_a_post_without_a_date_is_of_now(ledger: Ledger, clock: Clock) -> None:
    schedules = {"m": Schedule(late=Late(action="skip", after=LATE))}
    rows = planned(ledger, file("a", date=None), schedules=schedules)
    assert {row.due_at for row in rows} == {clock()}


# ── single files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def scanned(times: list[int], *files: Entry) -> Any:
    def scan() -> list[Entry]:
        times.append(1)
        return list(files)

    return scan


def test_a_file_that_is_as_it_was_needs_no_listing(ledger: Ledger) -> None:
    plan(ledger, file("a"))
    assert known_as(ledger, [file("a"), file("old")], lambda: pytest.fail("no listing")) == {"a": "a", "old": "old"}


def test_a_renamed_file_is_known_by_the_name_of_then(ledger: Ledger) -> None:
    plan(ledger, file("a"))
    plan(ledger, file("b", fingerprint="a"))
    assert known_as(ledger, [file("b", fingerprint="a")], lambda: pytest.fail("no listing")) == {"b": "a"}


def test_a_file_that_is_new_or_edited_is_seen_beside_the_others(ledger: Ledger) -> None:
    plan(ledger, file("a"))
    times: list[int] = []
    renamed = file("neu", fingerprint="a")
    scan = scanned(times, file("old"), renamed, file("draft", state="skipped", fingerprint="x"))
    assert known_as(ledger, [renamed], scan)["neu"] == "a"
    copied = scanned(times, file("old"), file("a"), renamed)
    assert known_as(ledger, [renamed], copied)["neu"] == "neu"
    edited = file("a", fingerprint="2")
    assert known_as(ledger, [edited], scanned(times, file("old"), edited))["a"] == "a"
    assert len(times) == 3


def test_the_file_a_person_names_counts_though_it_is_a_draft(ledger: Ledger) -> None:
    draft = file("draft", state="skipped")
    assert known_as(ledger, [draft], scanned([], file("old"), draft))["draft"] == "draft"


def test_a_post_whose_file_is_a_draft_by_now_may_have_moved(ledger: Ledger) -> None:
    plan(ledger, file("a"))
    moved, draft = file("neu", fingerprint="a"), file("a", fingerprint="2", state="skipped")
    assert known_as(ledger, [moved], scanned([], file("old"), draft, moved))["neu"] == "a"


def test_a_plan_that_adds_nothing_counts_nothing(ledger: Ledger) -> None:
    plan(ledger, file("a"))
    made = plan(ledger, file("a"))
    assert (made.new, Plan(entries={}, inventory=made.inventory).new) == (0, 0)


@pytest.mark.parametrize("backfill", [False, True])
def test_many_new_posts_older_than_what_is_known_wait_for_a_person(ledger: Ledger, backfill: bool) -> None:
    """Whoever asks for what is old gets it."""
    day = datetime(2026, 11, 21, tzinfo=UTC)
    rows = planned(ledger, *(file(name, date=day) for name in "abcd"), file("new"), backfill=backfill)
    at_once = ("planned", "at once")
    old = dict.fromkeys("abcd", at_once if backfill else ("skipped", OLDER))
    assert {row.post: (row.state, row.why) for row in rows} == old | {"new": at_once}


def test_what_is_not_in_a_whole_listing_is_missing_and_in_a_feed_it_is_not(ledger: Ledger) -> None:
    assert [post.id for post in make_plan([], ACCOUNTS, ledger).inventory.missing] == ["old"]
    assert make_plan([], ACCOUNTS, ledger, whole=False).inventory.missing == ()
