"""Which deliveries, posts and alerts are found, and in which order."""

from datetime import timedelta
from typing import Any

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import AccountState, Delivery, Ledger
from crosspost.ledger.database import moment
from crosspost.ledger.notices import Notice
from crosspost.model import Entry
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, draft, entry, frozen, planned, put, receipt, same, sent

WAITING = "waits for the digest"


# ── deliveries ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_delivery_has_nothing_but_its_plan(ledger: Ledger, clock: Clock) -> None:
    due = clock() + timedelta(hours=1)
    assert ledger.add([(entry(), "m", "mastodon", "planned", due, "the next slot")]) == 1
    (row,) = ledger.deliveries()
    assert (row.post, row.account, row.network, row.part, row.state) == ("beet", "m", "mastodon", 1, "planned")
    assert (row.due_at, row.why, row.attempts, row.updated_at) == (due, "the next slot", 0, clock())
    assert (row.draft, row.handle, row.remote, row.lease, row.receipt, row.url, row.error) == (None, "", {}, *[""] * 4)
    assert (row.tried_at, row.remote_at, row.publishing_at, row.sent_at) == (None,) * 4


def test_a_post_that_is_known_is_not_noted_anew(ledger: Ledger) -> None:
    planned(ledger)
    other = Entry(id="beet", path="elsewhere.md", url="https://a.example/other", title="Other")
    assert ledger.add([(other, "x", "x", "planned", ledger.clock(), "")]) == 1
    assert ledger.posts.known()["beet"].path == entry().path


def test_adding_nothing_adds_nothing(ledger: Ledger) -> None:
    assert ledger.add([]) == 0
    assert not ledger.posts.any()


def test_deliveries_are_found_by_what_they_are(ledger: Ledger, clock: Clock) -> None:
    rows = {(post, name): planned(ledger, post, name) for post in ("a", "b") for name in ("m", "x")}
    put(ledger, rows["b", "x"], state="sent", sent_at=clock())
    put(ledger, rows["b", "m"], state="held", sent_at=clock(), due_at=clock() + timedelta(seconds=1))

    def found(**wanted: Any) -> list[tuple[str, str]]:
        return [(row.post, row.account) for row in ledger.deliveries(**wanted)]

    assert found() == [("a", "m"), ("a", "x"), ("b", "x"), ("b", "m")]
    assert found(states=["sent", "held"]) == [("b", "x"), ("b", "m")]
    assert found(account="x") == [("a", "x"), ("b", "x")]
    assert found(post="b") == [("b", "x"), ("b", "m")]
    assert found(due=clock()) == [("a", "m"), ("a", "x"), ("b", "x")]
    assert found(due=clock() - timedelta(seconds=1)) == []
    assert found(sent_since=clock()) == [("b", "x")]
    assert found(sent_since=clock() + timedelta(seconds=1)) == []


def test_deliveries_due_together_keep_their_order(ledger: Ledger) -> None:
    for post in ("c", "a", "b"):
        planned(ledger, post)
    assert [row.post for row in ledger.deliveries()] == ["c", "a", "b"]


def test_an_account_has_begun_when_anything_is_or_may_be_out(ledger: Ledger) -> None:
    planned(ledger, "a")
    claimed(ledger, "b")
    sent(ledger, "c", "x")
    assert not ledger.began("m")
    assert ledger.began("x")
    doubted = begun(ledger, "d")
    assert ledger.began("m")
    put(ledger, doubted, publishing_at=None, state="sent")
    assert ledger.began("m"), "a person said that it is out"


def test_when_an_account_spoke_and_will_speak(ledger: Ledger, clock: Clock) -> None:
    first = clock()
    sent(ledger, "a", parts=("zwei",))
    clock.pass_by(days=1)
    doubted = clock()
    begun(ledger, "b")
    ledger.hold(begun(ledger, "c"), "look there")
    put(ledger, begun(ledger, "d"), state="unknown")
    ledger.failed(begun(ledger, "e"), "refused")
    planned(ledger, "f", due=timedelta(hours=1))
    sent(ledger, "a", "x")
    planned(ledger, "f", "x")
    due = doubted + timedelta(hours=1)
    assert sorted(ledger.moments("m", planned=False)) == [first, doubted, doubted, doubted]
    assert sorted(ledger.moments("m", planned=True)) == [first, doubted, doubted, doubted, due]
    clock.now = first + timedelta(days=35)
    assert sorted(ledger.moments("m", planned=False)) == [doubted] * 3, "what is longer ago does not count"


