"""What each step in the life of a delivery writes down, and what it leaves as it was."""

from datetime import timedelta

import pytest

from crosspost.ledger import Delivery, LeaseLostError, Ledger
from crosspost.ledger.facts import Count
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, draft, frozen, planned, put, receipt, same, stored

THREAD = {"reply_to": "7", "root": "5"}


def free(ledger: Ledger, row: Delivery) -> bool:
    kept = stored(ledger, row)
    return kept["lease"] is None and kept["lease_until"] is None


# ── a worker takes it ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_claims_it_has_it_for_a_quarter_of_an_hour(ledger: Ledger, clock: Clock) -> None:
    row, other = planned(ledger), planned(ledger, "other")
    clock.pass_by(minutes=1)
    held = ledger.claim(row, "machine:1")
    assert held is not None
    assert (held.id, held.state, held.attempts, held.tried_at) == (row.id, "sending", 1, clock())
    assert held.lease.startswith("machine:1/")
    assert stored(ledger, held)["lease_until"] == clock() + timedelta(minutes=15)
    assert held.updated_at == clock()
    assert same(ledger, other)


def test_two_claims_by_one_owner_are_two(ledger: Ledger) -> None:
    """An earlier run of the same process number must not write into a later one's row."""
    first = claimed(ledger)
    ledger.again(first, "", ledger.clock())
    second = ledger.claim(ledger.get(first.id), "machine:1")
    assert second is not None
    assert first.lease != second.lease


@pytest.mark.parametrize("state", ["before", "sending", "sent", "failed", "unknown", "held", "skipped"])
def test_only_what_is_planned_is_claimed(ledger: Ledger, state: str) -> None:
    row = put(ledger, planned(ledger), state=state)
    ledger.present = lambda: pytest.fail("nothing was claimed")
    assert ledger.claim(row, "machine:1") is None
    assert same(ledger, row)


@pytest.mark.parametrize(
    ("kind", "state", "goes"),
    [("delete", "planned", False), ("delete", "asked", True), ("delete", "done", True), ("edit", "planned", True)],
)
def test_what_is_to_be_taken_back_does_not_go_out(ledger: Ledger, kind: str, state: str, goes: bool) -> None:
    row, other = planned(ledger), planned(ledger, "other")
    ledger.changes.put(row.id, kind, state)  # type: ignore[arg-type]
    assert (ledger.claim(row, "machine:1") is not None) == goes
    assert ledger.claim(other, "machine:1") is not None


def test_a_claim_says_that_this_machine_is_at_work(ledger: Ledger) -> None:
    told: list[str] = []
    ledger.present = lambda: told.append(ledger.deliveries()[0].state)
    claimed(ledger)
    assert told == ["sending"]


def test_the_first_attempt_counts_not_the_waiting_before_it(ledger: Ledger, clock: Clock) -> None:
    ledger.wait(planned(ledger), clock(), "waits for its page")
    clock.pass_by(hours=3)
    first = clock()
    held = ledger.claim(ledger.deliveries()[0], "machine:1")
    assert held is not None
    assert held.tried_at == first
    ledger.again(held, "no route", clock())
    clock.pass_by(hours=3)
    held = ledger.claim(ledger.deliveries()[0], "machine:1")
    assert held is not None
    assert (held.attempts, held.tried_at) == (2, first)


def test_after_a_person_had_it_tried_anew_the_time_counts_anew(ledger: Ledger, clock: Clock) -> None:
    ledger.failed(claimed(ledger), "given up")
    clock.pass_by(days=3)
    assert ledger.revive(ledger.deliveries()[0])
    held = ledger.claim(ledger.deliveries()[0], "machine:1")
    assert held is not None
    assert (held.attempts, held.tried_at) == (2, clock())


# ── what it prepares and sends ────────────────────────────────────────────────────────────────────────────────────────


def test_another_text_forgets_uploads_and_their_time(ledger: Ledger, clock: Clock) -> None:
    held = ledger.remember(frozen(ledger), {"media_0": "17"}, uploaded=clock())
    clock.pass_by(minutes=1)
    assert ledger.freeze(held, held.draft or draft(), "another key").remote_at == clock() - timedelta(minutes=1)
    held = ledger.freeze(held, draft("anders"), "a third")
    assert (held.draft, held.handle, held.remote, held.remote_at) == (draft("anders"), "a third", {}, None)


@pytest.mark.parametrize("counts", [True, False])
def test_what_was_uploaded_is_remembered_with_its_time(ledger: Ledger, clock: Clock, counts: bool) -> None:
    marked: list[Count] = []
    ledger.mark = marked.append
    held, uploaded = frozen(ledger), clock() - timedelta(minutes=3)
    clock.pass_by(minutes=10)
    held = ledger.remember(held, {"media_0": "17"}, uploaded=uploaded, counts=counts)
    assert stored(ledger, held)["lease_until"] == clock() + timedelta(minutes=15), "whoever goes on keeps it"
    assert free(ledger, ledger.rekey(ledger.doubt(begun(ledger, "other"), "lost", clock()), "a new key"))
    marked.pop()
    assert (held.remote, held.remote_at) == ({"media_0": "17"}, uploaded)
    assert marked == ([Count(number=1, at=clock())] if counts else [])
    assert held.publishing_at is None


