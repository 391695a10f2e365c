"""How long a delivery, or a whole account, is left alone, and what ends that."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from crosspost.delivery import circuit_breaker
from crosspost.delivery.backoff import exhausted, may_work, pause, pause_account, slept
from crosspost.delivery.circuit_breaker import rest
from crosspost.errors import (
    AuthExpired,
    DeliveryError,
    KeyTaken,
    NotSent,
    OtherUser,
    RateLimited,
    Rejected,
    Unknown,
    Unsupported,
)
from tests.delivery.scripted import Quick

DAYS_3 = timedelta(hours=72)


def caused(error: DeliveryError) -> DeliveryError:
    """As the boundary raises what the wire said."""
    error.__cause__ = OSError("connection refused")
    return error


# ── how long ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (50, 360)])
def test_a_delivery_waits_twice_as_long_each_time_up_to_six_hours(attempts: int, minutes: int) -> None:
    shares = [pause(number, attempts) / timedelta(minutes=minutes) for number in range(300)]
    assert 0.8 <= min(shares) < 0.82
    assert 1.18 < max(shares) <= 1.2


@pytest.mark.parametrize(("failures", "minutes"), [(5, 5), (6, 10), (7, 20), (11, 320), (12, 360), (40, 360)])
def test_an_account_rests_twice_as_long_each_time_up_to_six_hours(failures: int, minutes: int) -> None:
    shares = [rest(f"account {number}", failures) / timedelta(minutes=minutes) for number in range(300)]
    assert 0.8 <= min(shares) < 0.82
    assert 1.18 < max(shares) <= 1.2


def test_a_pause_is_the_same_in_every_process_and_another_for_each_attempt() -> None:
    assert pause(7, 3) == pause(7, 3)
    assert pause(7, 10) != pause(7, 11)
    assert rest("a", 6) == rest("a", 6)
    assert rest("a", 20) != rest("a", 21)


@pytest.mark.parametrize(("seconds", "asleep"), [(0, False), (3600, False), (3601, True)])
def test_an_attempt_of_more_than_an_hour_was_slept_through(quick: Quick, seconds: int, asleep: bool) -> None:
    begun = quick.clock()
    assert slept(begun, begun + timedelta(seconds=seconds)) == asleep


@pytest.mark.parametrize(
    ("tried", "attempts", "over"),
    [
        (timedelta(hours=72), 99, False),
        (timedelta(hours=72, seconds=1), 5, True),
        (timedelta(hours=72, seconds=1), 4, False),
        (timedelta(days=33), 5, True),
        (timedelta(days=33, seconds=1), 19, False),
        (timedelta(days=33, seconds=1), 20, True),
        (None, 99, False),
    ],
)
def test_what_was_tried_for_long_and_often_is_given_up(
    quick: Quick, tried: timedelta | None, attempts: int, over: bool
) -> None:
    """After more than a month the clock of the first attempt was probably wrong, so it takes more attempts."""
    now = quick.clock()
    assert exhausted(None if tried is None else now - tried, attempts, now, DAYS_3) == over


# ── a whole account ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("why", "by_hand", "other_token", "goes"),
    [
        ("rate", False, True, False),
        ("rate", True, True, False),
        ("auth", False, False, False),
        ("auth", False, True, True),
        ("auth", True, False, True),
        ("voice", False, False, False),
        ("voice", False, True, True),
        ("voice", True, False, True),
        ("trouble", False, True, False),
        ("trouble", True, False, True),
    ],
)
def test_what_ends_a_pause(quick: Quick, why: str, by_hand: bool, other_token: bool, goes: bool) -> None:
    quick.ledger.note(
        "a",
        paused_until=quick.clock() + timedelta(seconds=1),
        paused_for=why,
        paused_why="its reason",
        credential="other" if other_token else quick.network.mark(),
        failures=7,
    )
    before = quick.ledger.account("a")
    assert may_work(quick.network, quick.ledger, by_hand=by_hand) == goes
    after = quick.ledger.account("a")
    if goes:
        assert (after.paused_until, after.paused_for, after.paused_why) == (None, "", "")
        assert after.failures == (0 if why == "trouble" else 7)
    else:
        assert after == before
    quick.later(seconds=1)
    assert may_work(quick.network, quick.ledger, by_hand=False), "its time is over"


def test_an_account_that_is_not_paused_may_work(quick: Quick) -> None:
    assert may_work(quick.network, quick.ledger, by_hand=False)


@pytest.mark.parametrize("told", [True, False])
def test_a_limit_lasts_as_long_as_the_network_says_else_a_quarter_of_an_hour(quick: Quick, told: bool) -> None:
    until = quick.clock() + timedelta(hours=7)
    error = RateLimited("a: slow down", until if told else None)
    assert pause_account(quick.network, error, quick.ledger)
    state = quick.ledger.account("a")
    assert state.paused_until == (until if told else quick.clock() + timedelta(minutes=15))
    assert (state.paused_for, state.paused_why, state.failures) == ("rate", "a: slow down", 0)


@pytest.mark.parametrize(("kind", "why"), [(AuthExpired, "auth"), (OtherUser, "voice")])
def test_a_dead_or_strange_token_is_left_alone_for_a_day(quick: Quick, kind: type[AuthExpired], why: str) -> None:
    quick.ledger.note("a", identity=quick.network.connect(), identity_at=quick.clock())
    assert pause_account(quick.network, kind("a: no"), quick.ledger)
    state = quick.ledger.account("a")
    assert state.paused_until == quick.clock() + timedelta(hours=24)
    assert (state.paused_for, state.paused_why, state.credential) == (why, "a: no", quick.network.mark())
    assert state.identity_at is None, "who it is is asked anew"


@pytest.mark.parametrize("kind", [NotSent, Unknown])
@pytest.mark.parametrize(
    ("status", "counts"), [("no answer", True), (None, True), (500, True), (503, True), (499, False), (200, False)]
)
def test_a_server_that_fails_is_to_blame_and_one_that_answers_is_not(
    quick: Quick, kind: type[DeliveryError], status: object, counts: bool
) -> None:
    last = None if status == "no answer" else SimpleNamespace(status=status)
    quick.network.session.last = last  # type: ignore[assignment]
    assert not pause_account(quick.network, caused(kind("a: oops")), quick.ledger)
    assert quick.ledger.account("a").failures == int(counts)


@pytest.mark.parametrize(
    "error", [NotSent("a: no file"), Unknown("a: duplicate"), caused(KeyTaken("a: taken"))], ids=str
)
def test_what_the_adapter_says_itself_is_not_the_servers_trouble(quick: Quick, error: DeliveryError) -> None:
    pause_account(quick.network, error, quick.ledger)
    assert quick.ledger.account("a").failures == 0


@pytest.mark.parametrize("error", [None, Rejected("a: no"), Unsupported("a: too long")], ids=str)
def test_an_answer_ends_the_row_of_failures(quick: Quick, error: DeliveryError | None) -> None:
    for _ in range(4):
        circuit_breaker.count(quick.network, caused(NotSent("a: oops")), quick.ledger)
    circuit_breaker.count(quick.network, error, quick.ledger)
    assert quick.ledger.account("a").failures == 0
    for _ in range(4):
        circuit_breaker.count(quick.network, caused(NotSent("a: oops")), quick.ledger)
    assert quick.ledger.account("a").paused_until is None


def test_an_account_that_never_failed_is_not_written_to(quick: Quick) -> None:
    circuit_breaker.count(quick.network, None, quick.ledger)
    assert quick.ledger.account_states() == {}


def test_the_fifth_failure_in_a_row_makes_it_rest_and_each_further_one_longer(quick: Quick) -> None:
    for _ in range(4):
        circuit_breaker.count(quick.network, caused(NotSent("a: oops")), quick.ledger)
    assert quick.ledger.account("a").paused_until is None
    for number in (5, 6):
        circuit_breaker.count(quick.network, caused(NotSent("a: oops")), quick.ledger)
        state = quick.ledger.account("a")
        assert state.paused_until == quick.clock() + rest("a", number)
        assert (state.paused_for, state.failures) == ("trouble", number)
        assert state.paused_why == f"{number} attempts in a row failed, so it rests; the last: a: oops"


def test_only_a_rest_is_ended_by_waking_it(quick: Quick) -> None:
    quick.ledger.note("a", paused_for="rate", paused_until=quick.clock(), failures=3)
    assert not circuit_breaker.wake("a", quick.ledger)
    assert quick.ledger.account("a").failures == 3
