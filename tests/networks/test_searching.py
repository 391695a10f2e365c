"""From when an account's posts are searched: by the server's clock, and rather too early than too late."""

import time
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.errors import OutOfSight, Rejected
from crosspost.model import Identity
from crosspost.networks.post_search import Page
from crosspost.networks.searching import SLACK, Searching

SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Account(Searching):
    """As much of an account as a search needs: its name, and what its session knows about the clocks."""

    name = "Network"

    def __init__(self, ahead: timedelta | None = None) -> None:
        self.account = "anna"
        self.clocks: Any = SimpleNamespace(ahead=ahead)

    @property
    def session(self) -> Any:
        return self.clocks

    def connect(self) -> Identity:
        raise AssertionError("a search does not ask who we are")


@pytest.mark.parametrize(
    ("ahead", "earlier"),
    [
        (None, timedelta()),
        (timedelta(), timedelta()),
        (SLACK - SECOND, timedelta()),
        (SLACK, SLACK),
        (timedelta(hours=3), timedelta(hours=3)),
        (-timedelta(hours=3), timedelta()),  # behind the server: what was posted is later there anyway
    ],
)
def test_a_search_starts_by_the_servers_clock(ahead: timedelta | None, earlier: timedelta) -> None:
    assert Account(ahead).search_start(SINCE) == SINCE - SLACK - earlier


def test_the_start_is_the_same_moment_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        start = Account().search_start(SINCE.astimezone(timezone(timedelta(hours=5))))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (start, start.utcoffset()) == (SINCE - SLACK, timedelta())


# ── the first response shows how the clocks differ ────────────────────────────────────────────────────────────────


def test_a_request_is_made_once_while_the_clocks_agree() -> None:
    account, asked = Account(), []

    def ask(start: datetime) -> str:
        asked.append(start)
        account.clocks.ahead = SLACK - SECOND
        return "posts"

    assert account.ask_since(SINCE, ask) == "posts"
    assert asked == [SINCE - SLACK]


@pytest.mark.parametrize("ahead", [SLACK, timedelta(hours=2)])
@pytest.mark.parametrize("refused", [False, True])
def test_a_request_is_made_again_from_earlier_when_our_clock_is_ahead(ahead: timedelta, refused: bool) -> None:
    account, asked = Account(), []

    def ask(start: datetime) -> int:
        asked.append(start)
        account.clocks.ahead = ahead
        if refused and len(asked) == 1:
            raise Rejected("the time is in the future")
        return len(asked)

    assert account.ask_since(SINCE, ask) == 2, "the second answer counts"
    assert asked == [SINCE - SLACK, SINCE - SLACK - ahead]


@pytest.mark.parametrize("ahead", [None, timedelta(), SLACK - SECOND, -timedelta(hours=1)])
def test_a_refusal_that_no_clock_explains_is_passed_on(ahead: timedelta | None) -> None:
    account, asked = Account(), []

    def ask(start: datetime) -> None:
        asked.append(start)
        account.clocks.ahead = ahead
        raise Rejected("no")

    with pytest.raises(Rejected, match="no"):
        account.ask_since(SINCE, ask)
    assert len(asked) == 1


def test_the_first_page_shows_the_clock_by_which_all_are_judged() -> None:
    account = Account()
    ours = SINCE - timedelta(hours=1)

    def pages() -> Any:
        account.clocks.ahead = timedelta(hours=1)
        yield Page([SINCE], more=True)
        yield Page([ours])

    assert account.search(pages(), SINCE, at=lambda post: post, same=lambda post: post == ours) == ours


def test_doubt_names_account_and_network() -> None:
    with pytest.raises(OutOfSight, match=r"^anna: Network lists more posts"):
        Account().search([Page([SINCE], more=True)], SINCE, at=lambda post: post, same=lambda _: False)


def test_only_the_pages_that_are_needed_are_asked_for() -> None:
    asked: list[int] = []

    def pages() -> Any:
        for number in range(3):
            asked.append(number)
            yield Page([(SINCE, True)], more=True)

    account = Account()
    found = account.search(pages(), SINCE, at=lambda row: row[0], same=lambda row: row[1])
    assert found == (SINCE, True)
    assert asked == [0]
