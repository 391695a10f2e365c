"""Mobilizon is connected in the browser; the login is renewed by itself."""

from datetime import timedelta

import pytest
import requests

from crosspost.errors import AuthExpired, ConfigError
from crosspost.networks.logins.mobilizon import MobilizonLogin
from crosspost.testing import Clock, Place
from crosspost.testing.harness import EVENT
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor
from tests.app.accounts.x_ways import tells_nothing


def publish(place: Place) -> None:
    network = place.network("mobilizon")
    network.publish(place.prepared(network))


def test_it_is_connected_and_renewed_for_weeks(bare: Place, connect: Connect) -> None:
    person = Visitor({}, {"account": "zweitkonto"})
    (added,) = connect("mobilizon", person)
    assert added.who == "@zweitkonto"
    assert tells_nothing(bare, person)
    bare.name_the_ledger()
    bare.post.write_text(bare.post.read_text("utf-8").replace("lang: de\n", f"lang: de\n{EVENT}"), "utf-8")
    for number in range(3):
        publish(bare)
        assert len(bare.sandbox.requests_to("mobilizon", "POST /mobilizon/oauth/token")) == 2 + number
        bare.clock.pass_by(days=20)
    bare.clock.pass_by(days=200)
    with pytest.raises(AuthExpired, match="accounts renew mobilizon"):
        bare.network("mobilizon").connect()


def test_a_code_that_came_too_late_is_told(bare: Place, connect: Connect, clock: Clock) -> None:
    def slowly(address: str) -> str:
        clock.now += timedelta(seconds=61)
        return address

    with pytest.raises(ConfigError, match="the code has expired"):
        connect("mobilizon", Visitor({}, change=slowly))
    assert nothing_was_written(bare)


def test_who_says_no_changes_nothing(bare: Place, connect: Connect) -> None:
    with pytest.raises(ConfigError, match="The person said no"):
        connect("mobilizon", Visitor({}, {"decision": "deny"}))
    assert nothing_was_written(bare)


def test_the_manual_names_the_same_steps() -> None:
    assert steps_in_the_manual("mobilizon", MobilizonLogin.steps) == []


@pytest.mark.parametrize(
    ("query", "variables", "said"),
    [
        ("query { colour }", {}, 'Cannot query field "colour"'),
        ("query { loggedPerson(id: 1) { id } }", {}, 'Unknown argument "id"'),
        ("mutation d($id: ID!) { deleteEvent(eventId: $id) { id } }", {}, "Expected type"),
        ("mutation d($id: ID!) { deleteEvent(eventId: 1) { id } }", {"id": "1"}, "is never used"),
        ("mutation d($s: Int) { createEvent(title: $s) { id } }", {"s": 1}, 'In argument "description"'),
        ("query { loggedPerson { id }", {}, "syntax error"),
    ],
)
def test_the_stand_in_is_strict(bare: Place, query: str, variables: dict[str, object], said: str) -> None:
    access = bare.sandbox.accounts()["mobilizon"]
    answer = requests.post(
        f"{access['base_url']}/api", json={"query": query, "variables": variables}, timeout=10,
        headers={"Authorization": f"Bearer {access['credentials']['access_token']}"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert said in answer.json()["errors"][0]["message"]
