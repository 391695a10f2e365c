"""Asking every account: one's trouble is its own, and no delivery knows of it."""

import threading
from datetime import timedelta

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.app.runner import Networks
from crosspost.ledger import Ledger
from crosspost.responses.fetch import Asked, Fetch
from crosspost.responses.polling_intervals import Rules
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import READERS

NAMES = ("mastodon", "bluesky")
CONTEXT = "GET /api/v1/statuses/*/context"


@pytest.fixture
def place(tmp_path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:  # type: ignore[no-untyped-def]
    place = Place(tmp_path, sandbox, clock=clock, networks=NAMES)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    assert place.crosspost(str(place.post), "--yes").code == 0
    return place


@pytest.fixture
def ledger(place: Place) -> Ledger:
    return open_ledger(place.app)


def ask(place: Place, ledger: Ledger, *, most: int = 100, stop: threading.Event | None = None) -> dict[str, Asked]:
    rules = Rules(keep=timedelta(days=365), most=most, everything=True)
    return {one.account: one for one in Fetch(ledger, Networks(place.app), rules, stop=stop).run(NAMES)}


def answer(place: Place, ledger: Ledger) -> None:
    for row in ledger.deliveries():
        READERS[row.account](place.sandbox).answer(row.receipt, f"Gut gesagt, {row.account}")


def test_every_account_is_asked_and_no_delivery_changes(place: Place, ledger: Ledger) -> None:
    answer(place, ledger)
    before, accounts = ledger.deliveries(), ledger.account_states()
    found = ask(place, ledger)
    assert {name: (one.asked, one.new, one.left) for name, one in found.items()} == dict.fromkeys(NAMES, (1, 1, 0))
    assert sorted(one.reply.text for one in ledger.responses.said()) == [
        "Gut gesagt, bluesky",
        "Gut gesagt, mastodon",
    ]
    assert ledger.deliveries() == before
    assert ledger.account_states() == accounts


@pytest.mark.parametrize("fault", ["500-before", "html-503", "cut-before", "bad-json", "expired-token", "redirect"])
def test_one_accounts_failure_stops_no_other_and_pauses_nobody(place: Place, ledger: Ledger, fault: str) -> None:
    answer(place, ledger)
    ask(place, ledger)
    before, accounts = ledger.deliveries(), ledger.account_states()
    place.sandbox.fault("mastodon", fault, match=CONTEXT)
    found = ask(place, ledger)
    assert found["bluesky"].error == ""
    assert (ledger.deliveries(), ledger.account_states()) == (before, accounts)
    assert len(ledger.responses.said()) == 2, "what was known stays"
    if fault == "expired-token":
        assert "expired" in found["mastodon"].error
    else:
        (row,) = (one for one in ledger.responses.told() if one.account == "mastodon")
        assert row.error.startswith("mastodon: ")
    assert ask(place, ledger)["mastodon"].error == ""


def test_a_limit_is_waited_for_without_keeping_posts_back(place: Place, ledger: Ledger, clock: Clock) -> None:
    place.sandbox.fault("mastodon", "429", match=CONTEXT, retry_after=600)
    found = ask(place, ledger)["mastodon"]
    assert (found.asked, found.left, found.error) == (0, 1, "")
    assert "Too many requests" in found.resting
    assert ledger.account("mastodon").paused_until is None
    seen = len(place.sandbox.requests_to("mastodon"))
    assert "it is asked again from 2026-11-22 12:10 UTC on" in ask(place, ledger)["mastodon"].resting
    assert len(place.sandbox.requests_to("mastodon")) == seen, "it is left alone"
    clock.pass_by(seconds=601)
    assert ask(place, ledger)["mastodon"].asked == 1


def test_the_last_quarter_of_a_limit_is_for_posts(place: Place, ledger: Ledger) -> None:
    store = place.sandbox.store
    limit, window = 1500, 300
    store.quota(("mastodon", "all", "verein"), limit, window, cost=1200)
    found = ask(place, ledger)["mastodon"]
    assert (found.asked, found.left) == (1, 0)
    assert "nearly used up" in found.resting
    assert ask(place, ledger)["mastodon"].asked == 0


def test_an_account_that_rests_is_left_alone(place: Place, ledger: Ledger, clock: Clock) -> None:
    ledger.note("mastodon", paused_until=clock() + timedelta(hours=1), paused_for="rate", paused_why="too fast")
    seen = len(place.sandbox.requests_to("mastodon"))
    found = ask(place, ledger)
    assert found["mastodon"].resting == "the account rests: too fast"
    assert found["bluesky"].asked == 1
    assert len(place.sandbox.requests_to("mastodon")) == seen


def test_no_more_than_was_allowed_and_nothing_after_a_stop(place: Place, ledger: Ledger) -> None:
    for number in range(3):
        post = place.new_post(f"2026-11-21-neu-{number}")
        assert place.crosspost(str(post), "--yes").code == 0
    found = ask(place, ledger, most=2)["mastodon"]
    assert (found.asked, found.left) == (2, 2)
    stop = threading.Event()
    stop.set()
    assert ask(place, ledger, stop=stop)["mastodon"].asked == 0


def test_a_server_in_trouble_is_left_alone_after_three_posts(place: Place, ledger: Ledger) -> None:
    for number in range(4):
        post = place.new_post(f"2026-11-21-neu-{number}")
        assert place.crosspost(str(post), "--yes").code == 0
    place.sandbox.fault("mastodon", "500-before", match="GET /api/v1/statuses/*", times=9)
    found = ask(place, ledger)["mastodon"]
    assert (found.asked, found.left) == (3, 2)
    assert "mastodon" in found.error
