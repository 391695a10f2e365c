"""What a person decides about a delivery, and the parts of a thread that follow what is out."""

from datetime import timedelta

import pytest

from crosspost.ledger import CANCELLED, DECIDED, TAKEN_BACK, Delivery, Ledger
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, draft, frozen, planned, put, receipt, same, sent, stored

THREAD = {"reply_to": "7", "root": "5"}


def free(ledger: Ledger, row: Delivery) -> bool:
    kept = stored(ledger, row)
    return kept["lease"] is None and kept["lease_until"] is None


@pytest.mark.parametrize("state", ["before", "failed", "planned", "skipped"])
def test_a_person_has_it_tried_at_once(ledger: Ledger, clock: Clock, state: str) -> None:
    row = put(ledger, planned(ledger, due=timedelta(days=1)), state=state, tried_at=clock())
    other = planned(ledger, "other", due=timedelta(days=1))
    clock.pass_by(minutes=1)
    assert ledger.revive(row)
    row = ledger.get(row.id)
    assert (row.state, row.due_at, row.tried_at, row.updated_at) == ("planned", clock(), None, clock())
    assert same(ledger, other)


def test_a_person_says_that_it_is_out(ledger: Ledger, clock: Clock) -> None:
    first = clock()
    begun_one = ledger.hold(begun(ledger, "a"), "look there")
    never = ledger.hold(claimed(ledger, "b"), "look there")
    clock.pass_by(hours=1)
    row = ledger.decide(begun_one, "sent", "https://m.example/7", "7")
    assert (row.state, row.url, row.receipt, row.sent_at, row.error) == ("sent", "https://m.example/7", "7", first, "")
    row = ledger.decide(never, "sent")
    assert (row.url, row.receipt, row.sent_at) == ("", "", clock())


def test_a_person_says_that_it_is_not_out_so_it_is_worded_anew(ledger: Ledger, clock: Clock) -> None:
    held = ledger.begin(ledger.remember(frozen(ledger), {"media_0": "17"} | THREAD, uploaded=clock()))
    row = ledger.hold(held, "look there", why="a slot")
    clock.pass_by(hours=1)
    row = ledger.decide(row, "planned")
    assert (row.state, row.due_at, row.tried_at, row.publishing_at) == ("planned", clock(), None, None)
    assert (row.why, row.remote, row.error, row.url) == (DECIDED, THREAD, "", "")


def test_what_some_have_got_goes_to_the_others_in_the_same_words(ledger: Ledger, clock: Clock) -> None:
    journal = {"journal": {"a": "sent"}}
    row = ledger.hold(ledger.begin(frozen(ledger), journal), "look there", why="a slot")
    clock.pass_by(hours=1)
    row = ledger.decide(row, "planned")
    assert (row.due_at, row.tried_at, row.publishing_at, row.why) == (clock(), None, clock(), "a slot")
    assert row.remote == journal


def test_a_person_leaves_it(ledger: Ledger, clock: Clock) -> None:
    row = ledger.hold(begun(ledger), "look there", why="a slot")
    left = ledger.decide(put(ledger, row, lease="x", lease_until=clock()), "skipped")
    assert (left.state, left.error, left.why) == ("skipped", "", "a slot")
    assert (left.sent_at, left.receipt, left.publishing_at) == (None, "", row.publishing_at)
    assert free(ledger, left)


@pytest.mark.parametrize("again", [True, False])
def test_what_is_out_goes_on_for_one_recipient(ledger: Ledger, clock: Clock, again: bool) -> None:
    row, first = sent(ledger), clock()
    clock.pass_by(hours=1)
    now = ledger.decide_person(row, {"journal": {}}, again=again)
    assert now.remote == {"journal": {}}
    assert now.state == ("planned" if again else "sent")
    assert now.publishing_at == (clock() if again else first)
    assert now.due_at == (clock() if again else first)
    assert now.tried_at == (None if again else first)


