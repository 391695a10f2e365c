"""One attempt: what each error means for it, what is uploaded anew, and what it waits for before it begins."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.config.installation_settings import Run
from crosspost.delivery.backoff import pause
from crosspost.delivery.rules import Rules
from crosspost.errors import (
    ConfigError,
    MediaError,
    NotSent,
    PostRefused,
    RateLimited,
    Rejected,
    SourceError,
    Unsupported,
)
from crosspost.ledger.facts import Count
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put


@pytest.mark.parametrize(
    "error",
    [
        NotSent("a: no route"),
        PostRefused("_posts/beet.md", "it has no title"),
        SourceError("_posts/beet.md is gone"),
        ConfigError("a: no such setting"),
        MediaError("beet.jpg is not a picture"),
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


def test_without_a_setting_a_page_is_waited_for_a_day_and_a_failure_repeated_for_three() -> None:
    """As the config's own defaults say; a rule of no time at all would give up at once."""
    rules, run = Rules(max_per_run={}), Run()
    assert rules.live_deadline == timedelta(hours=run.live_deadline) == timedelta(hours=24)
    assert rules.give_up_after == timedelta(hours=run.give_up_after) == timedelta(hours=72)


def test_the_place_of_an_answer_is_found_once_and_kept_with_what_is_there(quick: Quick) -> None:
    """Where to answer is written down like an upload: before the next request, and beside what was there."""
    uploaded, asked, network = quick.clock(), list[str](), quick.network
    compose = network.compose

    def place_of(url: str) -> dict[str, Any]:
        asked.append(url)
        network._play("place")
        return {"reply_to": "9", "root": "8"}

    network.compose = lambda post: msgspec.structs.replace(compose(post), answers="https://scripted.example/9")  # type: ignore[method-assign]
    network.place_of = place_of  # type: ignore[method-assign]
    network.next("place", NotSent("a: no route"))
    quick.run()
    put(quick.ledger, quick.row(), remote={"media_1": 5}, remote_at=uploaded, due_at=quick.clock())
    quick.later(minutes=9)
    network.next("publish", RateLimited("a: slow down", quick.clock() + timedelta(minutes=9)))
    quick.run()
    kept = {"media_1": 5, "reply_to": "9", "root": "8"}
    assert (quick.row().remote | kept, quick.row().remote_at) == (quick.row().remote, uploaded)
    quick.later(minutes=9)
    quick.run()
    assert quick.row().state == "sent"
    assert asked == ["https://scripted.example/9"] * 2
