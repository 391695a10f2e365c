"""The engine against real adapters: what stops a post, an account, or everything."""

import pytest

from crosspost.config import registry
from crosspost.errors import LedgerError
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.testing.harness import NETWORKS
from tests.delivery.engine_runs import ONCE, SENT, Runs, count


def test_one_failing_account_does_not_stop_the_others(runs: Runs) -> None:
    runs.place.sandbox.fault("mastodon", "expired-token", times=99)
    runs.run()
    assert runs.states() == {"x": "sent", "facebook": "sent", "mastodon": "planned"}
    runs.run()
    assert count(runs) == {"x": 1, "facebook": 1, "mastodon": 0}


def test_a_dead_token_pauses_the_account_until_it_is_changed(runs: Runs) -> None:
    good = runs.place.secrets.read_text("utf-8")
    runs.place.secrets.write_text(
        "\n".join(f"{x.split('=')[0]}=wrong" if "MASTODON" in x and "=" in x else x for x in good.splitlines())
    )
    runs.run()
    state = runs.ledger.account("mastodon")
    assert state.paused_for == "auth"
    asked = len(runs.place.sandbox.requests)
    runs.place.clock.pass_by(minutes=30)
    runs.run()
    assert len(runs.place.sandbox.requests) == asked, "a paused account asks nobody"
    runs.place.secrets.write_text(good)
    runs.run()
    assert runs.states() == SENT


def test_a_rate_limit_pauses_the_whole_account_until_its_time(runs: Runs) -> None:
    runs.place.new_post("2026-11-21-zweiter")
    runs.place.sandbox.fault("mastodon", "429", retry_after=600)
    runs.run()
    assert count(runs)["mastodon"] == 0
    assert count(runs)["x"] == 2
    until = runs.ledger.account("mastodon").paused_until
    assert until is not None
    runs.place.clock.pass_by(seconds=300)
    runs.run()
    assert count(runs)["mastodon"] == 0
    runs.place.clock.pass_by(seconds=301)
    runs.run()
    assert count(runs)["mastodon"] == 2


def test_a_refused_post_stops_only_itself(runs: Runs) -> None:
    runs.place.new_post("2026-11-21-kaputt", "---\ntitle: A: B\n---\n\nT\n")
    runs.run()
    assert runs.states() == SENT
    assert count(runs) == ONCE


def test_a_full_disk_stops_everything_before_it_is_sent(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.place.clock.pass_by(minutes=1)

    def full(*_: object, **__: object) -> Delivery:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(Ledger, "begin", full)
    with pytest.raises(LedgerError, match="disk is full"):
        runs.run()
    assert count(runs) == dict.fromkeys(NETWORKS, 0)
    monkeypatch.undo()
    runs.run()
    assert count(runs) == ONCE


#: what is known right after a mistake in ``publish`` that sent nothing: Mastodon's key makes it safe to try again, X's
#: list may show the post a little later, Facebook's never proves that it is not out
AFTER_NOTHING = {"mastodon": "planned", "x": "unknown", "facebook": "held"}


@pytest.mark.parametrize("sends", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_mistake_in_an_adapter_is_held_in_doubt_not_raised(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, name: str, sends: bool
) -> None:
    adapter = registry.load(name)
    publish = adapter.publish

    def broken(self: Network, prepared: Prepared) -> None:
        if sends:
            publish(self, prepared)
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(adapter, "publish", broken)
    settled = runs.run()
    assert settled[name].state == ("sent" if sends else AFTER_NOTHING[name])
    assert runs.states() == SENT | {name: settled[name].state}
    assert sends or "oops" in settled[name].error
    assert count(runs) == ONCE | {name: int(sends)}
    monkeypatch.undo()
    for _ in range(3):
        runs.place.clock.pass_by(minutes=10)
        runs.run()
    proven = sends or name != "facebook"
    assert runs.states() == SENT | {name: "sent" if proven else "held"}
    assert count(runs) == ONCE | {name: int(proven)}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_mistake_before_anything_was_sent_is_no_doubt(runs: Runs, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(registry.load(name), "prepare", broken)
    settled = runs.run()
    assert settled[name].state == "planned"
    assert settled[name].publishing_at is None
    assert "oops" in settled[name].error
    monkeypatch.undo()
    runs.place.clock.pass_by(minutes=10)
    runs.run()
    assert runs.states() == SENT
    assert count(runs) == ONCE
