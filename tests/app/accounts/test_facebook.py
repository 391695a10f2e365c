"""A Facebook Page and its Instagram account: three ways in, each question with a wrong answer, and what it tells."""

from datetime import timedelta

import pytest

from crosspost.app.accounts.add import log_in
from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.facebook import EXPLORER, FacebookLogin
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect
from tests.app.accounts.meta import app_of, manual, settings_of, tells_no_secret, token_of, written
from tests.app.accounts.visitor import Visitor


def answers(bare: Place, way: str = "browser", **more: str | list[str]) -> dict[str, str | list[str]]:
    given: dict[str, str | list[str]] = {"way": way, "page": "Verein Beispiel", **app_of(bare, "facebook")}
    if way == "token":
        given["user_token"] = token_of(bare, "facebook", "user_token")
    return given | more


def test_few_steps() -> None:
    assert len(FacebookLogin.steps) <= 31 // 2  # half of the screenshots in POSSE Party's guide
    assert FacebookLogin.page.startswith("https://developers.facebook.com/")


def test_the_manual_describes_this_way() -> None:
    text = " ".join(manual("facebook").split())
    for named in (
        "crosspost accounts add facebook",
        FacebookLogin.page,
        "pages_manage_posts",
        "pages_read_engagement",
        "instagram_content_publish",
        EXPLORER,
    ):
        assert named in text, named


@pytest.mark.parametrize("way", ["browser", "site", "token"])
def test_each_way_ends_with_a_token_that_does_not_end(bare: Place, connect: Connect, way: str) -> None:
    person = Visitor(answers(bare, way))
    (added,) = connect("facebook", person)
    assert (added.name, added.who) == ("facebook", "Verein Beispiel")
    me = bare.network("facebook").connect()
    assert me.handle == "Verein Beispiel"
    bare.clock.pass_by(days=300)
    assert bare.network("facebook").connect().expires_at is None
    assert any("does not end by itself" in said for said in person.heard)
    assert tells_no_secret(bare, person, app_of(bare, "facebook")["app_secret"])


def test_posts_go_out_with_it(bare: Place, connect: Connect) -> None:
    connect("facebook", Visitor(answers(bare)))
    network = bare.network("facebook")
    network.publish(bare.prepared(network))
    (post,) = bare.sandbox.posts("facebook")
    assert post["extra"]["seen_by"] == "people with a role on the app"


def test_an_app_in_development_mode_is_told(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare))
    connect("facebook", person)
    (told,) = [said for said in person.heard if "development mode" in said]
    assert told.startswith("The app is in development mode: until you publish it, only people with a role")
    assert f"/apps/{app_of(bare, 'facebook')['app_id']}/" in told


@pytest.mark.parametrize("way", ["site", "token"])
def test_where_the_mode_is_not_known_the_person_is_told_where_to_look(bare: Place, connect: Connect, way: str) -> None:
    settings_of(bare, "facebook")["mode"] = "live"
    person = Visitor(answers(bare, way))
    connect("facebook", person)
    assert any(said.startswith("Check whether the app is published") for said in person.heard)


