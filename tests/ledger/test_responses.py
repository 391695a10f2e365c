"""What came back is kept beside the deliveries, and no longer than it is there."""

from datetime import timedelta

import msgspec
import pytest

from crosspost.ledger import Ledger
from crosspost.ledger.responses import Out
from crosspost.model.response import Figures, Reply, Responses
from crosspost.testing.harness import Clock
from tests.ledger.rows import sent

YEAR = timedelta(days=365)


@pytest.fixture
def out(ledger: Ledger) -> Out:
    sent(ledger)
    (found,) = ledger.responses.out({"m"}, ledger.clock() - YEAR)
    return found


def reply(ledger: Ledger, number: str = "7", text: str = "Schön", **more: bool) -> Reply:
    return Reply(id=number, text=text, author="Ida", url="https://m.example/7", at=ledger.clock(), **more)


def told(*replies: Reply, whole: bool = True) -> Responses:
    return Responses(figures=Figures(likes=3), replies=replies, whole=whole)


def states(ledger: Ledger) -> dict[str, str]:
    return {one.reply.id: one.state for one in ledger.responses.said()}


def test_only_what_is_out_and_has_an_id_can_be_asked_about(ledger: Ledger, clock: Clock, out: Out) -> None:
    assert (out.post, out.account, out.receipt, out.asked_at) == ("beet", "m", "1", None)
    assert ledger.responses.out({"other"}, clock() - YEAR) == []
    assert ledger.responses.out({"m"}, clock() + timedelta(seconds=1)) == []


def test_figures_and_replies_are_kept_and_say_what_is_new(ledger: Ledger, out: Out) -> None:
    before = ledger.get(out.delivery)
    assert ledger.responses.keep(out, told(reply(ledger)), moderated=True) == 1
    assert ledger.responses.keep(out, told(reply(ledger), reply(ledger, "8")), moderated=True) == 1
    (row,) = ledger.responses.told()
    assert (row.figures, row.gone, row.error) == (Figures(likes=3), False, "")
    (first, _) = ledger.responses.said()
    assert first.reply == reply(ledger)
    assert ledger.get(out.delivery) == before, "the delivery is what it was"


def test_moderation_waits_but_not_for_ourselves(ledger: Ledger, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger), reply(ledger, "8", mine=True)), moderated=True)
    assert states(ledger) == {"7": "waiting", "8": "shown"}
    ledger.responses.keep(out, told(reply(ledger), reply(ledger, "9")), moderated=False)
    assert states(ledger) == {"7": "waiting", "9": "shown"}


def test_an_approved_reply_that_says_something_else_waits_again(ledger: Ledger, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=True)
    (one,) = ledger.responses.said()
    assert ledger.responses.decide([one.id, 99], "shown") == [99]
    ledger.responses.keep(out, told(reply(ledger)), moderated=True)
    assert states(ledger) == {"7": "shown"}
    ledger.responses.keep(out, told(reply(ledger, text="Kauft Uhren")), moderated=True)
    assert states(ledger) == {"7": "waiting"}


def test_what_is_deleted_there_goes_here_unless_the_list_was_cut(ledger: Ledger, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)
    ledger.responses.keep(out, told(whole=False), moderated=False)
    assert states(ledger) == {"7": "shown"}
    ledger.responses.keep(out, told(), moderated=False)
    assert states(ledger) == {}


def test_a_hidden_reply_stays_hidden_when_it_comes_back_and_leaves_no_word_meanwhile(ledger: Ledger, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)
    (one,) = ledger.responses.said()
    ledger.responses.decide([one.id], "hidden")
    for _ in range(2):  # it may be away for long
        ledger.responses.keep(out, told(), moderated=False)
    assert states(ledger) == {}
    ((text, author, url),) = ledger._database.rows("SELECT text, author, url FROM replies")
    assert (text, author, url) == ("", "", "")
    assert ledger.responses.decide([one.id], "shown") == [one.id], "nobody can show what is not there"
    assert ledger.responses.keep(out, told(reply(ledger)), moderated=False) == 0
    assert states(ledger) == {"7": "hidden"}


def test_parts_of_our_own_thread_are_no_replies(ledger: Ledger, clock: Clock) -> None:
    first = sent(ledger, parts=("zwei",))
    with ledger._database.transaction() as statements:
        statements.change("UPDATE deliveries SET receipt = '2', state = 'sent' WHERE part = 2")
    (out,) = ledger.responses.out({"m"}, clock() - YEAR)
    assert out.delivery == first.id
    ledger.responses.keep(out, told(reply(ledger, "2", mine=True), reply(ledger, "3")), moderated=True)
    assert states(ledger) == {"3": "waiting"}


def test_a_post_that_is_gone_is_gone_when_it_is_said_twice(ledger: Ledger, clock: Clock, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)

    def again() -> Out:
        (found,) = ledger.responses.out({"m"}, clock() - YEAR)
        return found

    ledger.responses.not_told(again(), "gone", gone=True)
    assert states(ledger) == {}, "it is not shown"
    clock.pass_by(hours=3)
    ledger.responses.not_told(again(), "gone", gone=True)
    ledger.responses.keep(again(), told(reply(ledger)), moderated=False)
    assert states(ledger) == {"7": "shown"}, "the server had a bad day"
    ledger.responses.not_told(again(), "gone", gone=True)
    clock.pass_by(hours=25)
    ledger.responses.not_told(again(), "gone", gone=True)
    assert ledger._database.rows("SELECT count(*) FROM replies") == [(0,)]


def test_trouble_leaves_what_is_known(ledger: Ledger, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)
    ledger.responses.not_told(out, "m: the server is down")
    (row,) = ledger.responses.told()
    assert (row.figures, row.error) == (Figures(likes=3), "m: the server is down")
    assert states(ledger) == {"7": "shown"}


def test_replies_are_forgotten_with_time_and_figures_stay(ledger: Ledger, clock: Clock, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)
    assert ledger.responses.forget(clock() - YEAR) == 0
    clock.pass_by(days=366)
    assert ledger.responses.forget(clock() - YEAR) == 1
    assert [row.figures for row in ledger.responses.told()] == [Figures(likes=3)]


def test_replies_to_what_was_taken_back_are_forgotten_at_once(ledger: Ledger, clock: Clock, out: Out) -> None:
    ledger.responses.keep(out, told(reply(ledger)), moderated=False)
    ledger.changes.taken_back(out.delivery, "another key")
    assert states(ledger) == {}
    assert ledger.responses.forget(clock() - YEAR) == 1


def test_a_reply_is_kept_as_it_is(ledger: Ledger, out: Out) -> None:
    whole = Reply(
        id="x", parent="1", url="https://a.example/x", text="a\nb", author="Ö", handle="@ö", author_url="https://a.example",
        at=ledger.clock(), public=False, mine=False,
    )  # fmt: skip
    ledger.responses.keep(out, told(whole), moderated=True)
    (one,) = ledger.responses.said(posts=["beet"], states=["waiting"])
    assert msgspec.json.encode(one.reply) == msgspec.json.encode(whole)
    assert ledger.responses.said(posts=["other"]) == []
