"""What is known of this machine's clock and the servers', and what that means for the age of an attempt."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from crosspost.delivery import clock_skew, reconcile
from crosspost.errors import NotSent, Unknown
from crosspost.ledger import Delivery
from tests.delivery.scripted import Quick

HOUR = timedelta(hours=1)


@pytest.fixture
def row(quick: Quick) -> Delivery:
    """An attempt nobody knows the end of."""
    quick.network.lost_answer()
    quick.network.next("find", NotSent("a: no route"))
    quick.run()
    return msgspec.structs.replace(quick.row(), remote={})


def ahead(quick: Quick, seconds: float | None) -> None:
    """What the server's last answer said about our clock."""
    quick.network.session.ahead = None if seconds is None else timedelta(seconds=seconds)  # type: ignore[misc]


def with_remote(row: Delivery, **remote: Any) -> Delivery:
    return msgspec.structs.replace(row, remote=remote)


# ── what is written down before a request ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("seconds", "kept"), [(0, 0), (119, 0), (-119, 0), (120, 120), (-120, -120), (7200.9, 7200)])
def test_how_far_our_clock_is_ahead_is_written_down_also_when_it_is_right(
    quick: Quick, row: Delivery, seconds: float, kept: int
) -> None:
    ahead(quick, seconds)
    quick.ledger.keep_fact("clock:a", "999")
    old = with_remote(row, media_0="7", clock_ahead=5, clock_ahead_last=6, began_before=True)
    assert clock_skew.noted(old, quick.network, quick.ledger) == {"media_0": "7", "clock_ahead": kept}


@pytest.mark.parametrize(("fact", "kept"), [("", 0), ("-3600", -3600)])
def test_before_the_server_has_told_its_time_the_last_one_known_is_written_down(
    quick: Quick, row: Delivery, fact: str, kept: int
) -> None:
    quick.ledger.keep_fact("clock:a", fact)
    quick.ledger.keep_fact("clock:b", "17")
    old = with_remote(row, media_0="7", clock_ahead=5)
    assert clock_skew.noted(old, quick.network, quick.ledger) == {"media_0": "7", "clock_ahead_last": kept}


@pytest.mark.parametrize(
    ("now", "remote", "moves"),
    [
        (None, {"clock_ahead": 3600}, [0]),
        (None, {"clock_ahead_last": 3600}, [0]),
        (0, {"clock_ahead": 0}, [0]),
        (7200, {"clock_ahead": 3600}, [3600]),
        (-7200, {"clock_ahead": 3600}, [-10800]),
        (3719, {"clock_ahead": 3600}, [0]),
        (3720, {"clock_ahead": 3600}, [120]),
        (7200, {}, [0, 7200]),
        (7200, {"clock_ahead_last": 3600}, [0, 3600]),
        (3700, {"clock_ahead_last": 3600}, [0, 0]),
    ],
)
def test_by_how_much_our_clock_was_set_since(
    quick: Quick, row: Delivery, now: float | None, remote: dict[str, int], moves: list[int]
) -> None:
    ahead(quick, now)
    found = clock_skew.moves(with_remote(row, **remote), quick.network, ask=False)
    assert found == tuple(timedelta(seconds=one) for one in moves)