def test_when_it_went_out_counts_not_when_it_was_begun(ledger: Ledger, clock: Clock) -> None:
    row = begun(ledger)
    clock.pass_by(minutes=3)
    ledger.sent(row, receipt(ledger))
    assert ledger.moments("m", planned=False) == [clock()]


def test_what_waits_for_a_digest_is_gathered_into_it(ledger: Ledger, clock: Clock) -> None:
    end = clock() + timedelta(seconds=1)
    members = [planned(ledger, post, state="skipped", why=WAITING) for post in ("a", "b")]
    others = [
        planned(ledger, "c", state="skipped", why=WAITING, due=timedelta(seconds=1)),
        planned(ledger, "d", state="skipped", why="no"),
        planned(ledger, "e", state="held", why=WAITING),
        planned(ledger, "a", "x", state="skipped", why=WAITING),
    ]
    assert ledger.waiting("m", WAITING, end)
    assert ledger.gather("m", WAITING, end, into="digest/m/1") == 2
    assert [ledger.get(row.id).why for row in members] == ["digest/m/1"] * 2
    assert same(ledger, *others)
    assert not ledger.waiting("m", WAITING, end)
    assert ledger.waiting("m", WAITING, end + timedelta(seconds=1))


def test_deliveries_are_counted_by_account_and_state(ledger: Ledger) -> None:
    for post in ("a", "b"):
        planned(ledger, post)
    sent(ledger, "c")
    sent(ledger, "c", "x")
    assert ledger.counts() == {("m", "planned"): 2, ("m", "sent"): 1, ("x", "sent"): 1}


# ── what is out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_out_newest_first(ledger: Ledger, clock: Clock) -> None:
    a = sent(ledger, "a")
    clock.pass_by(minutes=1)
    b, c = sent(ledger, "b", "x"), ledger.sent(begun(ledger, "c"), receipt(ledger, "3", "one", "two"))
    begun(ledger, "d")
    put(ledger, sent(ledger, "e"), state="unknown")
    put(ledger, sent(ledger, "f"), sent_at=None)
    history = ledger.history

    def ids(**wanted: Any) -> list[int]:
        return [one.id for one in history.out(**wanted)]

    assert ids() == [c.id, b.id, a.id]
    assert ids(accounts=["m"]) == [c.id, a.id]
    assert ids(accounts=["m", "x"], post="b") == [b.id]
    assert ids(since=clock()) == [c.id, b.id]
    assert ids(limit=1) == [c.id]
    assert ids(noted=True) == [c.id]
    (one,) = history.out(post="c")
    assert (one.post, one.title, one.account, one.network, one.part) == ("c", "C", "m", "mastodon", 1)
    assert (one.url, one.sent_at, one.notes) == ("https://m.example/3", clock(), "one; two")


def test_titles_of_many_posts(ledger: Ledger) -> None:
    entries = [Entry(id=f"p{n}", path="p", url=f"u{n}", title=f"Post {n}") for n in range(1200)]
    ledger.add((one, "m", "mastodon", "before", ledger.clock(), "") for one in entries)
    assert ledger.history.titles([one.id for one in entries[:-1]]) == {one.id: one.title for one in entries[:-1]}
    assert ledger.history.titles(["nobody"]) == {}


def test_where_each_post_is(ledger: Ledger) -> None:
    sent(ledger, "a", parts=("zwei",))
    planned(ledger, "a", "x")
    planned(ledger, "b")
    assert ledger.history.links() == {
        "a": [("m", "sent", "https://m.example/1"), ("x", "planned", "")],
        "b": [("m", "planned", "")],
    }


def test_where_the_posts_of_the_site_can_be_seen(ledger: Ledger, clock: Clock) -> None:
    first = clock()
    thread = sent(ledger, "b", parts=("zwei",))
    clock.pass_by(minutes=1)
    later, other = sent(ledger, "b", "x"), put(ledger, sent(ledger, "a", "x"), receipt=None)
    put(ledger, sent(ledger, "c"), url="at://did/1")
    put(ledger, sent(ledger, "d"), state="unknown")
    put(ledger, sent(ledger, "e"), sent_at=None)
    sent(ledger, "gone")
    ledger.posts.gone(["gone"])
    found = list(ledger.history.addresses())
    assert [(one.post, one.account) for one in found] == [("a", "x"), ("b", "m"), ("b", "x")]
    assert [one.sent_at for one in found] == [clock(), first, clock()]
    assert [one.receipt for one in found] == ["", thread.receipt, later.receipt]
    assert (found[0].path, found[0].page) == ("_posts/a.md", "https://a.example/a")
    assert (found[0].network, found[0].url) == ("mastodon", other.url)


