"""Instagram: by the Page it is linked to, or with a token of its own; each question with a wrong answer."""

from pathlib import Path

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins.instagram import InstagramLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.meta import app_of, connect, empty_place, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return empty_place(Place(tmp_path, sandbox, clock=clock, networks=()))


def answers(place: Place, way: str, **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"door": "own", "way": way}
    if way == "token":
        given["access_token"] = token_of(place, "instagram", "login_token")
    elif way == "site":
        given |= app_of(place, "instagram")
    else:
        given |= {"door": "page", "page": "Verein Beispiel", **app_of(place, "facebook")}
    return given | more


def test_few_steps() -> None:
    assert len(InstagramLogin.steps) <= 24 // 2  # half of the screenshots in POSSE Party's guide


@pytest.mark.parametrize("way", ["token", "site"])
def test_its_own_login_is_renewed(place: Place, way: str) -> None:
    person = Visitor(answers(place, way))
    (added,) = connect(place, person, "instagram")
    assert (added.name, added.who) == ("instagram", "@verein")
    assert 'login = "instagram"' in place.config.read_text("utf-8")
    assert tells_no_secret(place, person, app_of(place, "instagram")["app_secret"])
    for _ in range(4):  # longer than any token lives
        place.network("instagram").connect()
        place.clock.pass_by(days=31)
    assert place.network("instagram").connect().handle == "@verein"


def test_the_answer_to_a_code_may_be_in_a_list(place: Place) -> None:
    settings_of(place, "instagram")["wrapped"] = True
    (added,) = connect(place, Visitor(answers(place, "site")), "instagram")
    assert added.who == "@verein"


def test_by_its_page_the_login_does_not_end(place: Place) -> None:
    person = Visitor(answers(place, "browser"))
    (added,) = connect(place, person, "instagram")
    assert (added.name, added.who) == ("instagram", "@verein")
    place.clock.pass_by(days=300)
    me = place.network("instagram").connect()
    assert (me.handle, me.expires_at) == ("@verein", None)
    assert "login =" not in place.config.read_text("utf-8")
    assert tells_no_secret(place, person, app_of(place, "facebook")["app_secret"])


def test_the_page_comes_along_when_wanted(place: Place) -> None:
    instagram, page = connect(place, Visitor(answers(place, "browser", facebook="yes")), "instagram")
    assert (instagram.network, page.network, page.who) == ("instagram", "facebook", "Verein Beispiel")
    assert place.network("facebook").connect().handle == "Verein Beispiel"


def test_a_page_without_an_account_is_told_and_nothing_written(place: Place) -> None:
    settings_of(place, "facebook")["linked"] = ()
    before = written(place)
    with pytest.raises(ConfigError, match="No professional Instagram account is linked to Verein Beispiel"):
        connect(place, Visitor(answers(place, "browser", facebook="yes")), "instagram")
    assert written(place) == before


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("", "it is empty"),
        ("a\u201cb", "a curly quote"),
        ("nothing-of-theirs", "Instagram does not accept this token"),
        ("EAAnothing", "It looks like one of Facebook"),
    ],
)
def test_a_wrong_token_is_told_and_asked_for_again(place: Place, wrong: str, why: str) -> None:
    right = token_of(place, "instagram", "login_token")
    person = Visitor(answers(place, "token", access_token=[wrong, f"Bearer {right}"]))
    connect(place, person, "instagram")
    ((key, said),) = person.wrongs
    assert key == "access_token"
    assert why in said
    assert tells_no_secret(place, person, wrong)


def test_a_token_that_may_not_publish_is_told(place: Place) -> None:
    settings_of(place, "instagram")["declined"] = ("instagram_business_content_publish",)
    before = written(place)
    with pytest.raises(ConfigError, match="may not publish: it needs instagram_business_basic and instagram_business_"):
        connect(place, Visitor(answers(place, "site")), "instagram")
    assert written(place) == before


def test_a_wrong_app_is_refused_by_the_page(place: Place) -> None:
    person = Visitor(answers(place, "site", app_id=["my app", "123456789012345"]))
    with pytest.raises(AssertionError, match="Invalid platform app"):  # the person sees that page
        connect(place, person, "instagram")
    assert [key for key, _ in person.wrongs] == ["app_id"]


def test_a_wrong_secret_is_told_and_asked_for_again(place: Place) -> None:
    right = app_of(place, "instagram")["app_secret"]
    person = Visitor(answers(place, "site", app_secret=["another-secret", right]))
    connect(place, person, "instagram")
    ((key, why),) = person.wrongs
    assert key == "app_secret"
    assert "not the secret beside the Instagram app ID" in why
    assert tells_no_secret(place, person, right, "another-secret")


def test_the_address_must_be_the_one_of_the_settings(place: Place) -> None:
    settings_of(place, "instagram")["redirects"] = ("https://tal.example.org",)  # without the slash: another one
    with pytest.raises(AssertionError, match="Invalid redirect_uri"):
        connect(place, Visitor(answers(place, "site")), "instagram")
    settings_of(place, "instagram")["redirects"] = ("https://tal.example.org/",)
    connect(place, Visitor(answers(place, "site")), "instagram")


def test_somebody_who_says_no_changes_nothing(place: Place) -> None:
    before = written(place)
    with pytest.raises(ConfigError, match="The person said no"):
        connect(place, Visitor(answers(place, "site"), {"decision": "deny"}), "instagram")
    assert written(place) == before