def test_each_irreversible_request_is_counted_before_it_begins(ledger: Ledger, clock: Clock) -> None:
    marked: list[Count] = []
    ledger.mark = marked.append
    held = ledger.remember(frozen(ledger), {"media_0": "17"}, uploaded=clock())
    clock.pass_by(minutes=1)
    held = ledger.begin(held)
    assert (held.publishing_at, held.remote, held.updated_at) == (clock(), {"media_0": "17"}, clock())
    assert ledger.begin(held, {"container": "9"}).remote == {"container": "9"}
    assert [count.number for count in marked] == [1, 2]


def test_a_success_is_kept_with_all_the_network_said(ledger: Ledger, clock: Clock) -> None:
    held = begun(ledger)
    clock.pass_by(minutes=1)
    row = ledger.sent(held, receipt(ledger, "7", "one", "two"))
    assert (row.state, row.receipt, row.url, row.sent_at) == ("sent", "7", "https://m.example/7", clock())
    assert row.error == "one; two"
    assert free(ledger, row)


@pytest.mark.parametrize("state", ["unknown", "held", "planned"])
def test_an_answer_that_comes_after_the_lease_ended_still_counts(ledger: Ledger, state: str) -> None:
    held = begun(ledger)
    put(ledger, held, state=state, lease=None, lease_until=None)
    assert ledger.sent(held, receipt(ledger)).state == "sent"


def test_an_answer_to_an_earlier_attempt_is_not_that_of_the_next(ledger: Ledger, clock: Clock) -> None:
    held = begun(ledger)
    clock.pass_by(minutes=20)
    put(ledger, held, state="unknown", lease=None, lease_until=None, publishing_at=clock())
    with pytest.raises(LeaseLostError, match="the delivery of beet to m was taken over by another run"):
        ledger.sent(held, receipt(ledger))
    assert ledger.get(held.id).state == "unknown"


def test_an_answer_without_a_request_is_that_of_nothing(ledger: Ledger) -> None:
    held = frozen(ledger)
    put(ledger, held, state="planned", lease=None, lease_until=None)
    with pytest.raises(LeaseLostError):
        ledger.sent(held, receipt(ledger))


@pytest.mark.parametrize("state", ["failed", "skipped", "sending"])
def test_an_answer_does_not_undo_what_was_decided_meanwhile(ledger: Ledger, state: str) -> None:
    held = begun(ledger)
    put(ledger, held, state=state, lease="another:1/x")
    with pytest.raises(LeaseLostError):
        ledger.sent(held, receipt(ledger))


def test_what_is_found_without_an_attempt_is_kept_as_if_there_had_been_one(ledger: Ledger) -> None:
    row = put(ledger, planned(ledger), error="no route", lease="x", lease_until=ledger.clock())
    found = ledger.recognise(ledger.get(row.id), draft("eins", parts=("zwei",)), "key", receipt(ledger, "7"))
    assert (found.state, found.handle, found.receipt, found.url) == ("sent", "key", "7", "https://m.example/7")
    assert (found.sent_at, found.error) == (ledger.clock(), "")
    assert found.draft == draft("eins", parts=("zwei",))
    assert free(ledger, found)
    assert [row.part for row in ledger.deliveries()] == [1, 2], "the thread goes on"


def test_another_key_leaves_behind_all_but_the_thread(ledger: Ledger, clock: Clock) -> None:
    held = ledger.remember(frozen(ledger), {"media_0": "17"} | THREAD, uploaded=clock())
    held = ledger.rekey(held, "another key")
    assert (held.handle, held.remote, held.remote_at, held.state) == ("another key", THREAD, None, "sending")
    assert held.draft == draft()


# ── how it ends ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("certain", [True, False])
def test_it_is_planned_again_and_a_doubt_stays(ledger: Ledger, clock: Clock, certain: bool) -> None:
    held, later = begun(ledger), clock() + timedelta(minutes=5)
    row = ledger.again(held, "no route", later, certain=certain)
    assert (row.state, row.error, row.due_at) == ("planned", "no route", later)
    assert (row.publishing_at is None) == certain
    assert free(ledger, row)


def test_planned_again_is_certainly_not_out_unless_said_otherwise(ledger: Ledger, clock: Clock) -> None:
    assert ledger.again(begun(ledger), "no route", clock()).publishing_at is None


