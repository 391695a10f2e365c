"""What counts as known already, so that nobody looks for it; and what a weak sign asks for."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crosspost.errors import NotSent, Unknown
from crosspost.ledger import DECIDED
from crosspost.ledger.facts import Suspicion
from crosspost.testing.harness import Clock
from tests.delivery.looking import out
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

# ── what counts as known ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("minutes", "counts"), [(3, False), (1, True)])
def test_what_a_person_said_counts_unless_something_went_out_after_that(
    doubted: Quick, minutes: int, counts: bool
) -> None:
    now = doubted.clock()
    doubted.clock.now = now - timedelta(minutes=minutes)
    doubted.ledger.decide(doubted.ledger.hold(doubted.row(), ""), "planned")
    doubted.clock.now = now
    assert doubted.row().why == DECIDED
    doubted.run()
    assert doubted.row().state == "sent"
    assert len(doubted.network.asked) == (0 if counts else 1)


def test_what_a_person_said_counts_where_nobody_knows_when_anything_went_out(doubted: Quick) -> None:
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    doubted.ledger.decide(doubted.ledger.hold(doubted.row(), ""), "planned")
    doubted.run()
    assert (doubted.row().state, doubted.network.asked) == ("sent", [])


def test_what_was_begun_is_looked_for_as_ever(doubted: Quick) -> None:
    doubted.ledger.keep_doubt(None)
    doubted.network.next("publish", Unknown("a: no answer"))
    doubted.run()
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    doubted.later(minutes=1)
    doubted.network.out.append((doubted.row().handle, "Beet"))
    doubted.run()
    assert doubted.row().state == "sent"


def test_a_mail_that_was_under_way_is_not_continued_by_itself(doubted: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    doubted.ledger.keep_doubt(None)
    doubted.network.next("publish", Unknown("a: no answer"))
    doubted.run()
    monkeypatch.setattr(type(doubted.network), "one_by_one", True)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    doubted.run()
    row = doubted.row()
    assert row.state == "held"
    assert "the ledger may lack to whom it was sent lately, so the rest is not sent by itself" in row.error
    assert f"`crosspost settle {row.id} --skip` leaves it at that" in row.error
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    doubted.run()
    assert doubted.row() == row


def test_what_waits_for_a_person_is_settled_when_it_is_found_and_else_left(doubted: Quick) -> None:
    held = doubted.ledger.hold(doubted.row(), "more than 2 hours late")
    doubted.write("b", date=doubted.clock() - timedelta(days=1))
    doubted.run()
    assert doubted.row() == held
    out(doubted, "beet")
    doubted.write("c", date=doubted.clock() - timedelta(days=1))
    doubted.run(most=0)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=doubted.clock()))
    doubted.run()
    assert doubted.row().state == "sent"


@pytest.mark.parametrize("state", ["before", "failed", "skipped", "sent"])
def test_what_is_settled_is_not_looked_for(doubted: Quick, state: str) -> None:
    row = put(doubted.ledger, doubted.row(), state=state)
    doubted.write("b", date=doubted.clock())
    doubted.run()
    assert doubted.row() == row
    assert doubted.network.asked == []


def careful(quick: Quick) -> datetime:
    since = quick.clock() - timedelta(hours=3)
    quick.ledger.careful_since = since
    return since


# ── a weak sign ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_start_of_the_machine_a_first_attempt_looks_before(quick: Quick) -> None:
    key = out(quick)
    since = careful(quick)
    quick.run()
    assert (quick.row().state, quick.row().handle) == ("sent", key)
    assert len(quick.network.out) == 1
    assert quick.network.asked == [since - timedelta(days=2)]


def test_such_a_look_need_not_prove_anything(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=None, read_back=False)
    quick.write()
    careful(quick)
    quick.run()
    assert (quick.row().state, quick.network.asked) == ("sent", [])


def test_one_that_cannot_be_made_lets_nothing_out(quick: Quick) -> None:
    careful(quick)
    quick.network.next("find", NotSent("a: no route"))
    quick.run()
    assert (quick.row().state, quick.network.out) == ("planned", [])


def test_without_a_sign_nobody_looks(quick: Quick) -> None:
    quick.run()
    assert quick.network.asked == []