@pytest.mark.parametrize("ask", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_the_server_is_asked_for_its_time_only_when_it_must_be(
    quick: Quick, row: Delivery, ask: bool, known: bool
) -> None:
    ahead(quick, 7200 if known else None)
    quick.network.next("connect", lambda: ahead(quick, 3600))
    found = clock_skew.moves(with_remote(row, clock_ahead=0), quick.network, ask=ask)
    assert found == (timedelta(seconds=7200 if known else 3600 if ask else 0),)


def test_what_a_wrong_clock_wrote_is_begun_now_as_far_as_anybody_knows(quick: Quick, row: Delivery) -> None:
    ahead(quick, 3600)
    quick.later(minutes=5)
    now = clock_skew.undated(quick.row(), quick.network, quick.ledger)
    assert now.publishing_at == quick.clock()
    assert now.remote["clock_ahead"] == 3600
    assert clock_skew.is_undated(now)
    assert not clock_skew.is_undated(row)


@pytest.mark.parametrize(
    ("remote", "wrong"),
    [
        ({}, False),
        ({"clock_ahead": 0}, False),
        ({"clock_ahead": -300}, True),
        ({"clock_ahead_last": 300}, True),
        ({"clock_ahead_last": 0}, False),
    ],
)
def test_a_clock_was_wrong_when_it_was_written_down_as_wrong(
    row: Delivery, remote: dict[str, int], wrong: bool
) -> None:
    assert clock_skew.was_wrong(with_remote(row, **remote)) == wrong


# ── what a person is told ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_clock_is_remembered_until_it_is_right(quick: Quick) -> None:
    told = []
    for seconds in (119, 600, 700, None, 900, 901, 0, 0):
        ahead(quick, seconds)
        clock_skew.remember(quick.network, quick.ledger)
        told.append(quick.ledger.fact("clock:a"))
    assert told == ["", "600", "600", "600", "900", "900", "", ""]


@pytest.mark.parametrize(
    ("heard", "kept"), [((3600, 3900, 4199), 3900), ((3600, 3300, 2999), 2999), ((3600, 3301), 3600)]
)
def test_it_is_told_anew_when_it_changed_by_five_minutes(quick: Quick, heard: tuple[int, ...], kept: int) -> None:
    for seconds in heard:
        ahead(quick, seconds)
        clock_skew.remember(quick.network, quick.ledger)
    assert quick.ledger.fact("clock:a") == str(kept)


def test_what_is_said_about_this_machines_clock(quick: Quick) -> None:
    ledger = quick.ledger
    assert clock_skew.said(["a", "b", "c"], ledger) == ""
    ledger.keep_fact("clock:a", "130")
    assert clock_skew.said(["a", "b", "c"], ledger) == "this machine's clock is 2 minutes ahead of that of a"
    ledger.keep_fact("clock:c", "-7300")
    assert clock_skew.said(["a", "b", "c"], ledger) == "this machine's clock is 2 hours behind that of a, c"
    assert clock_skew.said(["a", "b"], ledger) == "this machine's clock is 2 minutes ahead of that of a"
    assert clock_skew.said(["b"], ledger) == ""


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (119, "1 minute"),
        (120, "2 minutes"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (86399, "23 hours"),
        (86400, "1 day"),
        (172800, "2 days"),
    ],
)
def test_a_time_as_a_person_says_it(seconds: float, said: str) -> None:
    assert clock_skew.span(timedelta(seconds=seconds)) == said


# ── how old an attempt is ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("passed", "now", "remote", "least", "most"),
    [
        (10, None, {}, 10, 10),
        (10, 0, {"clock_ahead": 0}, 10, 10),
        (70, 3600, {"clock_ahead": 0}, 10, 10),
        (-50, -3600, {"clock_ahead": 0}, 10, 10),
        (70, 3600, {}, 0, 70),
        (70, 3600, {"clock_ahead_last": 1800}, 0, 70),
        (70, 3600, {"looked_for_at": "2026-11-22T12:04:00+00:00"}, 6, 70),
        (70, 3600, {"looked_for_at": "2026-11-22T11:00:00+00:00"}, 10, 70),
        (70, 3600, {"looked_for_at": "2026-11-22T13:00:00+00:00"}, 0, 70),
        (70, 3600, {"looked_for_at": "2026-11-22T13:00:00+00:00", "clock_ahead": 3600}, 70, 70),
        (-4, None, {}, 0, 0),
        (-5, None, {}, 0, 30 * 24 * 60),
        (-60, 3600, {}, 0, 30 * 24 * 60),
        (-60, -7200, {}, 0, 60),
        (10, None, {"began_before": True}, 10, 30 * 24 * 60),
        (40 * 24 * 60, None, {"began_before": True}, 40 * 24 * 60, 40 * 24 * 60),
    ],
)
def test_the_age_of_an_attempt_whatever_was_done_to_our_clock(
    quick: Quick, row: Delivery, passed: int, now: float | None, remote: dict[str, Any], least: int, most: int
) -> None:
    """In minutes; a moment still to come was written by a wrong clock, so it may have been any time lately."""
    assert row.publishing_at is not None
    moment = row.publishing_at + timedelta(minutes=passed)
    ahead(quick, now)
    found = reconcile.age(with_remote(row, **remote), quick.network, moment)
    assert found == (timedelta(minutes=least), timedelta(minutes=most))
    began = reconcile.began(with_remote(row, **remote), quick.network, moment)
    assert began == moment - timedelta(minutes=most)


