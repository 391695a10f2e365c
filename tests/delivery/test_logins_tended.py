"""Accounts whose token may end are asked once a day who they are, and after a failure once an hour."""

from datetime import timedelta

import pytest

from crosspost.delivery import expiring_tokens
from crosspost.errors import NotSent
from tests.delivery.scripted import Quick


def asked(quick: Quick, *, hours: float) -> int:
    """How often it is asked who it is when it is tended now, and that much later again."""
    before = quick.network.connected
    for _ in range(2):
        expiring_tokens.tend(quick.ledger, quick.networks, ["a"])
        quick.later(hours=hours)
    return quick.network.connected - before


@pytest.mark.parametrize(("hours", "times"), [(0.5, 1), (23.9, 1), (24, 2)])
def test_once_a_day_is_enough(quick: Quick, hours: float, times: int) -> None:
    assert asked(quick, hours=hours) == times


@pytest.mark.parametrize(("hours", "times"), [(0.9, 1), (1, 2)])
def test_what_fails_is_tried_again_after_an_hour(quick: Quick, hours: float, times: int) -> None:
    quick.network.next("connect", *(NotSent("a: no route") for _ in range(2)))
    assert asked(quick, hours=hours) == times


def test_an_account_that_rests_or_whose_token_never_ends_is_not_asked(quick: Quick) -> None:
    expiring_tokens.tend(quick.ledger, quick.networks, [])
    quick.ledger.note(
        "a", paused_until=quick.clock() + timedelta(days=3), paused_for="auth", credential=quick.network.mark()
    )
    assert asked(quick, hours=0.5) == 0
    noted = quick.ledger.facts()
    quick.later(minutes=-30)
    expiring_tokens.tend(quick.ledger, quick.networks, ["a"])
    assert quick.ledger.facts() == noted, "when that was is written down once an hour"
    assert any(said.startswith("2026-11-22T12:00") for said in noted.values())
