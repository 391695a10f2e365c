"""What stops a run, an account, or nobody."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.delivery.run_context import Stop
from crosspost.errors import (
    AuthExpired,
    LedgerError,
    NotSent,
    RateLimited,
    Unknown,
)
from crosspost.ledger import Delivery
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.delivery.texts import texts


def test_who_stops_it_lets_what_is_under_way_end(quick: Quick) -> None:
    quick.write("b")
    stop = threading.Event()
    quick.network.next("publish", stop.set)
    quick.run(stop=stop)
    assert texts(quick) == ["Beet"]
    assert [row.state for row in quick.ledger.deliveries()] == ["sent", "planned"]


def test_a_limit_stops_the_account_and_the_others_go_on(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    for name in ("eins", "zwei"):
        quick.write(name)
    until = clock() + timedelta(hours=1)
    quick.network.next("publish", RateLimited("a: slow down", until))
    quick.run()
    first = quick.row("eins", "a")
    assert (first.state, first.error, first.due_at) == ("planned", "a: slow down", clock()), "as soon as it may"
    assert quick.row("zwei", "a").attempts == 0
    assert len(quick.networks["b"].out) == 2
    quick.later(hours=1)
    quick.run()
    assert len(quick.networks["a"].out) == 2


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_paused_login_is_tried_for_a_person(quick: Quick, by_hand: bool) -> None:
    quick.network.next("publish", AuthExpired("a: token ended"))
    quick.run()
    quick.run(by_hand=by_hand)
    assert len(texts(quick)) == int(by_hand)


def told_to_stop(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set as soon as a run is told to begin nothing more."""
    told, stop = threading.Event(), Stop.set

    def both(run: Stop) -> None:
        stop(run)
        told.set()

    monkeypatch.setattr(Stop, "set", both)
    return told


def test_a_ledger_that_fails_stops_every_account(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    for name in ("eins", "zwei"):
        quick.write(name)
    begin = type(quick.ledger).begin
    stop, under_way = told_to_stop(monkeypatch), threading.Event()

    def full(ledger: Any, held: Delivery, *more: Any) -> Delivery:
        if held.account == "a":
            under_way.wait(10)
            raise LedgerError("the disk is full")
        under_way.set()
        stop.wait(10)
        return begin(ledger, held, *more)

    monkeypatch.setattr(type(quick.ledger), "begin", full)
    with pytest.raises(LedgerError, match="the disk is full"):
        quick.run()
    assert stop.is_set()
    assert quick.networks["a"].out == []
    assert len(quick.networks["b"].out) == 1, "what is under way ends, nothing more begins"


def test_who_presses_ctrl_c_lets_what_is_under_way_end(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    for name in ("eins", "zwei"):
        quick.write(name)
    stop, under_way = told_to_stop(monkeypatch), threading.Event()

    def interrupted() -> None:
        under_way.wait(10)
        raise KeyboardInterrupt

    def slow() -> None:
        under_way.set()
        stop.wait(10)

    quick.networks["a"].next("prepare", interrupted)
    quick.networks["b"].next("prepare", slow)
    with pytest.raises(KeyboardInterrupt):
        quick.run()
    assert stop.is_set()
    assert len(quick.networks["b"].out) == 1


def test_a_delivery_another_run_took_over_stops_nobody(quick: Quick) -> None:
    """It is the other's now; and what became of ours is found by looking."""

    def overtaken() -> None:
        with quick.ledger._database.transaction() as connection:
            connection.change("UPDATE deliveries SET lease = 'machine:2/x' WHERE post = 'beet'")

    quick.write("b")
    quick.network.next("prepare", overtaken)
    quick.run()
    assert quick.row().lease == "machine:2/x"
    assert texts(quick) == []
    assert quick.row("b").state == "planned"


def test_a_login_that_is_refused_during_a_look_ends_the_look_for_a_person_too(quick: Quick) -> None:
    """A person's wish tries a paused login once, not once for each post in doubt."""
    quick.write("b")
    quick.network.next("publish", *[Unknown("a: no answer")] * 2)
    quick.network.next("find", *[NotSent("a: no route")] * 2)
    quick.run()
    assert list(quick.states()) == ["unknown", "unknown"]
    quick.later(hours=1)
    asked = len(quick.network.asked)
    quick.network.next("find", AuthExpired("a: token ended"))
    quick.run(by_hand=True)
    assert len(quick.network.asked) == asked + 1
    assert quick.ledger.account("a").paused_for == "auth"
