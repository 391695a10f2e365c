"""What is left of each network's limits is known after a run, to whoever looks."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.cli.reports import View
from crosspost.cli.status import _left
from crosspost.delivery import quotas
from crosspost.testing.harness import Place
from crosspost.transport.rate_limits import RateLimit
from tests.delivery.engine_runs import Runs


@pytest.mark.parametrize("name", ["mastodon", "x", "facebook"])
def test_what_a_network_says_is_kept_until_its_limits_begin_anew(place: Place, name: str) -> None:
    runs = Runs(place)
    runs.run()
    told = quotas.known(name, runs.ledger)
    assert told
    assert all(0 <= limit.left < limit.most for limit in told)
    shares = [limit.left / limit.most for limit in told]
    assert shares == sorted(shares)
    last = max(limit.until or limit.at + timedelta(days=1) for limit in told)
    place.clock.pass_by(seconds=(last - place.clock()).total_seconds() - 1)
    assert quotas.known(name, runs.ledger)
    place.clock.pass_by(seconds=1)
    assert quotas.known(name, runs.ledger) == []


def test_nothing_is_written_when_a_network_was_not_asked(place: Place) -> None:
    runs = Runs(place)
    runs.run()
    before = runs.ledger.facts()
    runs.run()
    assert runs.ledger.facts() == before


def test_a_limit_that_is_nearly_used_up_is_named(place: Place) -> None:
    assert place.crosspost("run", "--backfill").code == 0
    assert "left" not in place.crosspost("status").out
    server = place.sandbox.networks["mastodon"]
    (known,) = {key for key in server.store.memory if key[:3] == ("quota", "mastodon", "statuses")}
    server.store.quota(known[1:], 300, 3 * 3600, cost=280)  # somebody else posts there
    place.new_post("2026-11-21-noch-einer")
    assert place.crosspost("run").code == 0
    said = " ".join(place.crosspost("status").out.split())
    assert "mastodon (sandbox): only 18 of 300 requests left, until" in said
    accounts = json.loads(place.crosspost("status", "--json").out)["accounts"]
    tightest = next(row["limits"][0] for row in accounts if row["account"] == "mastodon")
    assert (tightest["of"], tightest["most"], tightest["left"]) == ("requests", 300, 18)


@pytest.mark.parametrize(
    ("of", "most", "left", "said"),
    [
        ("requests", 1500, 0, "none of 1,500 requests left"),
        ("requests", 1, 0, "none of 1 request left"),
        ("requests", 300, 1, "only 1 of 300 requests left"),
        ("requests", 300, 18, "only 18 of 300 requests left"),
        ("percent", 100, 0, "nothing of its limit left"),
        ("percent", 100, 3, "only 3 % of its limit left"),
    ],
)
def test_what_is_left_is_said_in_words(of: str, most: int, left: int, said: str) -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    seen = View({}, str, clock=lambda: at)
    limit = RateLimit(of=of, most=most, left=left, at=at, until=at + timedelta(hours=3))
    assert _left(limit, seen).startswith(f"{said}, until ")
