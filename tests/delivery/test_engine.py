"""The engine against real adapters and the sandbox: each delivery ends as sent once, refused with a reason, or held."""

from datetime import timedelta

import pytest

from crosspost.delivery import make_plan
from crosspost.delivery.backoff import pause
from crosspost.ledger import Delivery, Ledger
from crosspost.testing.harness import NETWORKS
from tests.delivery.engine_runs import ONCE, SENT, Runs, count


def test_every_account_once_however_often(runs: Runs) -> None:
    for _ in range(5):
        runs.run()
    assert runs.states() == SENT
    assert count(runs) == ONCE


def test_first_run_sends_nothing_old(runs: Runs) -> None:
    runs.backfill = False
    runs.run()
    assert set(runs.states().values()) == {"before"}
    runs.place.new_post("2026-11-21-neu")
    runs.run()
    assert [post["text"].splitlines()[0] for post in runs.place.sandbox.posts("x")] == ["neu"]


def test_an_account_added_later_sends_nothing_old_either(runs: Runs) -> None:
    runs.run()
    with runs.place.config.open("a") as config:
        config.write(f'\n[accounts.zweites]\nnetwork = "mastodon"\nbase_url = "{runs.place.sandbox.url}"\n')
    runs.backfill = False
    runs.run()
    assert runs.states()["zweites"] == "before"


@pytest.mark.parametrize("fault", ["500-after", "cut-after", "half-answer", "bad-json"])
@pytest.mark.parametrize("network", NETWORKS)
def test_out_but_unheard_ends_as_sent_once(runs: Runs, network: str, fault: str) -> None:
    runs.place.sandbox.fault(network, fault)
    for _ in range(5):
        runs.run()
        runs.place.clock.pass_by(minutes=10)
    assert runs.states() == SENT
    assert count(runs) == ONCE


@pytest.mark.parametrize("fault", ["500-before", "html-503", "cut-before"])
@pytest.mark.parametrize("network", NETWORKS)
def test_not_out_and_unheard_ends_as_sent_once_or_held(runs: Runs, network: str, fault: str) -> None:
    runs.place.sandbox.fault(network, fault)
    for _ in range(5):
        runs.run()
        runs.place.clock.pass_by(minutes=10)
    state = runs.states()[network]
    if runs.place.network(network).abilities.absence_after is None:
        assert state == "held"
        assert count(runs)[network] == 0
        assert "crosspost settle" in runs.ledger.deliveries(account=network)[0].error
    else:
        assert state == "sent"
        assert count(runs)[network] == 1


def test_a_held_delivery_that_shows_up_late_is_settled(runs: Runs) -> None:
    """Facebook may show a post late: a look that found nothing is repeated for a day."""
    runs.place.sandbox.fault("facebook", "500-after")
    runs.place.sandbox.fault("facebook", "500-before", match="GET /*/*/published_posts")
    runs.run()
    assert runs.states()["facebook"] == "unknown"
    delivery = runs.ledger.deliveries(account="facebook")[0]
    runs.ledger.hold(delivery, "a person should look")
    runs.place.clock.pass_by(hours=1)
    runs.run()
    assert runs.states()["facebook"] == "sent"
    assert count(runs) == ONCE


def test_what_cannot_be_sent_is_tried_five_times_and_for_hours_and_then_given_up(runs: Runs) -> None:
    runs.place.sandbox.fault("mastodon", "500-before", match="POST /api/v2/media", times=99)
    runs.run(give_up_after=timedelta(hours=1))
    (delivery,) = runs.ledger.deliveries(account="mastodon")
    assert delivery.state == "planned"
    assert "mastodon" in delivery.error
    first = delivery.due_at
    assert first > runs.place.clock()
    runs.run()
    assert runs.ledger.deliveries(account="mastodon")[0].attempts == 1, "the pause is really waited for"
    for _ in range(4):
        assert runs.ledger.deliveries(account="mastodon")[0].state == "planned"
        runs.place.clock.pass_by(hours=2)
        runs.run(give_up_after=timedelta(hours=1))
    (delivery,) = runs.ledger.deliveries(account="mastodon")
    assert (delivery.state, delivery.attempts) == ("failed", 5)
    assert "given up after 1 hour:" in delivery.error


def test_an_interrupted_delivery_is_looked_for_not_sent_again(runs: Runs) -> None:
    """What a killed process leaves behind: a row that is being sent, with a draft, and a post that is out."""
    runs.run()
    (delivery,) = runs.ledger.deliveries(account="x")
    _back_to_sending(runs.ledger, delivery)
    runs.run()
    assert runs.states() == SENT
    assert count(runs) == ONCE


def test_interrupted_before_anything_was_sent_is_sent(runs: Runs) -> None:
    runs.run()
    runs.place.new_post("2026-11-21-neu")
    names = {name: name for name in NETWORKS}
    make_plan(runs.place.app.source().scan(), names, runs.ledger)
    (row,) = [d for d in runs.ledger.deliveries(states=["planned"]) if d.account == "facebook"]
    assert runs.ledger.claim(row, "machine:999") is not None
    runs.run()
    assert count(runs) == dict.fromkeys(NETWORKS, 2)


def test_a_lease_of_another_machine_is_respected_until_it_ends(runs: Runs) -> None:
    runs.run()
    runs.place.new_post("2026-11-21-neu")
    make_plan(runs.place.app.source().scan(), {"x": "x"}, runs.ledger)
    (row,) = runs.ledger.deliveries(states=["planned"], account="x")
    runs.ledger.claim(row, "elsewhere:7")
    runs.run()
    assert runs.ledger.get(row.id).state == "sending"
    runs.place.clock.pass_by(minutes=16)
    runs.run()
    assert runs.ledger.get(row.id).state == "sent"


def test_pauses_grow_and_are_repeatable() -> None:
    pauses = [pause(7, n) for n in range(1, 12)]
    assert pauses == [pause(7, n) for n in range(1, 12)]
    assert timedelta(seconds=48) <= pauses[0] <= timedelta(seconds=72)
    assert max(pauses) <= timedelta(hours=7.2)
    assert pauses[5] > pauses[1]
    assert pause(7, 3) != pause(8, 3)


def _back_to_sending(ledger: Ledger, delivery: Delivery) -> None:
    """Make a sent delivery look as a process leaves it that is killed between commit and answer."""
    change = """UPDATE deliveries SET state = 'sending', receipt = NULL, url = '', sent_at = NULL,
        lease = 'machine:1/old', lease_until = due_at WHERE id = :id"""
    with ledger._database.transaction() as connection:
        connection.change(change, {"id": delivery.id})
    assert ledger.get(delivery.id).state == "sending"