def test_how_an_attempt_ends_is_written_down_and_frees_it(ledger: Ledger, clock: Clock) -> None:
    later = clock() + timedelta(minutes=5)
    failed = ledger.failed(begun(ledger, "a"), "not allowed")
    doubted = ledger.doubt(begun(ledger, "b"), "no answer", later)
    held = ledger.hold(put(ledger, begun(ledger, "c"), why="a slot"), "look there")
    named = ledger.hold(begun(ledger, "d"), "look there", why="a picture")
    assert (failed.state, failed.error) == ("failed", "not allowed")
    assert (doubted.state, doubted.error, doubted.due_at) == ("unknown", "no answer", later)
    assert (held.state, held.error, held.why) == ("held", "look there", "a slot")
    assert (named.state, named.why) == ("held", "a picture")
    assert all(row.publishing_at for row in (failed, doubted, held, named))
    assert all(free(ledger, row) for row in (failed, doubted, held, named))


def test_what_waits_stays_planned_and_keeps_since_when(ledger: Ledger, clock: Clock) -> None:
    first, later = clock(), clock() + timedelta(minutes=5)
    row = ledger.wait(planned(ledger), later, "waits for its page", error="for long now")
    assert (row.state, row.due_at, row.why, row.error) == ("planned", later, "waits for its page", "for long now")
    clock.pass_by(minutes=5)
    row = ledger.wait(row, later, "still")
    assert (row.tried_at, row.why, row.error) == (first, "still", "")


def test_what_is_skipped_says_why(ledger: Ledger) -> None:
    row = ledger.skip(planned(ledger), "too late")
    assert (row.state, row.why) == ("skipped", "too late")


def test_only_who_holds_it_writes(ledger: Ledger) -> None:
    held = claimed(ledger)
    strange = put(ledger, held, lease="machine:2/x")
    with pytest.raises(LeaseLostError):
        ledger.failed(held, "")
    ledger.failed(strange, "")
    with pytest.raises(LeaseLostError):
        ledger.failed(strange, "once more")


# ── a worker is gone ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("passed", "ends"),
    [({"minutes": 15}, False), ({"minutes": 15, "seconds": 1}, True), ({"minutes": -5}, False), ({"hours": -2}, True)],
)
def test_another_machines_lease_ends_by_the_clock(
    ledger: Ledger, clock: Clock, passed: dict[str, float], ends: bool
) -> None:
    """One that lasts longer than any was written by a wrong clock, and would last for ever."""
    held, other = claimed(ledger), planned(ledger, "other")
    clock.pass_by(**passed)
    assert ledger.orphaned("another") == int(ends)
    row = ledger.get(held.id)
    assert (row.state == "unknown") == ends
    if ends:
        assert (row.error, row.due_at, row.updated_at) == ("crosspost was interrupted here", clock(), clock())
        assert free(ledger, row)
    assert same(ledger, other)


def test_only_what_is_under_way_is_orphaned(ledger: Ledger, clock: Clock) -> None:
    put(ledger, planned(ledger), state="sent", lease="machine:1/x", lease_until=clock() - timedelta(days=1))
    assert ledger.orphaned("machine") == 0


def test_what_a_person_overtook_waits_as_if_it_was_never_claimed(ledger: Ledger, clock: Clock) -> None:
    row, other = planned(ledger), planned(ledger, "other")
    held = ledger.claim(row, "machine:1")
    assert held is not None
    back = ledger.give_back(held, clock() + timedelta(hours=2), "waits for approval")
    assert (back.state, back.due_at, back.why) == ("planned", clock() + timedelta(hours=2), "waits for approval")
    assert back.attempts == row.attempts
    assert free(ledger, back)
    assert same(ledger, other)
    with pytest.raises(LeaseLostError):
        ledger.give_back(held, clock(), "once more")


def test_what_was_turned_down_is_begun_anew_by_whoever_tries_it_again(ledger: Ledger, clock: Clock) -> None:
    row = ledger.remember(begun(ledger), {**THREAD, "media_0": "1", "taken": "9"}, uploaded=clock())
    down = ledger.turned_down(row, "not allowed")
    assert (down.state, down.error, down.publishing_at) == ("failed", "not allowed", None)
    assert (down.remote, down.remote_at, down.draft, down.handle) == (THREAD, None, row.draft, row.handle)
    assert free(ledger, down)
    assert down == ledger.get(row.id)


@pytest.mark.parametrize("parts", [(), ("zwei",)], ids=["a post", "a thread"])
def test_what_is_known_by_then_is_kept_with_a_success(ledger: Ledger, parts: tuple[str, ...]) -> None:
    """The facts, and what a thread goes on with, in one transaction."""
    ledger.keep_fact("old", "1")
    ledger.sent(begun(ledger, parts=parts), receipt(ledger), {"limits:m": "[]", "old": "", "clock:m": "5"})
    assert {name: ledger.fact(name) for name in ("limits:m", "old", "clock:m")} == {
        "limits:m": "[]",
        "old": "",
        "clock:m": "5",
    }
    assert [row.part for row in ledger.deliveries()] == [1, 2][: 1 + len(parts)]