def test_what_waits_keeps_waiting_when_one_recipient_is_settled(ledger: Ledger) -> None:
    row = ledger.hold(begun(ledger), "look there")
    now = ledger.decide_person(row, {"journal": {}}, again=True)
    assert (now.state, now.error, now.publishing_at) == ("held", "look there", row.publishing_at)


# ── threads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_part_is_planned_with_the_one_before(ledger: Ledger, clock: Clock) -> None:
    first = sent(ledger, parts=("zwei", "drei"))
    second = ledger.following(first)
    assert second is not None
    assert (second.post, second.account, second.network, second.part) == ("beet", "m", "mastodon", 2)
    assert (second.state, second.due_at, second.why) == ("planned", clock(), "part 2 of the thread")
    assert second.remote == {"reply_to": "1", "root": "1"}
    assert second.draft == draft("zwei", parts=("drei",))
    held = ledger.claim(second, "machine:1")
    assert held is not None
    second = ledger.sent(ledger.begin(held), receipt(ledger, "2"))
    third = ledger.following(second)
    assert third is not None
    assert (third.part, third.remote) == (3, {"reply_to": "2", "root": "1"})
    assert third.draft == draft("drei")


def test_nothing_follows_what_is_not_out_or_has_no_parts(ledger: Ledger) -> None:
    assert ledger.following(sent(ledger)) is None
    row = sent(ledger, "thread", parts=("zwei",))
    assert ledger.following(put(ledger, row, state="unknown")) is None
    assert ledger.following(put(ledger, row, state="sent", draft=None)) is None
    row = sent(ledger, "third", parts=("zwei",))
    part = ledger.following(row)
    assert part is not None
    for state in ("sending", "sent", "held", "failed"):
        put(ledger, part, state=state)
        assert ledger.following(row) is None
    assert ledger.following(sent(ledger, "other", parts=("zwei",))) is not None


def test_what_follows_is_of_the_same_post_and_account_and_due(ledger: Ledger, clock: Clock) -> None:
    rows = [sent(ledger, post, account, parts=("zwei",)) for post in ("a", "b") for account in ("m", "x")]
    for row in rows:
        following = ledger.following(row)
        assert following is not None
        assert (following.post, following.account) == (row.post, row.account)
        put(ledger, following, due_at=clock() + timedelta(seconds=1))
        assert ledger.following(row) is None


def test_a_part_there_already_is_left_alone(ledger: Ledger) -> None:
    first = sent(ledger, parts=("zwei",))
    second = ledger.following(first)
    assert second is not None
    second = put(ledger, second, state="sent", receipt="2")
    put(ledger, first, state="planned", lease=None)
    held = ledger.claim(ledger.get(first.id), "machine:1")
    assert held is not None
    ledger.sent(ledger.begin(held), receipt(ledger, "9"))
    assert same(ledger, second)


@pytest.mark.parametrize(("why", "planned_again"), [(TAKEN_BACK, True), (CANCELLED, False)])
def test_a_part_taken_back_with_its_thread_goes_with_it_again(ledger: Ledger, why: str, planned_again: bool) -> None:
    rows = [sent(ledger, post, parts=("zwei",)) for post in ("beet", "other")]
    seconds = [ledger.following(row) for row in rows]
    for second in seconds:
        assert second is not None
        put(ledger, second, state="skipped", why=why, handle="its own key")
    put(ledger, rows[0], state="planned")
    held = ledger.claim(ledger.get(rows[0].id), "machine:1")
    assert held is not None
    ledger.sent(ledger.begin(held), receipt(ledger, "9"))
    second, other = (next(row for row in ledger.deliveries(post=post) if row.part == 2) for post in ("beet", "other"))
    assert (second.state == "planned", second.handle) == (planned_again, "its own key")
    assert not planned_again or second.remote["reply_to"] == "9"
    assert other.state == "skipped"