def test_a_published_app_does_not_come_back_to_this_computer(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["mode"] = "live"
    person = Visitor(answers(bare))
    before = written(bare)
    with pytest.raises(AssertionError, match="URL Blocked"):  # the person sees that page
        connect("facebook", person)
    assert any("says that the URL is blocked" in said for said in person.heard)
    assert written(bare) == before


def test_the_address_is_the_one_that_was_to_be_entered(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["redirects"] = ("https://tal.example.org/",)
    person = Visitor(answers(bare, "site"))
    connect("facebook", person)
    assert any("enter https://tal.example.org/, exactly as shown here" in said for said in person.heard)


def test_a_site_without_https_is_asked_for_another_address(bare: Place, connect: Connect) -> None:
    bare.write("site/_config.yml", "url: http://tal.example.org\ntitle: Das Tal\n")
    wrong = ["", "http://tal.example.org", "https://a.example.org/?x=1", "tal", "https://other.example.org"]
    person = Visitor(answers(bare, "site", site=wrong))
    connect("facebook", person)
    assert [key for key, _ in person.wrongs] == ["site"] * 4
    assert all("must begin with https://" in why for _, why in person.wrongs)
    assert any("enter https://other.example.org/, exactly as shown here" in said for said in person.heard)


# ── wrong answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_app_id_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    right = app_of(bare, "facebook")["app_id"]
    person = Visitor(answers(bare, app_id=["", "sandbox-app-secret", "123456789012345", f" “{right}” "]))
    connect("facebook", person)
    assert [key for key, _ in person.wrongs] == ["app_id"] * 3
    assert "a number of about 15 digits" in person.wrongs[1][1]
    assert "Facebook has no app 123456789012345" in person.wrongs[2][1]
    assert "Threads App ID" in person.wrongs[2][1]
    assert person.asked.count("app_secret") == 1  # what was right is not asked for again


def test_a_wrong_app_secret_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    right = app_of(bare, "facebook")["app_secret"]
    person = Visitor(answers(bare, app_secret=["", "with a space", "another-secret", f"'{right}'"]))
    connect("facebook", person)
    assert [key for key, _ in person.wrongs] == ["app_secret"] * 3
    assert "not the secret of the app" in person.wrongs[2][1]
    assert tells_no_secret(bare, person, right, "another-secret")
    assert person.asked.count("app_id") == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("other_app_token", "made for another app"),
        ("access_token", "this is the token of a Page"),
        ("", "does not accept this token"),
    ],
)
def test_a_wrong_user_token_is_told_and_asked_for_again(bare: Place, connect: Connect, kind: str, why: str) -> None:
    wrong = token_of(bare, "facebook", kind) if kind else "EAAnothing"
    right = token_of(bare, "facebook", "user_token")
    person = Visitor(answers(bare, "token", user_token=[wrong, f"Bearer {right}"]))
    connect("facebook", person)
    ((key, said),) = person.wrongs
    assert key == "user_token"
    assert why in said
    assert tells_no_secret(bare, person, wrong, right)


def test_a_user_token_without_a_permission_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["declined"] = ("pages_manage_posts",)
    person = Visitor(answers(bare, "token"))
    before = written(bare)
    with pytest.raises(ConfigError, match="nobody answers user_token"):
        connect("facebook", person)
    assert "pages_manage_posts is missing: add it in the Explorer" in person.wrongs[0][1]
    assert written(bare) == before


def test_a_permission_that_was_not_ticked_is_told_and_the_way_in_asked_for_again(bare: Place, connect: Connect) -> None:
    settings = settings_of(bare, "facebook")
    settings["declined"] = ("pages_manage_posts", "pages_read_engagement")

    def tick_the_second_time(address: str) -> str:
        if visits.append(address) or len(visits) == 2:
            settings["declined"] = ()
        return address

    visits: list[str] = []
    person = Visitor(answers(bare, way=["browser", "browser"]), change=tick_the_second_time)
    connect("facebook", person)
    ((key, why),) = person.wrongs
    assert key == "way"
    assert "pages_read_engagement, pages_manage_posts is missing" in why


