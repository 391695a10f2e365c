"""Instagram: by the Page it is linked to, or with a token of its own; each question with a wrong answer."""

import pytest

from crosspost.app.accounts.add import log_in
from crosspost.errors import ConfigError
from crosspost.networks.logins.instagram import InstagramItself, InstagramLogin
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect
from tests.app.accounts.meta import app_of, manual, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


def answers(bare: Place, way: str, **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"door": "own", "way": way}
    if way == "token":
        given["access_token"] = token_of(bare, "instagram", "login_token")
    elif way == "site":
        given |= app_of(bare, "instagram")
    else:
        given |= {"door": "page", "page": "Verein Beispiel", **app_of(bare, "facebook")}
    return given | more


def test_few_steps() -> None:
    assert len(InstagramLogin.steps) <= 24 // 2  # half of the screenshots in POSSE Party's guide


def test_the_manual_describes_this_way() -> None:
    text = " ".join(manual("instagram").split())
    for named in (
        "crosspost accounts add instagram",
        InstagramLogin.page,
        *InstagramItself.scopes[1:],
        "instagram_basic",
        InstagramItself.id_name,
    ):
        assert named in text, named


@pytest.mark.parametrize("way", ["token", "site"])
def test_its_own_login_is_renewed(bare: Place, connect: Connect, way: str) -> None:
    person = Visitor(answers(bare, way))
    (added,) = connect("instagram", person)
    assert (added.name, added.who) == ("instagram", "@verein")
    assert "“in development”, it can post only for its testers" in " ".join(person.heard)
    assert 'login = "instagram"' in bare.config.read_text("utf-8")
    assert tells_no_secret(bare, person, app_of(bare, "instagram")["app_secret"])
    for _ in range(4):  # longer than any token lives
        bare.network("instagram").connect()
        bare.clock.pass_by(days=31)
    assert bare.network("instagram").connect().handle == "@verein"


def test_the_answer_to_a_code_may_be_in_a_list(bare: Place, connect: Connect) -> None:
    settings_of(bare, "instagram")["wrapped"] = True
    (added,) = connect("instagram", Visitor(answers(bare, "site")))
    assert added.who == "@verein"


def test_by_its_page_the_login_does_not_end(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare, "browser"))
    (added,) = connect("instagram", person)
    assert (added.name, added.who) == ("instagram", "@verein")
    bare.clock.pass_by(days=300)
    me = bare.network("instagram").connect()
    assert (me.handle, me.expires_at) == ("@verein", None)
    assert "login =" not in bare.config.read_text("utf-8")
    assert tells_no_secret(bare, person, app_of(bare, "facebook")["app_secret"])


def test_the_page_comes_along_when_wanted(bare: Place, connect: Connect) -> None:
    instagram, page = connect("instagram", Visitor(answers(bare, "browser", facebook="yes")))
    assert (instagram.network, page.network, page.who) == ("instagram", "facebook", "Verein Beispiel")
    assert bare.network("facebook").connect().handle == "Verein Beispiel"


def test_a_page_without_an_account_is_told_and_nothing_written(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["linked"] = ()
    before = written(bare)
    with pytest.raises(ConfigError, match="No professional Instagram account is linked to Verein Beispiel"):
        connect("instagram", Visitor(answers(bare, "browser", facebook="yes")))
    assert written(bare) == before


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("", "it is empty"),
        ("a\u201cb", "a curly quote"),
        ("nothing-of-theirs", "Instagram does not accept this token"),
        ("EAAnothing", "It looks like one of Facebook"),
    ],
)
def test_a_wrong_token_is_told_and_asked_for_again(bare: Place, connect: Connect, wrong: str, why: str) -> None:
    right = token_of(bare, "instagram", "login_token")
    person = Visitor(answers(bare, "token", access_token=[wrong, f"Bearer {right}"]))
    connect("instagram", person)
    ((key, said),) = person.wrongs
    assert key == "access_token"
    assert why in said
    assert tells_no_secret(bare, person, wrong)


def test_a_token_that_may_not_publish_is_told(bare: Place, connect: Connect) -> None:
    settings_of(bare, "instagram")["declined"] = ("instagram_business_content_publish",)
    before = written(bare)
    with pytest.raises(ConfigError, match="may not publish: it needs instagram_business_basic and instagram_business_"):
        connect("instagram", Visitor(answers(bare, "site")))
    assert written(bare) == before


def test_a_wrong_app_is_refused_by_the_page(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare, "site", app_id=["my app", "123456789012345"]))
    with pytest.raises(AssertionError, match="Invalid platform app"):  # the person sees that page
        connect("instagram", person)
    assert [key for key, _ in person.wrongs] == ["app_id"]


def test_a_wrong_secret_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    right = app_of(bare, "instagram")["app_secret"]
    person = Visitor(answers(bare, "site", app_secret=["another-secret", right]))
    connect("instagram", person)
    ((key, why),) = person.wrongs
    assert key == "app_secret"
    assert "not the secret beside the Instagram app ID" in why
    assert tells_no_secret(bare, person, right, "another-secret")


def test_the_address_must_be_the_one_of_the_settings(bare: Place, connect: Connect) -> None:
    settings_of(bare, "instagram")["redirects"] = ("https://tal.example.org",)  # without the slash: another one
    with pytest.raises(AssertionError, match="Invalid redirect_uri"):
        connect("instagram", Visitor(answers(bare, "site")))
    settings_of(bare, "instagram")["redirects"] = ("https://tal.example.org/",)
    connect("instagram", Visitor(answers(bare, "site")))


def test_somebody_who_says_no_changes_nothing(bare: Place, connect: Connect) -> None:
    before = written(bare)
    with pytest.raises(ConfigError, match="The person said no"):
        connect("instagram", Visitor(answers(bare, "site"), {"decision": "deny"}))
    assert written(bare) == before


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ({"login": "instagram"}, ["way", "access_token"]),
        ({"base_url": ""}, ["app_id", "app_secret", "way", "user_token", "page"]),
    ],
)
def test_an_account_that_is_renewed_keeps_its_login(bare: Place, known: dict[str, str], asked: list[str]) -> None:
    given = {**app_of(bare, "facebook"), "way": "token", "page": "Verein Beispiel"}
    given["access_token"] = token_of(bare, "instagram", "login_token")
    given["user_token"] = token_of(bare, "facebook", "user_token")
    person = Visitor(given)
    (found,) = log_in(bare.app, "instagram", person, base_url=bare.sandbox.url, known=known)
    assert person.asked == asked
    assert found.network == "instagram"
    assert not any(said.startswith("It takes about") for said in person.heard)
