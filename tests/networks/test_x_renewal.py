"""X's tokens of two hours are renewed on their own; a refresh token is good for one use, and none is lost."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import AuthExpired, NotSent
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, Place
from tests.networks.x_login import EXCHANGE, exchanges, kept, post, stand_in, write_tokens


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """An account that logged in just now."""
    made = Place(tmp_path, sandbox, networks=("x",), clock=clock)
    made.name_the_ledger()
    write_tokens(made)
    return made


# ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────────


def test_right_after_the_login_nothing_is_exchanged_to_say_who_it_is(place: Place) -> None:
    assert place.network("x").connect().handle == "@verein"
    assert exchanges(place) == 0
    assert kept(place) == {}


def test_a_token_lives_two_hours_and_posts_go_out_for_weeks(place: Place) -> None:
    post(place)
    assert exchanges(place) == 1
    place.clock.pass_by(hours=1)
    post(place, "Eins")
    assert exchanges(place) == 1
    for number in range(3):
        place.clock.pass_by(days=5)
        post(place, f"Zwei {number}")
    assert exchanges(place) == 4
    assert len(place.sandbox.posts("x")) == 5


def test_it_is_renewed_before_it_ends_in_the_middle_of_a_post(place: Place) -> None:
    post(place)
    place.clock.pass_by(minutes=116)
    post(place, "Knapp")
    assert exchanges(place) == 2


def test_without_the_first_access_token_it_begins_with_an_exchange(place: Place) -> None:
    write_tokens(place, bearer_token=True)
    assert place.network("x").connect().handle == "@verein"
    assert exchanges(place) == 1


def test_a_configured_token_that_has_ended_is_replaced(place: Place) -> None:
    place.clock.pass_by(hours=3)
    assert place.network("x").connect().handle == "@verein"
    assert exchanges(place) == 1


def test_a_native_app_has_no_secret(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"x": {"client": "public"}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("x",), clock=clock)
        write_tokens(place, client_secret=True)
        post(place)
        assert exchanges(place) == 1


def test_it_goes_before_the_keys_of_oauth_1(place: Place) -> None:
    place.secrets.write_text(f"{place.secrets.read_text('utf-8')}CROSSPOST_X_CONSUMER_KEY=x\n", "utf-8")
    post(place)
    assert exchanges(place) == 1


def test_a_new_login_ends_the_old_one(place: Place) -> None:
    post(place)
    old = kept(place)
    write_tokens(place)
    post(place, "Neu")
    assert kept(place)["mark"] != old["mark"]
    assert exchanges(place) == 2


# ── never lost ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_new_token_is_on_the_disk_before_it_is_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    network = place.network("x")
    put, seen = network.vault.put, []

    def watched(account: str, values: dict[str, Any]) -> None:
        last = place.sandbox.requests_to("x")[-1]
        seen.append(f"{last['method']} {last['path']}")
        put(account, values)

    monkeypatch.setattr(network.vault, "put", watched)
    network.publish(place.prepared(network))
    assert seen == ["GET /2/users/me", EXCHANGE]
    file = place.root / "config/state/sessions/x.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept(place)["access"] in stand_in(place).access_tokens


def test_nothing_is_exchanged_that_could_not_be_kept(place: Place) -> None:
    folder = place.root / "config/state"
    folder.write_text("a file where the folder should be")
    with pytest.raises(NotSent, match="cannot be"):
        place.prepared(place.network("x"))
    assert exchanges(place) == 0
    folder.unlink()
    post(place)


def test_a_token_that_cannot_be_kept_is_not_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    network = place.network("x")
    put = network.vault.put

    def full(account: str, values: dict[str, Any]) -> None:
        if exchanges(place):
            raise NotSent("x: its login cannot be kept: No space left on device")
        put(account, values)

    monkeypatch.setattr(network.vault, "put", full)
    with pytest.raises(NotSent, match="No space left"):
        place.prepared(network)
    assert place.sandbox.requests_to("x")[-1]["path"] == "/2/oauth2/token"


def test_the_one_before_is_kept_until_the_new_one_has_worked(place: Place) -> None:
    """X may answer an exchange and forget it: then the one before is good still."""
    post(place)
    first = kept(place)
    tokens = stand_in(place).refresh_tokens
    tokens[first["before"]] = tokens.pop(first["refresh"])
    place.clock.pass_by(hours=3)
    post(place, "Weiter")
    assert exchanges(place) == 3
    assert kept(place)["before"] == first["before"]
    place.clock.pass_by(hours=3)
    post(place, "Und weiter")
    assert exchanges(place) == 4


@pytest.mark.parametrize("fault", ["500-before", "html-503", "cut-before", "429"])
def test_an_exchange_that_did_not_happen_is_repeated_by_the_next_attempt(place: Place, fault: str) -> None:
    place.sandbox.fault("x", fault, match=EXCHANGE)
    network = place.network("x")
    with pytest.raises(NotSent):
        place.prepared(network)
    assert kept(place) == {}
    post(place)
    assert len(place.sandbox.posts("x")) == 1


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"access_token": 5}, {"access_token": "geheim", "expires_in": "bald"}]
)
def test_an_answer_without_sense_replaces_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(stand_in(place), "_renewed", lambda *_: Reply.json(answer))
    with pytest.raises(NotSent) as told:
        place.prepared(place.network("x"))
    assert "geheim" not in str(told.value)
    assert kept(place) == {}


@pytest.mark.parametrize("damage", [{"until": "gestern"}, {"until": "2026-11-22T12:00:00"}, {"access": None}])
def test_a_damaged_entry_counts_as_none(place: Place, damage: dict[str, Any]) -> None:
    post(place)
    place.app.vault().put("x", kept(place) | damage)
    with pytest.raises(AuthExpired, match="crosspost accounts renew x"):
        place.prepared(place.network("x"))  # the configured refresh token was used


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_login_that_has_ended_is_for_a_person(place: Place) -> None:
    secrets = write_tokens(place)
    stand_in(place).refresh_tokens.clear()
    with pytest.raises(AuthExpired, match="has ended; log in again") as ended:
        place.prepared(place.network("x"))
    assert not [value for value in secrets.values() if value in str(ended.value)]


def test_an_access_token_that_x_takes_back_is_renewed_when_it_is_asked_who_it_is(place: Place) -> None:
    post(place)
    stand_in(place).access_tokens.clear()
    assert place.network("x").connect().handle == "@verein"
    assert exchanges(place) == 2


def test_used_up_credits_renew_nothing(place: Place) -> None:
    place.sandbox.fault("x", "402", match="GET /2/users/me")
    with pytest.raises(AuthExpired, match="top them up"):
        place.network("x").connect()
    assert exchanges(place) == 0


def test_no_token_is_in_a_message(place: Place) -> None:
    post(place)
    secret = kept(place)
    place.clock.pass_by(hours=3)
    stand_in(place).refresh_tokens.clear()
    with pytest.raises(AuthExpired) as ended:
        place.prepared(place.network("x"))
    assert not [value for value in secret.values() if value in str(ended.value)]
