"""What an attempt waits for: a picture that is repaired, a page that is there, a schedule."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.planner import key
from crosspost.errors import (
    ConfigError,
    NotSent,
    PictureBroken,
    Unknown,
)
from crosspost.schedule import Schedule, ready
from crosspost.schedule.values import Late, Slot
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.delivery.texts import texts

# ── pictures, pages and schedules ─────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_picture_holds_the_post_until_it_is_repaired(quick: Quick) -> None:
    broken = PictureBroken("a: held back until its picture is repaired: beet.jpg is cut off")
    quick.network.next("compose", broken)
    quick.run()
    row = quick.row()
    assert (row.state, row.why, row.publishing_at) == ("held", "waits until its picture is repaired", None)
    assert row.error == f"{broken} – repair it, and the next run sends the post; or `crosspost settle {row.id} --skip`"
    quick.network.next("compose", broken)
    quick.run()
    assert (quick.row().state, texts(quick)) == ("held", [])
    quick.run()
    assert (quick.row().state, texts(quick)) == ("sent", ["Beet"])


def test_each_account_waits_for_its_own_picture(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write()
    for account, network in quick.networks.items():
        network.next("compose", PictureBroken(f"{account}: beet.jpg is too wide"))
    quick.run()
    quick.networks["b"].next("compose", PictureBroken("b: beet.jpg is too wide"))
    quick.run()
    assert {row.account: row.state for row in quick.ledger.deliveries()} == {"a": "sent", "b": "held"}


def test_a_picture_that_is_repaired_while_something_else_breaks_is_told_as_that(quick: Quick) -> None:
    quick.network.next("compose", PictureBroken("a: beet.jpg is cut off"))
    quick.run()
    quick.network.next("compose", *[ConfigError("a: no such setting")] * 2)
    quick.run()
    assert (quick.row().state, quick.row().error) == ("planned", "a: no such setting")


def test_a_post_that_is_gone_or_held_for_another_reason_is_not_released(quick: Quick) -> None:
    quick.network.next("compose", PictureBroken("a: beet.jpg is cut off"))
    quick.run()
    entries, quick.entries = quick.entries, {}
    quick.run()
    assert quick.row().state == "held"
    quick.entries = entries
    quick.ledger.hold(quick.row(), "look there", why="another reason")
    quick.run()
    assert (quick.row().state, texts(quick)) == ("held", [])


def test_nothing_is_said_before_its_page_is_there(quick: Quick) -> None:
    first, waits = quick.clock(), []
    for _ in range(20):
        quick.run(live=lambda _account, _entry: "404 Not Found", live_deadline=timedelta(hours=5))
        row = quick.row()
        waits.append(row.due_at - quick.clock())
        late = quick.clock() - first > timedelta(hours=5)
        assert row.error == ("waits for the page: 404 Not Found, for more than 5 hours now" if late else "")
        assert (row.state, row.why, row.attempts) == ("planned", "waits for the page: 404 Not Found", 0)
        quick.clock.now = row.due_at
    assert waits[:3] == [timedelta(minutes=1)] * 3
    assert waits[3] == timedelta(minutes=1.5), "half of what it waited so far"
    assert waits[-1] == timedelta(hours=1), "at least once an hour"
    assert texts(quick) == []
    quick.run()
    assert texts(quick) == ["Beet"]


def test_each_accounts_own_address_of_the_page_is_asked_for(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write()
    asked: list[tuple[str, str]] = []
    quick.run(live=lambda account, entry: asked.append((account, entry.id)) or "")
    assert sorted(asked) == [("a", "beet"), ("b", "beet")]


def test_a_person_waits_for_the_page_too_but_a_doubt_does_not(quick: Quick) -> None:
    quick.run(by_hand=True, live=lambda _account, _entry: "404")
    assert texts(quick) == []
    quick.later(minutes=1)
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    quick.later(minutes=5)
    quick.run(live=lambda _account, _entry: "404")
    assert texts(quick) == ["Beet"]


@pytest.mark.parametrize(
    ("action", "hours", "state", "said"),
    [
        ("send", 99, "sent", ""),
        ("skip", 2, "sent", ""),
        ("skip", 2.01, "skipped", "more than 2 hours late"),
        ("ask", 2.01, "held", "more than 2 hours late: `crosspost settle 1 --not-sent` sends it, --skip leaves it"),
    ],
)
def test_what_is_too_late_is_left_or_asked_about(
    quick: Quick, action: Any, hours: float, state: str, said: str
) -> None:
    schedules = {"a": Schedule(late=Late(action=action, after=timedelta(hours=2)))}
    quick.write(date=quick.clock())
    quick.run(most=0, schedules=schedules)
    quick.later(hours=hours)
    quick.run(schedules=schedules)
    row = quick.row()
    assert row.state == state
    assert (row.why if state == "skipped" else row.error) == said


def test_a_person_is_not_too_late_and_neither_is_a_second_attempt(quick: Quick) -> None:
    schedules = {"a": Schedule(late=Late(action="skip", after=timedelta(hours=2)))}
    quick.write(date=quick.clock())
    quick.write("b", date=quick.clock())
    quick.network.next("prepare", NotSent("a: no route"))
    quick.run(most=1, schedules=schedules)
    quick.later(hours=3)
    quick.run(by_hand=True, schedules=schedules)
    assert sorted(texts(quick)) == ["Beet", "Beet"]


def test_a_slot_that_was_missed_is_made_up_at_the_deliverys_own_moment(tmp_path: Path, clock: Clock) -> None:
    """The next slot's jitter is that of this post on this account, as the forecast has it."""
    schedule = Schedule(slots=(Slot(text="Mon 09:00", cron="0 9 * * MON"),), jitter=timedelta(hours=5))
    quick = Quick(tmp_path, clock, "a", "b")
    for name in ("first", "beet", "tal"):
        quick.write(name)
    quick.run(most=0)
    quick.run(most=1)
    quick.later(minutes=1)
    quick.run(schedules={"a": schedule, "b": schedule})
    rows = quick.ledger.deliveries(states=["planned"])
    assert len({row.due_at for row in rows}) == len(rows) == 4
    for row in rows:
        history = quick.ledger.moments(row.account, planned=False)
        found = ready(
            schedule, clock() - timedelta(minutes=1), history=history, now=clock(), key=key(row.post, row.account)
        )
        assert row.due_at == found.at


def test_posts_keep_their_distance(quick: Quick) -> None:
    schedules = {"a": Schedule(min_gap=timedelta(hours=1))}
    quick.run(most=0)
    quick.write("b", "B")
    quick.run(most=0)  # both are due at once, as without a schedule
    quick.run(schedules=schedules)
    assert len(texts(quick)) == 1
    (row,) = quick.ledger.deliveries(states=["planned"])
    assert row.due_at == quick.clock() + timedelta(hours=1)
    assert "1 h" in row.why
    quick.later(hours=1)
    quick.run(schedules=schedules)
    assert len(texts(quick)) == 2
