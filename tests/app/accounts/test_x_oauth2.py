"""X is connected in the browser (OAuth 2.0); each question also with a wrong answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crosspost.errors import ConfigError
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, nothing_was_written
from tests.app.accounts.visitor import Visitor
from tests.app.accounts.x_ways import free_address, in_browser, keys, sandbox_with, tells_nothing, why


@pytest.fixture
def callback() -> str:
    return free_address()


@pytest.fixture
def sandbox(clock: Clock, callback: str, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with sandbox_with(callback, clock, getattr(request, "param", {})) as running:
        yield running


# ── OAuth 2.0 ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_browser_comes_back_by_itself(bare: Place, connect: Connect, callback: str) -> None:
    person = Visitor(in_browser(bare, callback), {"account": "zweitkonto"})
    (added,) = connect("x", person)
    assert added.who == "@zweitkonto"
    assert any("state/sessions" in said for said in person.heard)
    assert tells_nothing(bare, person)
    assert not (bare.root / "config/state/sessions").exists(), "nothing was exchanged for the trial"
    network = bare.network("x")
    network.publish(bare.prepared(network))
    bare.clock.pass_by(hours=3)
    assert bare.network("x").connect().handle == "@zweitkonto"


@pytest.mark.parametrize("sandbox", [{"client": "public"}], indirect=True)
def test_a_native_app_needs_no_secret(bare: Place, connect: Connect, callback: str) -> None:
    (added,) = connect("x", Visitor(in_browser(bare, callback, client_secret="")))
    assert added.who == "@verein"
    assert "CLIENT_SECRET" not in bare.secrets.read_text("utf-8")
    bare.clock.pass_by(hours=3)
    assert bare.network("x").connect().handle == "@verein"


def test_the_address_of_ones_own_site_is_pasted(bare: Place, connect: Connect) -> None:
    (added,) = connect("x", Visitor(in_browser(bare, "https://tal.example.org/")))
    assert added.who == "@verein"


def test_a_wrong_app_is_told_before_the_browser_opens(bare: Place, connect: Connect, callback: str) -> None:
    right = in_browser(bare, callback)
    client, secret = right["client_id"], right["client_secret"]
    person = Visitor(
        right | {"client_id": ["", client, "someone", client], "client_secret": ["", "not it", secret, secret]}
    )
    with pytest.raises(ConfigError, match="nobody answers client_id"):
        connect("x", Visitor(right | {"client_secret": "not it"}))
    assert nothing_was_written(bare)
    person.answers["client_id"].append(client)
    connect("x", person)
    assert "this app has a client secret" in why(person, "client_secret")[0]
    assert why(person, "client_id")[0] == "it is empty"
    assert "X does not know this client ID with this secret" in why(person, "client_id")[1]
    assert tells_nothing(bare, person)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("localhost", "begins with https://"),
        ("http://tal.example.org/", "begins with https://"),
        ("http://localhost/callback", "has a port"),
        ("https://tal.example.org/callback", "ends with /"),
        ("http://localhost:99999/", "not an address"),
    ],
)
def test_a_callback_address_that_cannot_be_is_told(
    bare: Place, connect: Connect, callback: str, answer: str, said: str
) -> None:
    person = Visitor(in_browser(bare, callback, redirect=[answer, callback]))
    connect("x", person)
    assert said in why(person, "redirect")[0]


def test_who_says_no_in_the_browser_changes_nothing(bare: Place, connect: Connect, callback: str) -> None:
    with pytest.raises(ConfigError, match="The person said no"):
        connect("x", Visitor(in_browser(bare, callback), {"decision": "deny"}))
    assert nothing_was_written(bare)


def test_a_code_that_came_too_late_is_told_as_that(bare: Place, connect: Connect, clock: Clock) -> None:
    def slowly(address: str) -> str:
        clock.now += timedelta(seconds=31)
        return address

    person = Visitor(in_browser(bare, "https://tal.example.org/"), change=slowly)
    with pytest.raises(ConfigError, match="good for 30 seconds"):
        connect("x", person)
    assert nothing_was_written(bare)


@pytest.mark.parametrize("change", ["state=", "code="])
def test_an_answer_to_another_question_is_not_taken(bare: Place, connect: Connect, change: str) -> None:
    person = Visitor(
        in_browser(bare, "https://tal.example.org/"), change=lambda address: address.replace(change, f"{change}x")
    )
    with pytest.raises(ConfigError):
        connect("x", person)
    assert nothing_was_written(bare)


# ── another way in than before ────────────────────────────────────────────────────────────────────────────────────


def test_a_new_way_in_leaves_none_of_the_old_one(bare: Place, connect: Connect, callback: str) -> None:
    again = {"name": "x", "replace": "yes", "other": "yes"}
    connect("x", Visitor(in_browser(bare, callback), {"account": "zweitkonto"}))
    connect("x", Visitor(keys(bare) | again))
    assert "REFRESH_TOKEN" not in bare.secrets.read_text("utf-8")
    assert bare.network("x").connect().handle == "@verein"
    connect("x", Visitor(in_browser(bare, callback) | again, {"account": "zweitkonto"}))
    assert "CONSUMER_KEY" not in bare.secrets.read_text("utf-8")
    assert bare.network("x").connect().handle == "@zweitkonto"


def test_a_token_of_another_way_in_the_environment_is_told(
    bare: Place, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSPOST_X_BEARER_TOKEN", "another")
    person = Visitor(keys(bare))
    connect("x", person)
    assert any("CROSSPOST_X_BEARER_TOKEN is set in the environment" in said for said in person.heard)
