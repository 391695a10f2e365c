"""When a look through an account cannot be made, and when the doubt is over."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import NotSent, RateLimited
from crosspost.ledger.facts import Suspicion
from crosspost.testing.harness import Clock
from tests.delivery.looking import doubtful, out
from tests.delivery.scripted import Quick


def test_an_account_that_cannot_be_looked_at_says_nothing(doubted: Quick, caplog: pytest.LogCaptureFixture) -> None:
    until = doubted.clock() + timedelta(hours=7)
    doubted.network.next("find", RateLimited("a: slow down", until))
    doubted.run()
    assert (doubted.row().state, doubted.network.out) == ("planned", [])
    assert doubted.ledger.account("a").paused_until == until
    assert "a: it cannot be looked at now, so nothing is sent there: a: slow down" in caplog.text
    doubted.clock.now = until
    doubted.network.next("find", NotSent("a: no route"))
    doubted.run()
    assert doubted.network.out == []
    assert doubted.ledger.open_doubt is not None
    doubted.run()
    assert len(doubted.network.out) == 1
    assert doubted.ledger.open_doubt is None


def test_what_was_settled_before_the_look_failed_is_told(doubted: Quick) -> None:
    out(doubted)
    doubted.write("b", date=doubted.clock() - timedelta(days=1))
    doubted.run(most=0, live=lambda *_: "")
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=doubted.clock()))
    with doubted.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'planned', publishing_at = NULL WHERE post = 'beet'")
    doubted.network.next("find", None, NotSent("a: no route"))
    assert doubted.run()["a"].state == "sent"
    assert doubted.row("b").state == "planned"


def test_each_account_is_looked_through_once_and_the_doubt_ends_with_the_last(tmp_path: Path, clock: Clock) -> None:
    quick = doubtful(Quick(tmp_path, clock, "a", "b", "c"))
    quick.networks["b"].next("find", NotSent("b: no route"))
    quick.run()
    doubt = quick.ledger.open_doubt
    assert doubt is not None
    assert doubt.settled == ("a", "c")
    quick.write("later", date=clock() - timedelta(days=1))
    quick.run()
    assert [len(network.asked) for network in quick.networks.values()] == [1, 3, 1]
    assert quick.ledger.open_doubt is None


def test_an_account_with_nothing_planned_is_not_asked(tmp_path: Path, clock: Clock) -> None:
    quick = doubtful(Quick(tmp_path, clock, "a", "b"))
    quick.ledger.skip(quick.row(account="b"), "no")
    told: list[str] = []
    quick.run(done=told.append)
    assert quick.networks["b"].asked == []
    assert told[0] == "b"
    assert quick.ledger.open_doubt is None


def test_with_nothing_to_do_anywhere_a_doubt_is_over(doubted: Quick) -> None:
    doubted.ledger.skip(doubted.row(), "no")
    doubted.run()
    assert doubted.ledger.open_doubt is None


def test_a_doubt_about_what_is_due_later_is_settled_now(doubted: Quick) -> None:
    doubted.ledger.wait(doubted.row(), doubted.clock() + timedelta(days=9), "a slot")
    out(doubted)
    doubted.run()
    assert doubted.row().state == "sent"


def test_who_asks_for_one_post_has_only_that_looked_for(doubted: Quick) -> None:
    doubted.write("b", date=doubted.clock() - timedelta(days=1))
    doubted.run(most=0)
    out(doubted, "b")
    out(doubted, "beet")
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=doubted.clock()))
    with doubted.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET state = 'planned'")
    entries, doubted.entries = doubted.entries, {"beet": doubted.entries["beet"]}
    doubted.run(by_hand=True)
    assert (doubted.row().state, doubted.row("b").state) == ("sent", "planned")
    assert doubted.ledger.open_doubt is not None, "the others were not looked at"
    doubted.entries = entries
    doubted.run()
    assert doubted.row("b").state == "sent"
    assert len(doubted.network.out) == 2


@pytest.mark.parametrize("seconds", [59, 60])
def test_what_was_sent_elsewhere_a_moment_ago_is_given_time_to_show(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, seconds: int
) -> None:
    quick = doubtful(Quick(tmp_path, clock), until=clock() + timedelta(hours=1))
    quick.later(seconds=seconds)
    quick.run()
    waits = seconds < 60
    assert ("a: what was sent a moment ago may not be shown yet" in caplog.text) == waits
    assert len(quick.network.out) == int(not waits)
