"""What is kept of the networks' limits: the tightest first, until they begin anew, and what another ledger knows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.delivery import quotas
from crosspost.ledger import Ledger
from crosspost.testing.harness import Clock
from crosspost.transport.rate_limits import RateLimit
from tests.delivery.scripted import Quick


def limit(quick: Quick, left: int = 7, *, ago: float = 0, ends: float | None = None) -> RateLimit:
    """One that was told so many seconds ago, and is over in so many."""
    now = quick.clock()
    until = now + timedelta(seconds=ends) if ends is not None else None
    return RateLimit(most=10, left=left, at=now - timedelta(seconds=ago), until=until)


@pytest.fixture
def other(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "other/ledger.sqlite3", clock)
    yield made
    made.close()


def test_what_the_network_said_is_kept_the_tightest_first(quick: Quick) -> None:
    loose, tight, middle = limit(quick, 9), limit(quick, 1), limit(quick, 5)
    quick.network.session.limits = {"a": loose, "b": tight, "c": middle}
    quotas.remember(quick.network, quick.ledger)
    assert quotas.known("a", quick.ledger) == [tight, middle, loose]
    assert quotas.known("b", quick.ledger) == []


def test_what_was_not_said_replaces_nothing(quick: Quick) -> None:
    quick.network.session.limits = {"a": limit(quick)}
    quotas.remember(quick.network, quick.ledger)
    quick.network.session.limits = {}
    assert quotas.said(quick.network) == {}
    quotas.remember(quick.network, quick.ledger)
    assert quotas.known("a", quick.ledger) == [limit(quick)]


@pytest.mark.parametrize(
    ("ago", "ends", "counts"),
    [
        (0, 1, True), (0, 0, False), (0, -1, False), (99_999, 1, True),
        (86_399, None, True), (86_400, None, False), (0, None, True),
    ],
)  # fmt: skip
def test_a_limit_that_has_begun_anew_says_nothing(quick: Quick, ago: float, ends: float | None, counts: bool) -> None:
    quick.network.session.limits = {"a": limit(quick, ago=ago, ends=ends)}
    quotas.remember(quick.network, quick.ledger)
    assert bool(quotas.known("a", quick.ledger)) == counts


@pytest.mark.parametrize("damage", ["", "{", "[1]", "null"])
def test_what_cannot_be_read_is_not_known(quick: Quick, other: Ledger, damage: str) -> None:
    quick.ledger.keep_fact("limits:a", damage)
    assert quotas.known("a", quick.ledger) == []
    quotas.take_over("a", other, quick.ledger)
    assert other.fact("limits:a") == ""
    other.keep_fact("limits:a", damage)
    quick.network.session.limits = {"a": limit(quick)}
    quotas.remember(quick.network, quick.ledger)
    quotas.take_over("a", other, quick.ledger)
    assert quotas.known("a", other) == [limit(quick)]


@pytest.mark.parametrize(("mine", "theirs", "taken"), [(5, 4, True), (5, 5, False), (5, 6, False), (None, 6, True)])
def test_what_another_ledger_knows_counts_when_it_is_newer(
    quick: Quick, other: Ledger, mine: float | None, theirs: float, taken: bool
) -> None:
    """The newest of what each has decides, and then all of it counts."""
    if mine is not None:
        quick.network.session.limits = {"a": limit(quick, 1, ago=mine), "b": limit(quick, 2, ago=99)}
        quotas.remember(quick.network, quick.ledger)
    quick.network.session.limits = {"a": limit(quick, 3, ago=99), "b": limit(quick, 4, ago=theirs)}
    quotas.remember(quick.network, other)
    before = quick.ledger.fact("limits:a")
    quotas.take_over("a", quick.ledger, other)
    assert quick.ledger.fact("limits:a") == (other.fact("limits:a") if taken else before)
