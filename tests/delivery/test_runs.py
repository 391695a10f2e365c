"""One run: what it takes on, in which order, whom it tells, and what stops it."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import (
    NotSent,
    Unknown,
)
from crosspost.model import Override, Overrides
from crosspost.schedule import Schedule
from crosspost.schedule.values import Late
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.delivery.texts import texts


class Told:
    """What a run says while it works."""

    def __init__(self) -> None:
        self.expected: list[list[str]] = []
        self.begun: list[str] = []
        self.reported: list[tuple[str, str]] = []
        self.done: list[str] = []

    @property
    def calls(self) -> dict[str, Any]:
        return {
            "expect": lambda rows: self.expected.append([row.post for row in rows]),
            "begin": lambda row: self.begun.append(row.post),
            "report": lambda row: self.reported.append((row.post, row.state)),
            "done": self.done.append,
        }


# ── what it takes on ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_oldest_go_first_and_only_so_many_in_a_run(quick: Quick) -> None:
    for number, name in enumerate("bcde"):
        quick.later(seconds=number)
        quick.write(name, name.upper())
        quick.run(most=0)
    quick.run(most=2)
    assert texts(quick) == ["Beet", "B"]
    quick.run(most=2)
    assert texts(quick) == ["Beet", "B", "C", "D"]


def test_a_person_gets_all_they_asked_for(quick: Quick) -> None:
    for name in "bcde":
        quick.write(name)
    quick.run(by_hand=True, most=1)
    assert len(texts(quick)) == 5


def test_a_thread_that_was_begun_is_ended_before_anything_new(quick: Quick) -> None:
    quick.network.parts = ("zwei", "drei")
    stop = threading.Event()
    quick.network.next("publish", None, stop.set)
    quick.run(stop=stop)
    assert texts(quick) == ["Beet", "zwei"]
    quick.network.parts = ()
    quick.write("b", "B")
    quick.write("c", "C")
    quick.run(most=1)
    assert texts(quick) == ["Beet", "zwei", "drei", "B"]


def test_parts_are_replies_in_their_order_and_have_keys_of_their_own(quick: Quick) -> None:
    quick.network.parts = ("zwei", "drei")
    quick.run()
    rows = quick.ledger.deliveries()
    assert [(row.part, row.state) for row in rows] == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert [row.remote.get("reply_to") for row in rows] == [None, "1", "2"]
    assert len({row.handle for row in rows}) == 3


def test_a_part_that_fails_stops_those_behind_it(quick: Quick) -> None:
    quick.network.parts = ("zwei", "drei")
    quick.network.next("publish", None, NotSent("a: no route"))
    quick.run()
    assert texts(quick) == ["Beet"]
    quick.later(minutes=2)
    quick.run()
    assert texts(quick) == ["Beet", "zwei", "drei"]


def test_the_rest_of_a_thread_goes_out_whatever_the_post_says_by_now(quick: Quick) -> None:
    quick.network.parts = ("zwei",)
    quick.network.next("publish", None, NotSent("a: no route"))
    quick.run()
    quick.write(overrides=Overrides(everywhere=Override(skip=True)))
    quick.later(minutes=2)
    quick.run(live=lambda _account, _entry: "404", schedules={"a": Schedule(late=Late(action="skip"))})
    assert texts(quick) == ["Beet", "zwei"]


def test_a_part_that_does_not_know_what_it_answers_waits_for_a_person(quick: Quick) -> None:
    quick.network.parts = ("zwei",)
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    quick.ledger.decide(quick.ledger.hold(quick.row(), ""), "sent", "https://scripted.example/x")
    quick.run()
    second = next(row for row in quick.ledger.deliveries() if row.part == 2)
    assert second.state == "held"
    assert second.error == (
        "part 2 of a thread: which post it answers is not known. Answer it yourself, then "
        f"`crosspost settle {second.id} --sent URL`; or --skip leaves the rest"
    )
    assert texts(quick) == []


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("target", ["", "a", "scripted"])
def test_a_post_may_name_its_time_and_a_person_may_be_earlier(quick: Quick, by_hand: bool, target: str) -> None:
    quick.run(most=0)
    at = quick.clock() + timedelta(hours=1)
    override = Override(at=at)
    quick.write(overrides=Overrides(targets={target: override}) if target else Overrides(everywhere=override))
    quick.run(by_hand=by_hand)
    assert len(texts(quick)) == int(by_hand)
    quick.clock.now = at
    quick.run()
    assert len(texts(quick)) == 1


def test_a_post_may_leave_a_network_out_at_any_time(quick: Quick) -> None:
    quick.run(most=0)
    quick.write(overrides=Overrides(targets={"scripted": Override(skip=True)}))
    quick.run(by_hand=True)
    assert texts(quick) == []


def test_a_post_may_leave_an_account_out_at_any_time(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write()
    quick.run(most=0)
    quick.write(overrides=Overrides(targets={"a": Override(skip=True)}))
    quick.run(by_hand=True)
    assert (texts(quick), texts(quick, "b")) == ([], ["Beet"])


def test_what_is_not_on_the_site_any_more_is_not_sent(quick: Quick) -> None:
    quick.run(most=0)
    quick.entries.clear()
    quick.run()
    assert texts(quick) == []


# ── whom it tells ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_that_is_due_is_told_before_anything_begins(quick: Quick) -> None:
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    quick.later(minutes=5)
    quick.write("b", "B")
    quick.write("c", "C")
    told = Told()
    quick.run(most=1, **told.calls)
    assert told.expected == [["beet", "b"]]
    assert told.begun == ["beet"]
    assert told.reported == [("beet", "planned"), ("beet", "sent")]


def test_each_is_told_as_soon_as_it_is_settled_and_doubt_at_the_end(quick: Quick) -> None:
    quick.write("b", "B")
    quick.network.next("publish", Unknown("a: no answer"))
    order: list[str] = []
    told = quick.run(
        begin=lambda row: order.append(f"begin {row.post}"), report=lambda row: order.append(f"{row.post} {row.state}")
    )
    assert order == ["begin beet", "begin b", "b sent", "beet unknown"]
    assert set(told) == {"a"}


def test_what_is_found_within_the_run_is_told_once(quick: Quick) -> None:
    told = Told()
    quick.network.lost_answer()
    quick.run(**told.calls)
    assert told.reported == [("beet", "sent")]


def test_every_account_is_done_in_the_end_those_with_nothing_to_do_at_once(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b", "c")
    quick.write(overrides=Overrides(targets={"b": Override(skip=True)}))
    quick.ledger.note("c", paused_until=clock() + timedelta(days=1), paused_for="rate")
    told = Told()
    quick.run(**told.calls)
    assert told.done[0] == "b"
    assert sorted(told.done) == ["a", "b", "c"]
    told = Told()
    assert quick.run(**told.calls).keys() <= {"c"}
    assert sorted(told.done) == ["a", "b", "c"]


def test_an_account_with_nothing_to_do_is_not_touched(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write(overrides=Overrides(targets={"b": Override(skip=True)}))
    paused = {"paused_until": clock() + timedelta(days=1), "paused_for": "auth", "credential": "an earlier one"}
    quick.ledger.note("b", **paused)
    before = quick.ledger.account("b")
    quick.run()
    assert quick.ledger.account("b").paused_until == before.paused_until
    assert quick.networks["b"].connected == 0


def test_what_was_held_and_still_is_is_no_news(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None)
    quick.write()
    quick.network.next("publish", Unknown("a: no answer"))
    assert quick.run()["a"].state == "held"
    told = Told()
    quick.later(hours=1)
    assert quick.run(**told.calls) == {}
    assert told.reported == []
    assert len(quick.network.asked) > 1, "but it was looked for"
