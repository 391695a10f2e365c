"""What a post says to a network counts on each account there, wherever a delivery is looked at, and on no other."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.delivery.change_detector import Policy
from crosspost.delivery.due_time_changes import respect
from crosspost.delivery.pre_send_checks import Overtaken, refuse_if_overtaken
from crosspost.errors import Unknown
from crosspost.ledger import Person
from crosspost.model import Override, Overrides
from crosspost.schedule import Schedule
from crosspost.schedule.values import Slot
from crosspost.testing.harness import Clock
from tests.delivery.detected import brief
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

HOUR = timedelta(hours=1)


def says(what: Override, to: str = "scripted") -> Overrides:
    return Overrides(targets={to: what})


@pytest.mark.parametrize(("to", "counts"), [("scripted", True), ("a", True), ("another", False)])
class TestWhatIsSaidTo:
    def test_a_time_that_was_named_after_the_plan_is_waited_for(self, quick: Quick, to: str, counts: bool) -> None:
        quick.run(most=0)
        quick.write(overrides=says(Override(at=quick.clock() + HOUR), to))
        assert bool(quick.run()) != counts
        quick.later(hours=1)
        assert bool(quick.run()) == counts

    def test_who_is_left_out_after_the_plan_gets_nothing(self, quick: Quick, to: str, counts: bool) -> None:
        quick.run(most=0)
        quick.write(overrides=says(Override(skip=True), to))
        assert bool(quick.run()) != counts
        assert bool(quick.run(by_hand=True)) is False, "a person who asks for it leaves it out, too"

    def test_a_named_time_goes_before_slots(self, quick: Quick, to: str, counts: bool) -> None:
        yearly = Schedule(slots=(Slot(text="1 January", cron="0 0 1 1 *"),))
        quick.run()
        quick.write("named", overrides=says(Override(at=quick.clock() + HOUR), to))
        quick.run(schedules={"a": yearly})
        quick.later(hours=1)
        quick.run(schedules={"a": yearly})
        assert quick.row("named").state == ("sent" if counts else "planned")

    def test_a_time_that_is_named_anew_moves_it(self, quick: Quick, to: str, counts: bool) -> None:
        quick.ledger.add([(quick.write(), "a", "scripted", "planned", quick.clock() + 5 * HOUR, "a slot")])
        entry = quick.write(overrides=says(Override(at=quick.clock() + HOUR), to))
        respect([entry], {"a": "scripted"}, {}, quick.ledger)
        assert quick.row().due_at == quick.clock() + (HOUR if counts else 5 * HOUR)

    def test_what_the_run_knew_is_no_news(self, quick: Quick, to: str, counts: bool) -> None:
        quick.run(most=0)
        quick.ledger.edits.put("beet", "a", Override(skip=True), Person(name="anna"), "left out", before=None)
        entry, edit = quick.write(overrides=says(Override(skip=True), to)), quick.ledger.edits.of("beet", "a")
        with contextlib.nullcontext() if counts else pytest.raises(Overtaken, match=r"^left out by anna$"):
            refuse_if_overtaken(quick.row(), entry, edit, quick.clock())

    def test_what_is_done_about_an_edit(self, one_published: Quick, to: str, counts: bool) -> None:
        one_published.detect()
        one_published.write(text="Geändert", overrides=says(Override(on_edit="update"), to))
        assert brief(one_published.detect()) == [("beet", "edit", "planned" if counts else "asked")]


# ── of several accounts and posts, each by itself ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Quick:
    quick = Quick(tmp_path, clock, "a", "b", edit=True, delete=True)
    quick.write("other")
    quick.write()
    return quick


@pytest.mark.parametrize("where", ["another account", "another post"])
def test_a_thread_elsewhere_does_not_keep_a_post_from_being_changed(two: Quick, where: str) -> None:
    thread = two.networks["b"] if where == "another account" else two.networks["a"]
    if where == "another post":
        two.entries.pop("beet")
        thread.parts = ("zwei",)
        two.run()
        thread.parts = ()
        two.write()
    else:
        thread.parts = ("zwei",)
    two.run()
    two.detect()
    two.write(text="Geändert")
    found = {change.account: change.state for change in two.detect({"a": Policy(on_edit="update")})}
    assert found == {"a": "planned"}


@pytest.mark.parametrize("state", ["failed", "skipped", "before"])
def test_only_what_is_out_is_compared(two: Quick, state: str) -> None:
    two.run()
    two.detect()
    put(two.ledger, two.row(account="b"), state=state)
    two.write(text="Geändert")
    assert [(change.account, change.state) for change in two.detect()] == [("a", "asked")]


def test_each_account_looks_for_its_own(two: Quick) -> None:
    """What is in doubt or held on another account, or not due yet, is none of its business."""
    for name, network in two.networks.items():
        network.next("publish", Unknown(f"{name}: no answer"), Unknown(f"{name}: no answer"))
    two.run()
    two.later(hours=1)
    put(two.ledger, two.row(account="a"), due_at=two.clock() + HOUR)
    put(two.ledger, two.row("other", "b"), state="held")
    told: list[tuple[str, str, str]] = []
    two.run(most=0, expect=lambda rows: told.extend((row.post, row.account, row.state) for row in rows))
    assert told == [("other", "a", "unknown"), ("beet", "b", "unknown"), ("other", "b", "held")]
