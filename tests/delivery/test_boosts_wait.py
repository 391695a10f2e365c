"""When a boost waits, for how long and why, and when there is nothing to boost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.boosts import aimed, stopped
from crosspost.delivery.rules import Boost
from crosspost.errors import NotSent
from crosspost.ledger import Delivery
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

HOUR = timedelta(hours=1)


class Pair:
    """Account ``b`` boosts what ``a`` says, an hour after it. ``a`` goes ahead of it through a thread of two parts."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.quick = Quick(root, clock, "a", "b")
        self.quick.write("earlier")
        self.quick.run(most=0)
        put(self.quick.ledger, self.quick.row("earlier", "a"), state="failed", due_at=clock() - HOUR)
        self.quick.write()
        self.quick.networks["a"].parts = ("zwei",)
        self.quick.run(boosts={"b": Boost("a", HOUR)})

    @property
    def said(self) -> Delivery:
        return next(row for row in self.quick.ledger.deliveries(account="a", post="beet") if row.part == 1)

    @property
    def boost(self) -> Delivery:
        return self.quick.row(account="b")

    def said_is(self, **values: Any) -> "Pair":
        put(self.quick.ledger, self.said, **values)
        put(self.quick.ledger, self.boost, due_at=self.quick.clock(), why="", tried_at=None)
        return self

    def stopped(self, *, by_hand: bool = False) -> Delivery | None:
        return stopped(self.boost, Boost("a", HOUR), self.quick.ledger, by_hand=by_hand)


@pytest.fixture
def pair(tmp_path: Path, clock: Clock) -> Pair:
    return Pair(tmp_path, clock)


@pytest.mark.parametrize("state", ["before", "skipped", "failed"])
def test_what_the_other_account_does_not_say_is_skipped(pair: Pair, state: str) -> None:
    waits = pair.said_is(state=state).stopped()
    assert waits is not None
    assert (waits.state, waits.why) == ("skipped", "a does not say it, so there is nothing to boost")


def test_what_the_other_account_never_heard_of_is_skipped(pair: Pair) -> None:
    waits = stopped(pair.boost, Boost("nobody", HOUR), pair.quick.ledger, by_hand=True)
    assert waits is not None
    assert waits.why == "nobody does not say it, so there is nothing to boost"


@pytest.mark.parametrize("state", ["planned", "sending", "unknown", "held"])
@pytest.mark.parametrize("by_hand", [True, False])
def test_what_is_not_said_yet_is_waited_for_five_minutes_at_a_time(pair: Pair, state: str, by_hand: bool) -> None:
    waits = pair.said_is(state=state).stopped(by_hand=by_hand)
    assert waits is not None
    assert (waits.state, waits.why) == ("planned", "waits until a has said it")
    assert waits.due_at == pair.quick.clock() + timedelta(minutes=5)


@pytest.mark.parametrize("receipt", ["", None])
def test_where_nobody_knows_which_post_it_is_a_person_boosts(pair: Pair, receipt: str | None) -> None:
    waits = pair.said_is(receipt=receipt).stopped(by_hand=True)
    assert waits is not None
    assert (waits.state, waits.error) == (
        "held",
        "which post a made of it is not known. Boost it yourself, then `crosspost settle "
        f"{waits.id} --sent URL`; or --skip leaves it",
    )


@pytest.mark.parametrize(
    ("ago", "by_hand", "waits"),
    [
        (timedelta(minutes=59, seconds=59), False, True),
        (HOUR, False, False),
        (timedelta(), False, True),
        (timedelta(), True, False),
        (timedelta(seconds=-1), True, True),
    ],
)
def test_it_goes_an_hour_after_the_post_or_when_a_person_asks(
    pair: Pair, ago: timedelta, by_hand: bool, waits: bool
) -> None:
    at = pair.quick.clock() - ago
    found = pair.said_is(sent_at=at).stopped(by_hand=by_hand)
    assert (found is not None) == waits
    if found is not None:
        assert (found.state, found.why) == ("planned", "some time after a")
        assert found.due_at == at + (timedelta() if by_hand else HOUR)


def test_a_post_of_which_nobody_knows_when_it_went_out_counts_as_of_now(pair: Pair) -> None:
    found = pair.said_is(sent_at=None).stopped()
    assert found is not None
    assert found.due_at == pair.quick.clock() + HOUR


def test_one_that_may_be_out_is_not_stopped(pair: Pair) -> None:
    pair.said_is(state="skipped")
    put(pair.quick.ledger, pair.boost, publishing_at=pair.quick.clock())
    assert pair.stopped() is None


def test_it_is_aimed_at_the_posts_first_part_once(pair: Pair) -> None:
    ledger, boost = pair.quick.ledger, Boost("a", HOUR)
    held = ledger.claim(pair.boost, "machine:1")
    assert held is not None
    held = ledger.remember(held, {"media_0": 7}, uploaded=pair.quick.clock())
    found = aimed(held, boost, ledger)
    assert found.remote == {"media_0": 7, "boosts": "1", "boosts_url": "https://scripted.example/1"}
    assert (found, found.remote_at) == (pair.boost, pair.quick.clock())
    put(ledger, pair.said, receipt="2", state="failed")
    assert aimed(found, boost, ledger) == found


@pytest.mark.parametrize("gone", [{"state": "skipped"}, {"receipt": ""}, {"account": "another"}])
def test_what_is_not_out_any_more_is_not_boosted(pair: Pair, gone: dict[str, str]) -> None:
    held = pair.boost
    put(pair.quick.ledger, pair.said, **gone)
    with pytest.raises(NotSent, match=r"^b: what a said is not out any more$"):
        aimed(held, Boost("a", HOUR), pair.quick.ledger)