@pytest.mark.parametrize(("was_wrong", "asked"), [(3600, True), (0, False)])
def test_who_looks_asks_for_the_time_where_the_clock_was_wrong(
    quick: Quick, row: Delivery, was_wrong: int, asked: bool
) -> None:
    assert row.publishing_at is not None
    ahead(quick, None)
    quick.network.next("connect", lambda: ahead(quick, 0))
    moment = row.publishing_at - HOUR + timedelta(minutes=10)
    began = reconcile.began(with_remote(row, clock_ahead=was_wrong), quick.network, moment)
    assert (quick.network.session.ahead is not None) == asked
    assert began == moment - (timedelta(minutes=10) if asked else timedelta(days=30))


@pytest.mark.parametrize(("window", "passed", "safe"), [(3600, 3599, True), (3600, 3600, False), (0, 0, False)])
def test_a_networks_guard_lasts_so_long_from_the_first_request(
    quick: Quick, row: Delivery, window: int, passed: int, safe: bool
) -> None:
    assert row.publishing_at is not None
    quick.network.abilities = msgspec.structs.replace(quick.network.abilities, idempotent_for=window)  # type: ignore[misc]
    moment = row.publishing_at + timedelta(seconds=passed)
    assert reconcile.guarded(row, quick.network, moment) == safe
    assert not reconcile.guarded(msgspec.structs.replace(row, publishing_at=None), quick.network, moment)


def test_whether_it_is_guarded_counts_the_oldest_it_may_be(quick: Quick, row: Delivery) -> None:
    assert row.publishing_at is not None
    quick.network.abilities = msgspec.structs.replace(quick.network.abilities, idempotent_for=3600)  # type: ignore[misc]
    quick.network.next("connect", lambda: ahead(quick, -3600))
    moment = row.publishing_at + timedelta(minutes=10)
    assert not reconcile.guarded(row, quick.network, moment), "our clock may have been put back by an hour"


def test_with_a_clock_that_was_behind_and_is_right_again_absence_is_not_proved_at_once(quick: Quick) -> None:
    """The post is there, and its request seems to be two hours old."""
    quick.run()  # who we are is known from now on, so that nothing is asked before the next request
    quick.write("hof")
    quick.later(hours=-2)
    quick.network.lost_answer()
    quick.network.next("find", NotSent("a: no route"))
    quick.run()
    assert quick.row("hof").remote["clock_ahead_last"] == 0
    quick.later(hours=2)
    ahead(quick, 0)
    out = list(quick.network.out)
    quick.network.out.clear()  # the server does not show it yet
    quick.ledger.doubt(quick.row("hof"), "a: no answer", quick.clock())
    quick.run()
    assert (quick.row("hof").state, quick.network.out) == ("unknown", [])
    assert quick.row("hof").due_at - quick.clock() == timedelta(seconds=60)
    quick.network.out[:] = out
    quick.later(seconds=60)
    quick.run()
    assert (quick.row("hof").state, quick.network.out) == ("sent", out)


def test_what_is_not_there_a_while_after_the_first_look_is_sent_again(quick: Quick) -> None:
    quick.run()
    quick.write("hof")
    quick.network.next("publish", Unknown("a: no answer"))
    quick.network.next("find", NotSent("a: no route"))
    quick.run()
    ahead(quick, 0)
    quick.later(hours=2)
    quick.run()
    assert quick.row("hof").state == "unknown"
    quick.later(seconds=60)
    quick.run()
    assert quick.row("hof").state == "sent"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (119, "1 minute"), (120, "2 minutes"),
     (3600, "1 hour"), (7200, "2 hours"), (86_400, "1 day"), (172_800, "2 days")],
)  # fmt: skip
def test_a_span_as_a_person_says_it(seconds: int, said: str) -> None:
    assert clock_skew.span(timedelta(seconds=seconds)) == said
