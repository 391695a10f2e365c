"""A Facebook Page and its Instagram account: three ways in, each question with a wrong answer, and what it tells."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.facebook import FacebookLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.meta import app_of, connect, empty_place, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return empty_place(Place(tmp_path, sandbox, clock=clock, networks=()))


def answers(place: Place, way: str = "browser", **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"way": way, "page": "Verein Beispiel", **app_of(place, "facebook")}
    if way == "token":
        given["user_token"] = token_of(place, "facebook", "user_token")
    return given | more


def test_few_steps() -> None:
    assert len(FacebookLogin.steps) <= 31 // 2  # half of the screenshots in POSSE Party's guide
    assert FacebookLogin.page.startswith("https://developers.facebook.com/")


@pytest.mark.parametrize("way", ["browser", "site", "token"])
def test_each_way_ends_with_a_token_that_does_not_end(place: Place, way: str) -> None:
    person = Visitor(answers(place, way))
    (added,) = connect(place, person, "facebook")
    assert (added.name, added.who) == ("facebook", "Verein Beispiel")
    me = place.network("facebook").connect()
    assert me.handle == "Verein Beispiel"
    place.clock.pass_by(days=300)
    assert place.network("facebook").connect().expires_at is None
    assert any("does not end by itself" in said for said in person.heard)
    assert tells_no_secret(place, person, app_of(place, "facebook")["app_secret"])


def test_posts_go_out_with_it(place: Place) -> None:
    connect(place, Visitor(answers(place)), "facebook")
    network = place.network("facebook")
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts("facebook")
    assert post["extra"]["seen_by"] == "people with a role on the app"


def test_an_app_in_development_mode_is_told(place: Place) -> None:
    person = Visitor(answers(place))
    connect(place, person, "facebook")
    (told,) = [said for said in person.heard if "development mode" in said]
    assert told.startswith("The app is in development mode: until you publish it, only people with a role")
    assert f"/apps/{app_of(place, 'facebook')['app_id']}/" in told


@pytest.mark.parametrize("way", ["site", "token"])
def test_where_the_mode_is_not_known_the_person_is_told_where_to_look(place: Place, way: str) -> None:
    settings_of(place, "facebook")["mode"] = "live"
    person = Visitor(answers(place, way))
    connect(place, person, "facebook")
    assert any(said.startswith("Look whether the app is published") for said in person.heard)


def test_a_published_app_does_not_come_back_to_this_computer(place: Place) -> None:
    settings_of(place, "facebook")["mode"] = "live"
    person = Visitor(answers(place))
    before = written(place)
    with pytest.raises(AssertionError, match="URL Blocked"):  # the person sees that page
        connect(place, person, "facebook")
    assert any("says that the URL is blocked" in said for said in person.heard)
    assert written(place) == before


def test_the_address_is_the_one_that_was_to_be_entered(place: Place) -> None:
    settings_of(place, "facebook")["redirects"] = ("https://tal.example.org/",)
    person = Visitor(answers(place, "site"))
    connect(place, person, "facebook")
    assert any("enter https://tal.example.org/ exactly so" in said for said in person.heard)


def test_a_site_without_https_is_asked_for_another_address(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, clock=clock, networks=(), url="http://tal.example.org")
    wrong = ["", "http://tal.example.org", "https://a.example.org/?x=1", "tal", "https://other.example.org"]
    person = Visitor(answers(place, "site", site=wrong))
    connect(place, person, "facebook")
    assert [key for key, _ in person.wrongs] == ["site"] * 4
    assert all("must begin with https://" in why for _, why in person.wrongs)
    assert any("enter https://other.example.org/ exactly so" in said for said in person.heard)


# ── wrong answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_app_id_is_told_and_asked_for_again(place: Place) -> None:
    right = app_of(place, "facebook")["app_id"]
    person = Visitor(answers(place, app_id=["", "sandbox-app-secret", "123456789012345", f" “{right}” "]))
    connect(place, person, "facebook")
    assert [key for key, _ in person.wrongs] == ["app_id"] * 3
    assert "a number of about 15 digits" in person.wrongs[1][1]
    assert "Facebook knows no app 123456789012345" in person.wrongs[2][1]
    assert "Threads App ID" in person.wrongs[2][1]
    assert person.asked.count("app_secret") == 1  # what was right is not asked for again


def test_a_wrong_app_secret_is_told_and_asked_for_again(place: Place) -> None:
    right = app_of(place, "facebook")["app_secret"]
    person = Visitor(answers(place, app_secret=["", "with a space", "another-secret", f"'{right}'"]))
    connect(place, person, "facebook")
    assert [key for key, _ in person.wrongs] == ["app_secret"] * 3
    assert "not the secret of the app" in person.wrongs[2][1]
    assert tells_no_secret(place, person, right, "another-secret")
    assert person.asked.count("app_id") == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("other_app_token", "made for another app"),
        ("access_token", "this is the token of a Page"),
        ("", "does not accept this token"),
    ],
)
def test_a_wrong_user_token_is_told_and_asked_for_again(place: Place, kind: str, why: str) -> None:
    wrong = token_of(place, "facebook", kind) if kind else "EAAnothing"
    right = token_of(place, "facebook", "user_token")
    person = Visitor(answers(place, "token", user_token=[wrong, f"Bearer {right}"]))
    connect(place, person, "facebook")
    ((key, said),) = person.wrongs
    assert key == "user_token"
    assert why in said
    assert tells_no_secret(place, person, wrong, right)


def test_a_user_token_without_a_permission_is_told_and_asked_for_again(place: Place) -> None:
    settings_of(place, "facebook")["declined"] = ("pages_manage_posts",)
    person = Visitor(answers(place, "token"))
    before = written(place)
    with pytest.raises(ConfigError, match="nobody answers user_token"):
        connect(place, person, "facebook")
    assert "pages_manage_posts is missing: add it in the Explorer" in person.wrongs[0][1]
    assert written(place) == before


def test_a_permission_that_was_not_ticked_is_told_and_the_way_in_asked_for_again(place: Place) -> None:
    settings = settings_of(place, "facebook")
    settings["declined"] = ("pages_manage_posts", "pages_read_engagement")

    def tick_the_second_time(address: str) -> str:
        if visits.append(address) or len(visits) == 2:
            settings["declined"] = ()
        return address

    visits: list[str] = []
    person = Visitor(answers(place, way=["browser", "browser"]), change=tick_the_second_time)
    connect(place, person, "facebook")
    ((key, why),) = person.wrongs
    assert key == "way"
    assert "pages_read_engagement, pages_manage_posts is missing" in why


def test_a_person_without_pages_is_told(place: Place) -> None:
    settings_of(place, "facebook")["pages"] = ()
    person = Visitor(answers(place))
    before = written(place)
    with pytest.raises(ConfigError, match="nobody answers way"):
        connect(place, person, "facebook")
    assert "this login opens no Page. Log in again and tick your Page" in person.wrongs[0][1]
    assert written(place) == before


def test_pages_on_which_a_person_may_not_post_are_not_offered(place: Place) -> None:
    settings_of(place, "facebook")["tasks"] = {"zweitkonto": ("ANALYZE",)}
    person = Visitor(answers(place, page="nobody asks"))
    connect(place, person, "facebook")
    assert person.offered["page"] == ["Verein Beispiel"]
    settings_of(place, "facebook")["tasks"] = {"zweitkonto": ("ANALYZE",), "verein": ()}
    person = Visitor(answers(place))
    with pytest.raises(ConfigError, match="nobody answers way"):
        connect(place, person, "facebook")
    assert "may not create posts on Verein Beispiel, Zweitkonto" in person.wrongs[0][1]


def test_every_page_is_listed_however_many_there_are(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings_of(place, "facebook"), "pages", ("verein",) * 100 + ("zweitkonto",))
    person = Visitor(answers(place, page="Zweitkonto"))
    (added,) = connect(place, person, "facebook")
    assert added.who == "Zweitkonto"
    assert len(person.offered["page"]) == 101


def test_somebody_who_says_no_changes_nothing(place: Place) -> None:
    before = written(place)
    with pytest.raises(ConfigError, match="The person said no"):
        connect(place, Visitor(answers(place), {"decision": "deny"}), "facebook")
    assert written(place) == before


def test_an_address_that_was_pasted_wrong_is_asked_for_again(place: Place) -> None:
    pasted = iter(["https://tal.example.org/", "https://tal.example.org/?code=x&state=y#_=_"])
    person = Visitor(answers(place, "site"), change=lambda address: next(pasted, address))
    connect(place, person, "facebook")
    assert [key for key, _ in person.wrongs] == ["landing"] * 2
    assert "it has no code in it" in person.wrongs[0][1]
    assert "answers another question" in person.wrongs[1][1]


def test_a_code_that_waited_too_long_is_refused(place: Place) -> None:
    before = written(place)

    def later(address: str) -> str:
        place.clock.pass_by(minutes=11)
        return address

    with pytest.raises(ConfigError, match="This authorization code has expired"):
        connect(place, Visitor(answers(place, "site"), change=later), "facebook")
    assert written(place) == before


def test_a_page_token_that_ends_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.networks.logins.facebook_app.App.lasting", lambda _self, token: token)
    person = Visitor(answers(place))
    connect(place, person, "facebook")
    ends = place.clock() + timedelta(hours=2)
    assert any(f"This login ends on {ends:%Y-%m-%d}" in said for said in person.heard)


def test_a_server_that_is_away_is_told(place: Place) -> None:
    place.sandbox.fault("facebook", "html-503", 1, "GET /*/oauth/access_token")
    before = written(place)
    with pytest.raises(DeliveryError, match="Facebook gave no answer that can be read"):
        connect(place, Visitor(answers(place)), "facebook")
    assert written(place) == before


# ── Instagram in the same go ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_instagram_account_comes_with_its_page(place: Place) -> None:
    person = Visitor(answers(place, instagram="yes"))
    page, instagram = connect(place, person, "facebook")
    assert (page.name, instagram.name, instagram.who) == ("facebook", "instagram", "@verein")
    assert "The Instagram account @verein is linked to this Page." in person.heard
    assert place.network("instagram").connect().handle == "@verein"
    assert tells_no_secret(place, person)


def test_a_page_without_an_instagram_account_is_told(place: Place) -> None:
    settings_of(place, "facebook")["linked"] = ("zweitkonto",)
    person = Visitor(answers(place, instagram="yes"))
    (page,) = connect(place, person, "facebook")
    assert page.network == "facebook"
    assert any("No professional Instagram account is linked to Verein Beispiel" in said for said in person.heard)


def test_an_app_without_the_permissions_for_instagram_does_not_ask_for_them(place: Place) -> None:
    settings = settings_of(place, "facebook")
    settings["permissions"] = tuple(scope for scope in settings["permissions"] if "instagram" not in scope)
    (page,) = connect(place, Visitor(answers(place)), "facebook")
    assert page.network == "facebook"
    with pytest.raises(AssertionError, match="Invalid Scopes: instagram_basic, instagram_content_publish"):
        connect(place, Visitor(answers(place, instagram="yes")), "facebook")
