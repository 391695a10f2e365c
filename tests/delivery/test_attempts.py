"""One attempt: what each error means for it, what is uploaded anew, and what it waits for before it begins."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.backoff import pause
from crosspost.delivery.plan import key
from crosspost.errors import (
    ConfigError,
    MediaError,
    NotSent,
    PictureBroken,
    PostRefused,
    RateLimited,
    Rejected,
    SourceError,
    Unknown,
    Unsupported,
)
from crosspost.ledger.facts import Count
from crosspost.schedule import Schedule, ready
from crosspost.schedule.values import Late, Slot
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick


def texts(quick: Quick, account: str = "a") -> list[str]:
    return [text.split("\n")[0] for _, text in quick.networks[account].out]


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error",
    [
        NotSent("a: no route"),
        PostRefused("_posts/beet.md", "it has no title"),
        SourceError("_posts/beet.md is gone"),
        ConfigError("a: no such setting"),
        MediaError("beet.jpg is no picture"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_fails_before_the_request_is_tried_again_after_a_growing_pause(quick: Quick, error: Exception) -> None:
    quick.network.next("prepare", error, error)
    quick.run()
    row = quick.row()
    assert (row.state, row.error, row.publishing_at) == ("planned", str(error), None)
    assert row.due_at == quick.clock() + pause(row.id, 1)
    quick.clock.now = row.due_at
    quick.run()
    row = quick.row()
    assert (row.attempts, row.due_at) == (2, quick.clock() + pause(row.id, 2))
    assert quick.run() == {}, "not yet"


def test_what_never_works_is_given_up_after_its_time(quick: Quick) -> None:
    quick.network.next("prepare", *[NotSent("a: no route")] * 99)
    for _ in range(30):
        quick.run(give_up_after=timedelta(hours=5))
        if quick.row().state == "failed":
            break
        quick.clock.now = quick.row().due_at
    row = quick.row()
    assert row.error == "given up after 5 hours: a: no route"
    assert row.tried_at is not None
    assert quick.clock() - row.tried_at > timedelta(hours=5)
    assert row.attempts >= 5


def test_it_is_given_up_after_three_days_unless_told_otherwise(quick: Quick) -> None:
    quick.network.next("prepare", *[NotSent("a: no route")] * 99)
    for _ in range(99):
        quick.run()
        if quick.row().state == "failed":
            break
        quick.clock.now = quick.row().due_at
    assert quick.row().error == "given up after 72 hours: a: no route"


@pytest.mark.parametrize("error", [Rejected("a: not allowed"), Unsupported("a: too long")], ids=str)
def test_a_refusal_is_final_however_it_was_found(quick: Quick, error: Rejected) -> None:
    quick.network.next("prepare", error)
    quick.run()
    assert (quick.row().state, quick.row().error) == ("failed", str(error))


@pytest.mark.parametrize(("hours", "again"), [(1, False), (1.01, True)])
def test_a_refusal_after_the_machine_slept_may_be_about_old_uploads(quick: Quick, hours: float, again: bool) -> None:
    quick.network.next("publish", lambda: _refused_later(quick, hours))
    quick.run()
    row = quick.row()
    assert row.state == ("planned" if again else "failed")
    assert ("media_0" in row.remote) != again
    if again:
        assert row.due_at == quick.clock() + pause(row.id, 1)
        quick.later(minutes=2)
        quick.run()
        assert quick.network.uploads == 2
        assert quick.row().state == "sent"


def _refused_later(quick: Quick, hours: float) -> None:
    quick.later(hours=hours)
    raise Rejected("a: media not found")


@pytest.mark.parametrize(("minutes", "uploads"), [(60, 1), (61, 2)])
def test_uploads_are_used_for_an_hour(quick: Quick, minutes: int, uploads: int) -> None:
    quick.network.next("publish", RateLimited("a: slow down", quick.clock() + timedelta(minutes=minutes)))
    quick.run()
    quick.later(minutes=minutes)
    quick.run()
    assert quick.row().state == "sent"
    assert quick.network.uploads == uploads


def test_the_hour_counts_from_the_first_of_the_uploads(quick: Quick) -> None:
    """A second attempt finds one there, adds another, and both are as old as the first."""
    first = quick.clock()
    quick.network.next("publish", RateLimited("a: slow down", first + timedelta(minutes=40)))
    quick.run()
    quick.later(minutes=40)
    quick.network.next("prepare", lambda: quick.network.__dict__.update(prepare=_two_uploads(quick)))
    quick.network.next("publish", RateLimited("a: slow down", first + timedelta(minutes=50)))
    quick.run()
    assert quick.row().remote_at == first


def _two_uploads(quick: Quick) -> Any:
    def prepare(prepared: Any, save: Any) -> Any:
        save("media_1", 9)
        return type(quick.network).prepare(quick.network, prepared, save)

    return prepare


def test_each_entry_of_a_journal_counts_as_a_request(quick: Quick) -> None:
    """An older ledger lacks whom it was sent to since then."""
    counted: list[Count] = []
    seen: list[int] = []

    def prepare(prepared: Any, save: Any) -> Any:
        counted.clear()
        for name in ("container", "journal", "journal"):
            save(name, {})
            seen.append(len(counted))
        return prepared

    quick.network.prepare = prepare  # type: ignore[method-assign]
    quick.ledger.mark = counted.append
    quick.run()
    assert seen == [0, 1, 2]


def test_a_success_ends_the_row_of_failures(quick: Quick) -> None:
    quick.ledger.note("a", failures=4)
    quick.run()
    assert quick.ledger.account("a").failures == 0


def test_a_post_is_read_once_for_all_accounts(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b", "c")
    quick.write()
    read: list[str] = []

    class Counting(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            read.append(key)
            return super().__getitem__(key)

    quick.posts = Counting(quick.posts)
    quick.run()
    assert read == ["beet"]


def test_the_posts_own_date_goes_with_it(quick: Quick) -> None:
    quick.run()
    assert quick.network.dated == [quick.entries["beet"].date]


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
