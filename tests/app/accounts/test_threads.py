"""Threads: a token from the app's dashboard or a page of consent, each question with a wrong answer."""

from datetime import timedelta

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins.threads import ThreadsLogin
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect
from tests.app.accounts.meta import app_of, manual, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


def answers(bare: Place, way: str = "token", **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"way": way}
    if way == "token":
        given["access_token"] = token_of(bare, "threads", "access_token")
    else:
        given |= app_of(bare, "threads")
    return given | more


def test_few_steps() -> None:
    assert len(ThreadsLogin.steps) <= 20 // 2  # half of the screenshots in POSSE Party's guide


def test_the_manual_describes_this_way() -> None:
    text = " ".join(manual("threads").split())
    for named in ("crosspost accounts add threads", ThreadsLogin.page, *ThreadsLogin.scopes[1:], ThreadsLogin.id_name):
        assert named in text, named


@pytest.mark.parametrize("way", ["token", "site"])
def test_each_way_ends_with_a_token_that_is_renewed(bare: Place, connect: Connect, way: str) -> None:
    person = Visitor(answers(bare, way))
    (added,) = connect("threads", person)
    assert (added.name, added.who) == ("threads", "@verein")
    ends = bare.clock() + timedelta(days=60)
    assert any("crosspost renews this login itself" in said and f"{ends:%Y-%m-%d}" in said for said in person.heard)
    assert tells_no_secret(bare, person, app_of(bare, "threads")["app_secret"])
    for _ in range(4):  # longer than any token lives
        bare.network("threads").connect()
        bare.clock.pass_by(days=31)
    assert bare.network("threads").connect().handle == "@verein"


def test_a_token_for_an_hour_is_not_taken(bare: Place, connect: Connect) -> None:
    stand_in = bare.sandbox.networks["threads"]
    token = token_of(bare, "threads", "access_token", "zweitkonto")
    life = stand_in.lives[token]
    stand_in.lives["short"] = type(life)(life.account, bare.clock(), timedelta(hours=1))
    person = Visitor(answers(bare, access_token=["short", token]))
    (added,) = connect("threads", person)
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
def test_a_wrong_token_is_told_and_asked_for_again(bare: Place, connect: Connect, wrong: str, why: str) -> None:
    right = token_of(bare, "threads", "access_token")
    person = Visitor(answers(bare, access_token=[wrong, f"“{right}”"]))
    connect("threads", person)
    ((key, said),) = person.wrongs
    assert key == "access_token"
    assert why in said
    assert tells_no_secret(bare, person, wrong)


def test_a_token_that_may_not_publish_is_told(bare: Place, connect: Connect) -> None:
    settings_of(bare, "threads")["declined"] = ("threads_content_publish",)
    before = written(bare)
    person = Visitor(answers(bare, "site"))
    with pytest.raises(ConfigError, match="may not publish: it needs threads_basic and threads_content_publish"):
        connect("threads", person)
    assert written(bare) == before


def test_what_a_token_may_not_do_besides_is_told(bare: Place, connect: Connect) -> None:
    settings_of(bare, "threads")["declined"] = ("threads_delete", "threads_read_replies")
    person = Visitor(answers(bare, "site"))
    connect("threads", person)
    assert any("It lacks threads_delete, threads_read_replies" in said for said in person.heard)


def test_the_facebook_apps_id_is_refused_by_the_page(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare, "site", app_id=["Verein", app_of(bare, "facebook")["app_id"]]))
    with pytest.raises(AssertionError, match="4476002"):  # the person sees that page
        connect("threads", person)
    assert [key for key, _ in person.wrongs] == ["app_id"]


def test_a_wrong_secret_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    right = app_of(bare, "threads")["app_secret"]
    person = Visitor(answers(bare, "site", app_secret=["", "another-secret", right]))
    connect("threads", person)
    assert [key for key, _ in person.wrongs] == ["app_secret"] * 2
    assert "not the secret beside the Threads App ID" in person.wrongs[1][1]
    assert tells_no_secret(bare, person, right, "another-secret")


def test_an_address_that_was_pasted_wrong_is_asked_for_again(bare: Place, connect: Connect) -> None:
    pasted = iter(["nothing", "https://tal.example.org/?code=x&state=y#_"])
    person = Visitor(answers(bare, "site"), change=lambda address: next(pasted, address))
    connect("threads", person)
    assert [key for key, _ in person.wrongs] == ["landing"] * 2


def test_wrong_addresses_come_to_an_end(bare: Place, connect: Connect) -> None:
    before = written(bare)
    with pytest.raises(ConfigError, match="it has no code in it"):
        connect("threads", Visitor(answers(bare, "site"), change=lambda _: "nothing"))
    assert written(bare) == before


def test_a_code_is_good_for_an_hour(bare: Place, connect: Connect) -> None:
    def later(address: str) -> str:
        bare.clock.pass_by(minutes=61)
        return address

    before = written(bare)
    with pytest.raises(ConfigError, match="Matching code was not found or was already used"):
        connect("threads", Visitor(answers(bare, "site"), change=later))
    assert written(bare) == before


def test_somebody_who_says_no_changes_nothing(bare: Place, connect: Connect) -> None:
    before = written(bare)
    with pytest.raises(ConfigError, match="The person said no"):
        connect("threads", Visitor(answers(bare, "site"), {"decision": "deny"}))
    assert written(bare) == before


def test_a_trial_leaves_a_renewed_token_alone(bare: Place, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    connect("threads", Visitor(answers(bare)))
    bare.network("threads").connect()
    bare.clock.pass_by(days=2)
    bare.network("threads").connect()  # renewed, and kept beside the ledger
    (kept,) = (bare.root / "config/state/sessions").glob("threads*")
    before, renewed = written(bare), kept.read_bytes()
    other = token_of(bare, "threads", "access_token", "zweitkonto")
    anew = answers(bare, access_token=other, name="threads", replace="yes", other="yes")

    def full(*_: object) -> None:
        raise ConfigError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("crosspost.app.accounts.add.write_config", full)
        with pytest.raises(ConfigError, match="the disk is full"):
            connect("threads", Visitor(anew))
    assert (written(bare), kept.read_bytes()) == (before, renewed)
    (added,) = connect("threads", Visitor(anew))
    assert added.who == "@zweitkonto"
    assert bare.network("threads").connect().handle == "@zweitkonto"
