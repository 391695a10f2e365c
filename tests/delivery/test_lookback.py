"""A ledger that may lack what went out: every account is looked through before it speaks again."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import ConfigError, KeyTaken, LedgerError, NotSent, OutOfSight, Unknown, Unsupported
from crosspost.ledger.facts import Suspicion
from crosspost.testing.harness import Clock
from tests.delivery.looking import doubtful, out
from tests.delivery.scripted import Quick

# ── what is found and what is not ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_out_already_counts_as_sent(doubted: Quick) -> None:
    key = out(doubted)
    told: list[str] = []
    doubted.run(report=lambda row: told.append(row.state))
    row = doubted.row()
    assert (row.state, row.handle, row.url, row.error) == ("sent", key, "https://scripted.example/1", "")
    assert row.draft is not None
    assert row.draft.text == "Beet\n\nhttps://tal.example/beet"
    assert len(doubted.network.out) == 1
    assert told == ["sent"]
    assert doubted.ledger.open_doubt is None


def test_what_is_not_there_goes_out_where_a_look_proves_it(doubted: Quick) -> None:
    doubted.run()
    assert doubted.row().state == "sent"
    assert len(doubted.network.asked) == 1
    assert doubted.ledger.open_doubt is None
    doubted.write("b")
    doubted.run()
    assert len(doubted.network.asked) == 1, "it is over"


def test_where_a_look_proves_nothing_a_person_decides(tmp_path: Path, clock: Clock) -> None:
    quick = doubtful(Quick(tmp_path, clock, absence_after=None))
    quick.run()
    row = quick.row()
    assert row.state == "held"
    assert row.error == (
        "it may be out already: the ledger may lack what was sent lately, and Scripted does not show it, which proves "
        f"nothing there. Look at the account, then `crosspost settle {row.id} --sent URL` or `--not-sent`"
    )
    assert quick.network.out == []


@pytest.mark.parametrize("error", [Unknown("a: it may be there"), OutOfSight("a: its list is too short")], ids=str)
def test_a_look_that_does_not_reach_far_enough_proves_nothing(doubted: Quick, error: Unknown) -> None:
    doubted.network.next("find", error)
    doubted.run()
    assert doubted.row().state == "held"
    assert f"what was sent lately, and {error}. Look" in doubted.row().error
    assert doubted.network.out == []


def test_an_account_nobody_can_look_through_is_held_once_it_is_due(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, read_back=False)
    quick.write("later")
    quick.run(most=0)
    quick.ledger.wait(quick.row("later"), clock() + timedelta(hours=2), "a slot")
    doubtful(quick).run()
    assert quick.row().state == "held"
    assert "and Scripted cannot be searched. Look" in quick.row().error
    assert quick.row("later").state == "planned", "it was not due yet, so it cannot be out"
    assert quick.network.asked == []


def test_what_is_due_later_is_looked_for_where_that_can_be_done(doubted: Quick) -> None:
    doubted.ledger.wait(doubted.row(), doubted.clock() + timedelta(hours=9), "a slot")
    out(doubted)
    doubted.write("b")
    doubted.run()
    assert doubted.row().state == "sent"


def test_a_post_of_after_that_cannot_be_out(doubted: Quick) -> None:
    """One of that very moment can."""
    until = doubted.clock() - timedelta(minutes=2)
    doubted.write("new", date=until + timedelta(seconds=1))
    doubted.write("then", date=until)
    doubted.run()
    assert len(doubted.network.asked) == 2
    assert len(doubted.network.out) == 3


@pytest.mark.parametrize("ago", [0, 59])
def test_what_went_out_a_moment_ago_may_not_be_shown_yet(doubted: Quick, ago: int) -> None:
    until = doubted.clock() - timedelta(seconds=ago)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=until, until=until))
    doubted.run()
    assert (doubted.row().state, doubted.network.out) == ("planned", [])
    assert doubted.ledger.open_doubt is not None
    doubted.later(seconds=60 - ago)
    doubted.run()
    assert doubted.row().state == "sent"


def test_a_clock_that_was_ahead_then_makes_nobody_wait_for_days(doubted: Quick) -> None:
    until = doubted.clock() + timedelta(days=3)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=doubted.clock(), until=until))
    doubted.run()
    assert doubted.row().state == "sent"


def test_under_a_taken_key_it_is_not_ours_and_goes_out_with_another(doubted: Quick) -> None:
    key = out(doubted)
    doubted.network.out.clear()
    doubted.network.next("find", KeyTaken("a: something else is there"))
    doubted.run()
    assert doubted.row().state == "sent"
    assert doubted.row().handle != key


def test_a_post_that_cannot_be_said_now_is_neither_held_nor_sent(doubted: Quick) -> None:
    doubted.network.next("compose", *[ConfigError("a: no such setting")] * 2)
    doubted.run()
    assert (doubted.row().state, doubted.row().error) == ("planned", "a: no such setting")
    assert doubted.network.asked == []


def test_a_post_whose_file_is_gone_waits_for_a_person(doubted: Quick) -> None:
    doubted.write("b")
    doubted.run(most=0)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    del doubted.entries["beet"]
    doubted.run()
    assert doubted.row().state == "held"
    assert "and its file cannot be read now. Look" in doubted.row().error


# ── how far back ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("known", [True, False])
def test_it_looks_back_two_days_before_the_doubt_or_the_post(doubted: Quick, known: bool) -> None:
    since = doubted.clock() - timedelta(hours=5) if known else None
    doubted.ledger.keep_doubt(Suspicion(why="an older copy", since=since))
    doubted.run()
    date = doubted.entries["beet"].date
    assert date is not None
    assert doubted.network.asked == [(since or date) - timedelta(days=2)]


def test_a_post_without_a_date_is_looked_for_since_it_was_planned(doubted: Quick) -> None:
    planned = doubted.row().updated_at
    doubted.entries["beet"] = msgspec.structs.replace(doubted.entries["beet"], date=None)
    doubted.ledger.keep_doubt(Suspicion(why="an older copy"))
    doubted.run()
    assert doubted.network.asked == [planned - timedelta(days=2)]


def test_while_the_words_cannot_be_asked_for_the_account_says_nothing(doubted: Quick) -> None:
    """Some networks have to answer before a post can be worded; that may be in a minute."""
    doubted.network.next("compose", NotSent("a: no route"))
    doubted.run()
    assert (doubted.row().state, doubted.network.asked, doubted.network.out) == ("planned", [], [])
    assert doubted.ledger.open_doubt is not None
    doubted.run()
    assert (doubted.row().state, len(doubted.network.asked)) == ("sent", 1)


def test_words_that_are_refused_hold_nothing_up(doubted: Quick) -> None:
    doubted.network.next("compose", *[Unsupported("a: too long")] * 2)
    doubted.run()
    assert (doubted.row().state, doubted.row().error, doubted.network.asked) == ("failed", "a: too long", [])


def test_a_ledger_that_fails_meanwhile_ends_the_run(doubted: Quick) -> None:
    doubted.network.next("compose", LedgerError("the disk is full"))
    with pytest.raises(LedgerError, match="the disk is full"):
        doubted.run()
    assert doubted.network.out == []
