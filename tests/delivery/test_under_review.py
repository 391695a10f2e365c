"""A network that looks at posts before it shows them: such a post is neither sent nor failed until it has decided."""

from pathlib import Path

import pytest

from crosspost.app.outcome import exit_code
from crosspost.errors import NotSent, Rejected, TurnedDown, UnderReview, Unknown
from crosspost.testing.harness import Clock
from tests.delivery.looking import doubtful
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

WAITING = "a: it is still being looked at"


def taken(quick: Quick) -> None:
    """The network has taken the post, and not shown it yet."""
    quick.network.next("publish", UnderReview(WAITING, "7"))
    quick.network.next("find", UnderReview(WAITING, "7"))
    quick.run()


def test_it_is_neither_sent_nor_failed_and_its_id_is_kept(quick: Quick) -> None:
    taken(quick)
    row = quick.row()
    assert (row.state, row.error, row.prepared.taken) == ("unknown", WAITING, "7")
    assert quick.ledger.account("a").failures == 0, "a server that takes its time is in good health"


def test_a_run_is_done_while_the_network_decides_and_not_when_nobody_can_ask(quick: Quick) -> None:
    """What cron and systemd are told: 0 until it is turned down, 1 as soon as looking fails."""
    taken(quick)
    assert exit_code([quick.row()]) == 0
    quick.network.next("find", NotSent("a: no server"))
    quick.later(hours=1)
    quick.run()
    assert exit_code([quick.row()]) == 1
    for ending, code in ((UnderReview(WAITING, "7"), 0), (TurnedDown("a: turned down"), 1)):
        quick.network.next("find", ending)
        quick.later(hours=1)
        quick.run()
        assert exit_code([quick.row()]) == code


def test_it_is_sent_once_the_network_shows_it(quick: Quick) -> None:
    taken(quick)
    for _ in range(3):
        quick.network.next("find", UnderReview(WAITING, "7"))
        quick.later(hours=1)
        quick.run()
        assert quick.row().state == "unknown"
    quick.network.next("find", lambda: quick.network.take(quick.row().prepared) and None)
    quick.later(hours=1)
    quick.run()
    assert quick.row().state == "sent"
    assert len(quick.network.begun) == 1, "it was asked to publish once"


def test_turned_down_is_failed_with_the_reason_and_nothing_is_sent(quick: Quick) -> None:
    taken(quick)
    quick.network.next("find", TurnedDown("a: turned down: phone numbers are not allowed"))
    for _ in range(3):
        quick.later(hours=1)
        quick.run()
    row = quick.row()
    assert (row.state, row.error) == ("failed", "a: turned down: phone numbers are not allowed")
    assert len(quick.network.begun) == 1


def test_who_tries_again_what_was_turned_down_says_it_in_the_words_of_today(quick: Quick) -> None:
    taken(quick)
    quick.network.next("find", TurnedDown("a: turned down"))
    quick.later(hours=1)
    quick.run()
    quick.write(text="Ohne Nummer")
    assert quick.ledger.revive(quick.row())
    quick.run()
    row = quick.row()
    assert (row.state, row.prepared.taken) == ("sent", "")
    assert [text for _, text in quick.network.out] == ["Ohne Nummer\n\nhttps://tal.example/beet"]


@pytest.mark.parametrize("error", [Rejected("a: may not list"), NotSent("a: no server"), Unknown("a: odd")], ids=str)
def test_a_look_that_is_refused_says_nothing_of_the_post(quick: Quick, error: Exception) -> None:
    taken(quick)
    quick.network.next("find", error)
    quick.later(hours=1)
    quick.run()
    row = quick.row()
    assert (row.state, row.error, row.prepared.taken) == ("unknown", f"cannot look: {error}", "7")


def test_what_was_taken_and_is_gone_waits_for_a_person(quick: Quick) -> None:
    taken(quick)
    for _ in range(3):
        quick.later(hours=1)  # long after absence proves anything of other posts
        quick.run()
    row = quick.row()
    assert row.state == "held"
    assert row.error.startswith("Scripted had taken it, and does not have it any more: look at the account, then")
    assert len(quick.network.begun) == 1


def test_not_even_a_network_that_knows_our_key_is_asked_again(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, absence_after=60, idempotent_for=3000)
    quick.write()
    taken(quick)
    quick.later(minutes=2)
    quick.run()
    assert quick.row().state == "held"
    assert len(quick.network.begun) == 1


def test_a_lost_answer_is_found_to_be_under_review_and_then_turned_down(quick: Quick) -> None:
    quick.network.next("publish", Unknown("a: no answer"))
    quick.network.next("find", UnderReview(WAITING, "7"))
    quick.run()
    assert (quick.row().state, quick.row().prepared.taken) == ("unknown", "7")
    quick.network.next("find", TurnedDown("a: turned down"))
    quick.later(hours=1)
    quick.run()
    assert quick.row().state == "failed"


def test_the_last_look_before_a_repetition_may_end_it(quick: Quick) -> None:
    quick.network.next("publish", Unknown("a: no answer"))
    quick.run()
    quick.network.next("find", None, TurnedDown("a: turned down"))  # absent, and then at the last moment
    quick.later(minutes=5)
    quick.run()
    assert quick.row().state == "failed"
    assert len(quick.network.begun) == 1


def test_turned_down_at_once_leaves_an_earlier_attempt_to_a_person(quick: Quick) -> None:
    quick.network.next("publish", Unknown("a: no answer"), TurnedDown("a: turned down"))
    quick.run()
    quick.later(minutes=5)
    quick.run()
    assert quick.row().state == "held", "the first attempt may be out"


def test_turned_down_at_once_is_failed(quick: Quick) -> None:
    quick.network.next("publish", TurnedDown("a: turned down"))
    quick.run()
    assert (quick.row().state, quick.row().publishing_at) == ("failed", None)


def test_a_look_back_takes_what_was_turned_down_for_not_out(quick: Quick) -> None:
    doubtful(quick).network.next("find", TurnedDown("a: turned down"))
    quick.run()
    assert quick.row().state == "sent"
    assert len(quick.network.out) == 1


def test_what_was_taken_is_not_sent_again_though_it_is_planned(quick: Quick) -> None:
    """The last look before an attempt: the network had it, so a person must know."""
    taken(quick)
    put(quick.ledger, quick.row(), state="planned", due_at=quick.clock())
    quick.run()
    row = quick.row()
    assert row.state == "held"
    assert row.error.startswith("Scripted had taken it, and does not have it any more: look at the account, then")
    assert len(quick.network.begun) == 1


def test_its_id_is_kept_from_the_answer_on_though_nobody_can_look(quick: Quick) -> None:
    quick.network.next("publish", UnderReview(WAITING, "7"))
    quick.network.next("find", NotSent("a: no server"))
    quick.run()
    assert (quick.row().state, quick.row().prepared.taken) == ("unknown", "7")
