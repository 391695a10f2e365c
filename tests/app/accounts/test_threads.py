"""Threads: a token from the app's dashboard or a page of consent, each question with a wrong answer."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins.threads import ThreadsLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.meta import app_of, connect, empty_place, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return empty_place(Place(tmp_path, sandbox, clock=clock, networks=()))


def answers(place: Place, way: str = "token", **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"way": way}
    if way == "token":
        given["access_token"] = token_of(place, "threads", "access_token")
    else:
        given |= app_of(place, "threads")
    return given | more


def test_few_steps() -> None:
    assert len(ThreadsLogin.steps) <= 20 // 2  # half of the screenshots in POSSE Party's guide


@pytest.mark.parametrize("way", ["token", "site"])
def test_each_way_ends_with_a_token_that_is_renewed(place: Place, way: str) -> None:
    person = Visitor(answers(place, way))
    (added,) = connect(place, person, "threads")
    assert (added.name, added.who) == ("threads", "@verein")
    ends = place.clock() + timedelta(days=60)
    assert any("crosspost renews this login itself" in said and f"{ends:%Y-%m-%d}" in said for said in person.heard)
    assert tells_no_secret(place, person, app_of(place, "threads")["app_secret"])
    for _ in range(4):  # longer than any token lives
        place.network("threads").connect()
        place.clock.pass_by(days=31)
    assert place.network("threads").connect().handle == "@verein"


def test_a_token_for_an_hour_is_not_taken(place: Place) -> None:
    stand_in = place.sandbox.networks["threads"]
    token = token_of(place, "threads", "access_token", "zweitkonto")
    life = stand_in.lives[token]
    stand_in.lives["short"] = type(life)(life.account, place.clock(), timedelta(hours=1))
    person = Visitor(answers(place, access_token=["short", token]))
    (added,) = connect(place, person, "threads")
    assert added.who == "@zweitkonto"
    ((key, why),) = person.wrongs
    assert (key, "ends within a day" in why) == ("access_token", True)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("", "it is empty"),
        ("two words", "a space inside it"),
        ("nothing-of-theirs", "does not accept this token: copy all of it again"),
        ("EAAnothing", "It looks like one of Facebook"),
    ],
)
def test_a_wrong_token_is_told_and_asked_for_again(place: Place, wrong: str, why: str) -> None:
    right = token_of(place, "threads", "access_token")
    person = Visitor(answers(place, access_token=[wrong, f"“{right}”"]))
    connect(place, person, "threads")
    ((key, said),) = person.wrongs
    assert key == "access_token"
    assert why in said
    assert tells_no_secret(place, person, wrong)


def test_a_token_that_may_not_publish_is_told(place: Place) -> None:
    settings_of(place, "threads")["declined"] = ("threads_content_publish",)
    before = written(place)
    person = Visitor(answers(place, "site"))
    with pytest.raises(ConfigError, match="may not publish: it needs threads_basic and threads_content_publish"):
        connect(place, person, "threads")
    assert written(place) == before


def test_what_a_token_may_not_do_besides_is_told(place: Place) -> None:
    settings_of(place, "threads")["declined"] = ("threads_delete", "threads_read_replies")
    person = Visitor(answers(place, "site"))
    connect(place, person, "threads")
    assert any("It lacks threads_delete, threads_read_replies" in said for said in person.heard)


def test_the_facebook_apps_id_is_refused_by_the_page(place: Place) -> None:
    person = Visitor(answers(place, "site", app_id=["Verein", app_of(place, "facebook")["app_id"]]))
    with pytest.raises(AssertionError, match="4476002"):  # the person sees that page
        connect(place, person, "threads")
    assert [key for key, _ in person.wrongs] == ["app_id"]


def test_a_wrong_secret_is_told_and_asked_for_again(place: Place) -> None:
    right = app_of(place, "threads")["app_secret"]
    person = Visitor(answers(place, "site", app_secret=["", "another-secret", right]))
    connect(place, person, "threads")
    assert [key for key, _ in person.wrongs] == ["app_secret"] * 2
    assert "not the secret beside the Threads App ID" in person.wrongs[1][1]
    assert tells_no_secret(place, person, right, "another-secret")


def test_an_address_that_was_pasted_wrong_is_asked_for_again(place: Place) -> None:
    pasted = iter(["nothing", "https://tal.example.org/?code=x&state=y#_"])
    person = Visitor(answers(place, "site"), change=lambda address: next(pasted, address))
    connect(place, person, "threads")
    assert [key for key, _ in person.wrongs] == ["landing"] * 2


def test_wrong_addresses_come_to_an_end(place: Place) -> None:
    before = written(place)
    with pytest.raises(ConfigError, match="it has no code in it"):
        connect(place, Visitor(answers(place, "site"), change=lambda _: "nothing"), "threads")
    assert written(place) == before


def test_a_code_is_good_for_an_hour(place: Place) -> None:
    def later(address: str) -> str:
        place.clock.pass_by(minutes=61)
        return address

    before = written(place)
    with pytest.raises(ConfigError, match="Matching code was not found or was already used"):
        connect(place, Visitor(answers(place, "site"), change=later), "threads")
    assert written(place) == before


def test_somebody_who_says_no_changes_nothing(place: Place) -> None:
    before = written(place)
    with pytest.raises(ConfigError, match="The person said no"):
        connect(place, Visitor(answers(place, "site"), {"decision": "deny"}), "threads")
    assert written(place) == before


def test_a_trial_leaves_the_renewed_token_of_the_account_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(place, Visitor(answers(place)), "threads")
    place.network("threads").connect()
    place.clock.pass_by(days=2)
    place.network("threads").connect()  # renewed, and kept beside the ledger
    (kept,) = (place.root / "config/state/sessions").glob("threads*")
    before, renewed = written(place), kept.read_bytes()
    other = token_of(place, "threads", "access_token", "zweitkonto")
    anew = answers(place, access_token=other, name="threads", replace="yes")

    def full(*_: object) -> None:
        raise ConfigError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("crosspost.app.accounts.add.write_config", full)
        with pytest.raises(ConfigError, match="the disk is full"):
            connect(place, Visitor(anew), "threads")
    assert (written(place), kept.read_bytes()) == (before, renewed)
    (added,) = connect(place, Visitor(anew), "threads")
    assert added.who == "@zweitkonto"
    assert place.network("threads").connect().handle == "@zweitkonto"
