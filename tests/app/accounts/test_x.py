"""X is connected: four keys, or a PIN for another account; each question also with a wrong answer."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.x import XLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor
from tests.app.accounts.x_ways import free_address, keys, sandbox_with, tells_nothing, why

POSSE_PARTY = 23  # screenshots of its guide


@pytest.fixture
def callback() -> str:
    return free_address()


@pytest.fixture
def sandbox(clock: Clock, callback: str, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with sandbox_with(callback, clock, getattr(request, "param", {})) as running:
        yield running


def test_the_steps_are_in_the_manual_and_at_most_half_of_the_screenshots_elsewhere() -> None:
    assert 0 < len(XLogin.steps) <= POSSE_PARTY / 2
    assert XLogin.page.startswith("https://")
    assert steps_in_the_manual("x", XLogin.steps) == []


# ── four keys ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_four_keys_connect_the_owner_of_the_app(bare: Place, connect: Connect) -> None:
    person = Visitor(keys(bare, consumer_key=f" “{keys(bare)['consumer_key']}” "))
    (added,) = connect("x", person)
    assert (added.name, added.who) == ("x", "@verein")
    assert bare.config.read_text("utf-8").endswith(f'[accounts.x]\nbase_url = "{bare.sandbox.url}"\n')
    assert len(person.asked) == 6, "the way, four keys and a name"
    assert bare.network("x").connect().handle == "@verein"
    assert tells_nothing(bare, person)


@pytest.mark.parametrize("wrong", ["consumer_key", "consumer_secret"])
def test_a_wrong_key_of_the_app_is_told_before_the_account_is_asked_for(
    bare: Place, connect: Connect, wrong: str
) -> None:
    right = keys(bare)
    both = {name: [right[name], right[name]] for name in ("consumer_key", "consumer_secret")}
    person = Visitor(right | both | {wrong: ["wrong-one", right[wrong]]})
    connect("x", person)
    (said,) = why(person, "consumer_key")
    assert "X does not know this app: Could not authenticate you. (HTTP 401)." in said
    assert "API key or the API key secret: copy both again" in said
    assert person.asked.index("access_token") > len(person.asked) - 4
    assert tells_nothing(bare, person)


@pytest.mark.parametrize("wrong", ["access_token", "access_token_secret"])
def test_a_wrong_token_is_told_apart_from_the_app(bare: Place, connect: Connect, wrong: str) -> None:
    right = keys(bare)
    both = {name: [right[name], right[name]] for name in ("access_token", "access_token_secret")}
    person = Visitor(right | both | {wrong: ["wrong-one", right[wrong]]})
    connect("x", person)
    assert person.asked.count("consumer_key") == 1
    (said,) = why(person, "access_token")
    assert "The app is right, but X does not know this access token" in said


def test_the_one_with_an_odd_length_is_the_wrong_one(bare: Place, connect: Connect) -> None:
    """The console's keys have a length of their own: of two, the one that has not is asked for alone."""
    right = keys(bare)
    person = Visitor(right | {"consumer_key": ["k" * 24, right["consumer_key"]], "consumer_secret": ["s" * 50]})
    with pytest.raises(ConfigError):  # X knows no such secret, so both are asked for then
        connect("x", person)
    assert person.asked[:5] == ["way", "consumer_key", "consumer_secret", "consumer_key", "consumer_key"]
    assert "The API key is the wrong one: X’s have 25 characters" in why(person, "consumer_key")[0]
    assert nothing_was_written(bare)


def test_mixed_up_and_broken_keys_are_told_at_once(bare: Place, connect: Connect) -> None:
    right = keys(bare)
    person = Visitor(
        right
        | {
            "consumer_key": ["", "1234567-abcdefgh", "a b", right["consumer_key"]],
            "consumer_secret": [right["consumer_key"], right["consumer_secret"]],
            "access_token": [right["consumer_secret"], right["access_token"]],
        }
    )
    connect("x", person)
    empty, token, blank = why(person, "consumer_key")
    assert empty == "it is empty"
    assert "looks like an access token" in token
    assert "a space inside it" in blank
    assert why(person, "consumer_secret") == ["this is what you pasted as the API key"]
    assert why(person, "access_token") == ["this is what you pasted as the API key secret"]
    assert len(bare.sandbox.requests_to("x", "POST /oauth/request_token")) == 1


@pytest.mark.parametrize("sandbox", [{"access_level": "read"}], indirect=True)
def test_a_token_that_may_only_read_is_told_with_the_way_out(bare: Place, connect: Connect) -> None:
    person = Visitor(keys(bare))
    with pytest.raises(ConfigError, match="nobody answers access_token"):
        connect("x", person)
    assert "Choose “Read and write”" in why(person, "access_token")[0]
    assert nothing_was_written(bare)


@pytest.mark.parametrize("fault", ["500-before", "429", "cut-before"])
@pytest.mark.parametrize("where", ["POST /oauth/request_token", "GET /2/users/me"])
def test_an_x_that_does_not_answer_is_no_wrong_key(bare: Place, connect: Connect, fault: str, where: str) -> None:
    bare.sandbox.fault("x", fault, match=where)
    person = Visitor(keys(bare))
    with pytest.raises(DeliveryError, match="cannot be asked"):
        connect("x", person)
    assert person.wrongs == []
    assert nothing_was_written(bare)


# ── a PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class AtThePage(Visitor):
    """Agrees on the page that is named, as the other account, and types the number it shows."""

    def __init__(self, answers: dict[str, Any], *, first: str = "", decision: str = "allow") -> None:
        super().__init__(answers)
        self._first, self._decision = first, decision

    def say(self, text: str) -> None:
        super().say(text)
        found = re.search(r"http\S+/oauth/authorize\S+", text)
        if found is None:
            return
        page = requests.get(found[0], timeout=10)
        action = re.search(r'action="([^"]*)"', page.text)
        ticket = re.search(r'value="([^"]*)"', page.text)
        assert action is not None
        assert ticket is not None
        form = {"ticket": ticket[1], "account": "zweitkonto", "decision": self._decision}
        shown = requests.post(urljoin(found[0], action[1]), data=form, timeout=10)
        pin = re.search(r'id="code">(\d+)<', shown.text)
        self.answers["pin"] = ["", self._first, pin[1]] if self._first and pin else [pin[1] if pin else "1234567"]
        self._first = ""


def test_another_account_agrees_on_a_page_and_gives_a_number(bare: Place, connect: Connect) -> None:
    person = AtThePage(keys(bare, way="pin"))
    (added,) = connect("x", person)
    assert added.who == "@zweitkonto"
    assert bare.network("x").connect().handle == "@zweitkonto"
    assert tells_nothing(bare, person)


def test_a_wrong_number_gets_a_new_page(bare: Place, connect: Connect) -> None:
    person = AtThePage(keys(bare, way="pin"), first="0000000")
    (added,) = connect("x", person)
    assert added.who == "@zweitkonto"
    assert [said for said in why(person, "pin") if "seven digits" in said]
    assert "X does not take this number" in why(person, "pin")[-1]
    assert len(bare.sandbox.requests_to("x", "POST /oauth/request_token")) == 3, "the keys, and two pages"


def test_who_says_no_gets_no_login(bare: Place, connect: Connect) -> None:
    with pytest.raises(ConfigError, match="none of these numbers"):
        connect("x", AtThePage(keys(bare, way="pin"), decision="deny"))
    assert nothing_was_written(bare)