def test_whether_anything_is_new_shows_in_the_last_moments(ledger: Ledger, clock: Clock) -> None:
    assert ledger.history.newest() == ("", "")
    planned(ledger)
    (nothing, seen) = ledger.history.newest()
    assert (nothing, moment(seen)) == ("", clock())
    clock.pass_by(minutes=1)
    sent(ledger, "a")
    clock.pass_by(minutes=1)
    planned(ledger, "b")
    (last, seen) = ledger.history.newest()
    assert (moment(last), moment(seen)) == (clock() - timedelta(minutes=1), clock())


def test_mails_whose_recipients_are_in_doubt(ledger: Ledger) -> None:
    journal = {"journal": {"a": "sent"}}

    def made(post: str, remote: dict[str, Any], account: str = "m", **values: Any) -> Delivery:
        return put(ledger, planned(ledger, post, account), remote=remote, **{"state": "sent"} | values)

    doubted = made("a", journal | {"doubt": ["b"], "open": ""})
    under_way = made("b", journal | {"doubt": [], "open": "c"}, state="held")
    made("c", journal | {"doubt": [], "open": ""})
    made("d", {"doubt": ["b"], "open": "c"})
    made("e", journal | {"doubt": ["b"], "open": ""}, state="sending")
    other = made("f", journal | {"doubt": ["b"], "open": ""}, "x")
    assert ledger.history.with_journals(["m"]) == [doubted, under_way]
    assert ledger.history.with_journals(["m", "x"]) == [doubted, under_way, other]
    assert ledger.history.with_journals([]) == []


# ── alerts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_alert_keeps_its_times_and_gets_the_newest_sentence(ledger: Ledger, clock: Clock) -> None:
    first = clock()
    ledger.notices.note({"b": "eins", "c": "drei"})
    ledger.notices.mark_told(["b"])
    clock.pass_by(minutes=-5)
    ledger.notices.note({"b": "zwei", "a": "null"})
    assert ledger.notices.standing() == [
        Notice(alert="a", said="null", since=clock()),
        Notice(alert="b", said="zwei", since=first, told_at=first),
        Notice(alert="c", said="drei", since=first),
    ]
    ledger.notices.forget(["b"])
    assert [one.alert for one in ledger.notices.standing()] == ["a", "c"]


def test_nothing_new_to_tell_changes_nothing(ledger: Ledger) -> None:
    ledger.notices.note({"a": "eins"})
    before = ledger.notices.standing()
    ledger.notices.note({})
    ledger.notices.mark_told([])
    ledger.notices.forget([])
    assert ledger.notices.standing() == before


def test_when_anything_went_out_last(ledger: Ledger, clock: Clock) -> None:
    planned(ledger, "c")
    assert ledger.notices.last_sent() is None
    sent(ledger, "a")
    clock.pass_by(minutes=1)
    last = clock()
    sent(ledger, "b", "x")
    clock.pass_by(minutes=1)
    begun(ledger, "d")
    assert ledger.notices.last_sent() == last


@pytest.mark.parametrize("damage", ["{", '{"text": 5}', "[]"])
def test_a_delivery_that_cannot_be_read_is_named(ledger: Ledger, damage: str) -> None:
    row = begun(ledger)
    assert row.draft == draft()
    with pytest.raises(LedgerError, match=rf"damaged: delivery {row.id} \(beet to m\) cannot be read \(.*rebuild`"):
        put(ledger, row, draft=damage)


@pytest.mark.parametrize(("state", "counts"), [
    ("sent", True), ("sending", True), ("unknown", True), ("held", True), ("planned", False), ("failed", False),
])  # fmt: skip
def test_what_an_account_has_said_lately_or_may_have(ledger: Ledger, clock: Clock, state: str, counts: bool) -> None:
    old = put(ledger, begun(ledger, "old"), state=state)
    put(ledger, begun(ledger, "theirs", "x"), state=state)
    put(ledger, frozen(ledger, "not begun"), state=state)
    put(ledger, begun(ledger, "no words"), state=state, draft=None)
    clock.pass_by(days=35)
    row = put(ledger, begun(ledger, "new"), state=state)
    assert ledger.said("m") == ([row] if counts else [])
    clock.pass_by(seconds=-1)
    assert ledger.said("m") == ([old, row] if counts else []), "35 days ago"


@pytest.mark.parametrize(("seconds", "rests"), [(None, False), (-1, False), (0, False), (1, True)])
def test_an_account_rests_until_its_pause_is_over(clock: Clock, seconds: int | None, rests: bool) -> None:
    until = None if seconds is None else clock() + timedelta(seconds=seconds)
    assert AccountState(name="m", paused_until=until).rests(clock()) == rests