def test_a_person_without_pages_is_told(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["pages"] = ()
    person = Visitor(answers(bare))
    before = written(bare)
    with pytest.raises(ConfigError, match="nobody answers way"):
        connect("facebook", person)
    assert "this login opens no Page. Log in again and tick your Page" in person.wrongs[0][1]
    assert written(bare) == before


def test_pages_on_which_a_person_may_not_post_are_not_offered(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["tasks"] = {"zweitkonto": ("ANALYZE",)}
    person = Visitor(answers(bare, page="nobody asks"))
    connect("facebook", person)
    assert person.offered["page"] == ["Verein Beispiel"]
    settings_of(bare, "facebook")["tasks"] = {"zweitkonto": ("ANALYZE",), "verein": ()}
    person = Visitor(answers(bare))
    with pytest.raises(ConfigError, match="nobody answers way"):
        connect("facebook", person)
    assert "may not create posts on Verein Beispiel, Zweitkonto" in person.wrongs[0][1]


def test_every_page_is_listed_however_many_there_are(
    bare: Place, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings_of(bare, "facebook"), "pages", ("verein",) * 100 + ("zweitkonto",))
    person = Visitor(answers(bare, page="Zweitkonto"))
    (added,) = connect("facebook", person)
    assert added.who == "Zweitkonto"
    assert len(person.offered["page"]) == 101


def test_somebody_who_says_no_changes_nothing(bare: Place, connect: Connect) -> None:
    before = written(bare)
    with pytest.raises(ConfigError, match="The person said no"):
        connect("facebook", Visitor(answers(bare), {"decision": "deny"}))
    assert written(bare) == before


def test_an_address_that_was_pasted_wrong_is_asked_for_again(bare: Place, connect: Connect) -> None:
    pasted = iter(["https://tal.example.org/", "https://tal.example.org/?code=x&state=y#_=_"])
    person = Visitor(answers(bare, "site"), change=lambda address: next(pasted, address))
    connect("facebook", person)
    assert [key for key, _ in person.wrongs] == ["landing"] * 2
    assert "it has no code in it" in person.wrongs[0][1]
    assert "belongs to an earlier try" in person.wrongs[1][1]


def test_a_code_that_waited_too_long_is_refused(bare: Place, connect: Connect) -> None:
    before = written(bare)

    def later(address: str) -> str:
        bare.clock.pass_by(minutes=11)
        return address

    with pytest.raises(ConfigError, match="This authorization code has expired"):
        connect("facebook", Visitor(answers(bare, "site"), change=later))
    assert written(bare) == before


def test_a_page_token_that_ends_is_told(bare: Place, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.networks.logins.facebook_app.App.lasting", lambda _self, token: token)
    person = Visitor(answers(bare))
    connect("facebook", person)
    ends = bare.clock() + timedelta(hours=2)
    assert any(f"This login ends on {ends:%Y-%m-%d}" in said for said in person.heard)


def test_a_server_that_is_away_is_told(bare: Place, connect: Connect) -> None:
    bare.sandbox.fault("facebook", "html-503", 1, "GET /*/oauth/access_token")
    before = written(bare)
    with pytest.raises(DeliveryError, match="Facebook gave no answer that can be read"):
        connect("facebook", Visitor(answers(bare)))
    assert written(bare) == before


# ── Instagram in the same go ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_instagram_account_comes_with_its_page(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare, instagram="yes"))
    page, instagram = connect("facebook", person)
    assert (page.name, instagram.name, instagram.who) == ("facebook", "instagram", "@verein")
    assert "The Instagram account @verein is linked to this Page." in person.heard
    assert bare.network("instagram").connect().handle == "@verein"
    assert tells_no_secret(bare, person)


def test_the_two_accounts_have_two_names(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare, instagram="yes", name=["both", "both", "other"]))
    assert [added.name for added in connect("facebook", person)] == ["both", "other"]
    ((key, why),) = person.wrongs
    assert (key, why) == ("name", "the other account has this name already")
    assert bare.network("both").connect().handle == "Verein Beispiel"
    assert bare.network("other").connect().handle == "@verein"


def test_a_page_without_an_instagram_account_is_told(bare: Place, connect: Connect) -> None:
    settings_of(bare, "facebook")["linked"] = ("zweitkonto",)
    person = Visitor(answers(bare, instagram="yes"))
    (page,) = connect("facebook", person)
    assert page.network == "facebook"
    assert any("No professional Instagram account is linked to Verein Beispiel" in said for said in person.heard)


def test_an_app_without_the_permissions_for_instagram_does_not_ask_for_them(bare: Place, connect: Connect) -> None:
    settings = settings_of(bare, "facebook")
    settings["permissions"] = tuple(scope for scope in settings["permissions"] if "instagram" not in scope)
    (page,) = connect("facebook", Visitor(answers(bare)))
    assert page.network == "facebook"
    with pytest.raises(AssertionError, match="Invalid Scopes: instagram_basic, instagram_content_publish"):
        connect("facebook", Visitor(answers(bare, instagram="yes")))


def test_an_account_that_is_renewed_keeps_its_page(bare: Place) -> None:
    page = bare.sandbox.accounts("zweitkonto")["facebook"]["page_id"]
    given = {key: value for key, value in answers(bare).items() if key != "page"}
    person = Visitor(given)
    (found,) = log_in(bare.app, "facebook", person, base_url=bare.sandbox.url, known={"page": page})
    assert person.asked == ["app_id", "app_secret", "way"]
    assert "-zweitkonto-" in found.secrets["access_token"]
    other = Visitor(answers(bare))
    log_in(bare.app, "facebook", other, base_url=bare.sandbox.url, known={"page": "1"})
    assert other.asked[-1] == "page"  # that one is not among them (any more)
