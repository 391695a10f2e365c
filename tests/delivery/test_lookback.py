"""A ledger that may lack what went out: every account is looked through before it speaks again."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import ConfigError, KeyTaken, NotSent, OutOfSight, RateLimited, Unknown
from crosspost.ledger import DECIDED
from crosspost.ledger.facts import Suspicion
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put


@pytest.fixture
def doubted(tmp_path: Path, clock: Clock) -> Quick:
    """A planned post, and a doubt about everything until now."""
    return doubtful(Quick(tmp_path, clock))


def doubtful(quick: Quick, **about: Any) -> Quick:
    quick.write(date=quick.clock() - timedelta(days=1))
    quick.run(most=0)
    quick.later(hours=1)
    about = {"since": quick.clock() - timedelta(hours=2), "until": quick.clock() - timedelta(minutes=2)} | about
    quick.ledger.keep_doubt(Suspicion(why="an older copy", **about))
    return quick


def out(quick: Quick, post: str = "beet", account: str = "") -> str:
    """The post is on the account, and the ledger does not know: its key."""
    network = quick.networks[account] if account else quick.network
    twin = quick.ledger.path.parent / "twin"
    other = Quick(twin, quick.clock, network.account)
    other.networks = {network.account: network}
    other.posts, other.entries = quick.posts, {post: quick.entries[post]}
    other.run()
    other.ledger.close()
    network.asked.clear()
    return network.out[-1][0]


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
    assert "and Scripted cannot be looked through. Look" in quick.row().error
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


# ── when it cannot be done, and when it is over ───────────────────────────────────────────────────────────────────────


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


# ── a weak sign ───────────────────────────────────────────────────────────────────────────────────────────────────────


def careful(quick: Quick) -> datetime:
    since = quick.clock() - timedelta(hours=3)
    quick.ledger.careful_since = since
    return since


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
