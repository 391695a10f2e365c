"""LinkedIn is connected, in the browser or with a pasted token, as a person or as an organisation."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crosspost.app.accounts import login_transfer
from crosspost.app.accounts.add import add, log_in
from crosspost.config.secret_places import SecretsFile
from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.linkedin import LinkedInLogin
from crosspost.networks.logins.own_app import LOOPBACK
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor

POSSE_PARTY = 15  # screenshots of its guide
SITE = "https://tal.example.org/"


@pytest.fixture
def callback() -> str:
    """An address of this computer that is free."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://localhost:{one.getsockname()[1]}/callback"


@pytest.fixture
def sandbox(clock: Clock, callback: str, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    options = {"callbacks": (callback, LOOPBACK, SITE)} | getattr(request, "param", {})
    with Sandbox(clock=clock, options={"linkedin": options}) as running:
        yield running
    assert running.errors == []


def browser(place: Place, callback: str, **other: str | list[str]) -> dict[str, Any]:
    app = place.sandbox.accounts()["linkedin"]["app"]
    return {"way": "browser", "as": "person", **app, "redirect": callback} | other


def pasted(place: Place, token: str = "access_token", **other: str | list[str]) -> dict[str, Any]:
    return {"way": "token", "access_token": place.sandbox.accounts()["linkedin"]["credentials"][token]} | other


def made(place: Place, scope: str) -> str:
    """A token with these scopes, as the portal's token tools make it."""
    stand_in: Any = place.sandbox.networks["linkedin"]
    return str(stand_in.issue("verein", frozenset(scope.split()), place.clock())["access_token"])


def organization(place: Place) -> str:
    return str(place.sandbox.accounts()["linkedin"]["organization"])


def why(person: Visitor, key: str) -> list[str]:
    return [said for wrong, said in person.wrongs if wrong == key]


def tells_nothing(place: Place, person: Visitor) -> bool:
    """Whether the token was not said, nor written into the config, nor the app's secret anywhere."""
    token = place.secrets.read_text("utf-8").rpartition("ACCESS_TOKEN=")[2].strip()
    secret = place.sandbox.accounts()["linkedin"]["app"]["client_secret"]
    assert len(token) > 20
    said = "".join([*person.heard, *(text for _, text in person.wrongs), place.config.read_text("utf-8")])
    return token not in said and secret not in said + place.secrets.read_text("utf-8")


def test_the_steps_are_in_the_manual_and_at_most_half_of_the_screenshots_elsewhere() -> None:
    assert 0 < len(LinkedInLogin.steps) <= POSSE_PARTY / 2
    assert LinkedInLogin.page.startswith("https://")
    assert steps_in_the_manual("linkedin", LinkedInLogin.steps) == []


# ── in the browser ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_agrees_in_the_browser(bare: Place, connect: Connect, callback: str) -> None:
    person = Visitor(browser(bare, callback), {"account": "zweitkonto"})
    (added,) = connect("linkedin", person)
    assert (added.name, added.who) == ("linkedin", "Zweitkonto")
    expected = f'[accounts.linkedin]\nbase_url = "{bare.sandbox.url}"\ntoken_issued = 2026-11-22\n'
    assert bare.config.read_text("utf-8").endswith(expected)
    assert "ends on 2027-01-21" in " ".join(person.heard)
    assert person.asked == ["way", "as", "client_id", "client_secret", "redirect", "author", "name"]
    assert person.offered["author"] == ["Zweitkonto"]
    network = bare.network("linkedin")
    assert network.connect().expires_at == datetime(2027, 1, 21, tzinfo=UTC)
    network.publish(bare.prepared(network))
    assert tells_nothing(bare, person)


def test_an_organisation_is_chosen_by_its_name(bare: Place, connect: Connect, callback: str) -> None:
    person = Visitor(browser(bare, callback, **{"as": "organization"}))
    (added,) = connect("linkedin", person)
    number = organization(bare)
    assert f'author = "{number}"' in bare.config.read_text("utf-8")
    assert person.offered["author"] == [f"Verein Beispiel e. V. (organisation {number})"]
    assert added.who == f"organization {number}"
    network = bare.network("linkedin")
    network.publish(bare.prepared(network))


def test_the_address_of_ones_own_site_is_pasted(bare: Place, connect: Connect) -> None:
    (added,) = connect("linkedin", Visitor(browser(bare, SITE)))
    assert added.who == "Verein Beispiel"


def test_the_end_is_known_to_whoever_asks(bare: Place, callback: str) -> None:
    (found,) = log_in(bare.app, "linkedin", Visitor(browser(bare, callback)), base_url=bare.sandbox.url)
    assert found.expires == datetime(2027, 1, 21, tzinfo=UTC)
    assert found.settings["token_issued"] == date(2026, 11, 22)


@pytest.mark.parametrize("wrong", ["client_id", "client_secret"])
def test_a_wrong_app_is_told_before_the_browser_opens(bare: Place, connect: Connect, callback: str, wrong: str) -> None:
    right = browser(bare, callback)
    both = {name: [right[name], right[name]] for name in ("client_id", "client_secret")}
    person = Visitor(right | both | {wrong: ["", "someone's", right[wrong]]})
    connect("linkedin", person)
    assert "it is empty" in why(person, wrong)
    assert (
        "LinkedIn does not know this client ID with this secret: Client authentication failed"
        in why(person, "client_id")[-1]
    )
    assert tells_nothing(bare, person)


@pytest.mark.parametrize("sandbox", [{"scopes": ("openid", "profile", "w_member_social")}], indirect=True)
def test_an_app_without_the_product_is_told_with_the_scope(bare: Place, connect: Connect) -> None:
    class Sent(Visitor):
        def visit(self, address: str, loopback: Any) -> str:
            import requests

            self.heard.append(address)
            return requests.get(address, timeout=10, allow_redirects=False).headers["Location"]

    with pytest.raises(ConfigError, match='"w_organization_social" is not authorized for your application'):
        connect("linkedin", Sent(browser(bare, SITE, **{"as": "organization"})))
    assert nothing_was_written(bare)


def test_who_says_no_changes_nothing(bare: Place, connect: Connect, callback: str) -> None:
    with pytest.raises(ConfigError, match="The person said no"):
        connect("linkedin", Visitor(browser(bare, callback), {"decision": "deny"}))
    assert nothing_was_written(bare)


def test_pkce_is_never_asked_for(bare: Place, connect: Connect, callback: str) -> None:
    class Looking(Visitor):
        def visit(self, address: str, loopback: Any) -> str:
            assert "code_challenge" not in address
            assert "state=" in address
            return super().visit(address, loopback)

    assert connect("linkedin", Looking(browser(bare, callback)))


@pytest.mark.parametrize("fault", ["500-before", "429", "cut-before"])
def test_a_linkedin_that_does_not_answer_is_no_wrong_secret(
    bare: Place, connect: Connect, callback: str, fault: str
) -> None:
    bare.sandbox.fault("linkedin", fault, match="POST /oauth/v2/accessToken")
    person = Visitor(browser(bare, callback))
    with pytest.raises(DeliveryError, match="cannot be asked"):
        connect("linkedin", person)
    assert person.wrongs == []
    assert nothing_was_written(bare)


# ── a pasted token ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pasted_token_of_a_person(bare: Place, connect: Connect) -> None:
    person = Visitor(pasted(bare, token_issued="2026-10-01"))
    (added,) = connect("linkedin", person)
    assert added.who == "Verein Beispiel"
    assert "token_issued = 2026-10-01\n" in bare.config.read_text("utf-8")
    assert "author" not in bare.config.read_text("utf-8")
    assert "ends on 2026-11-30" in " ".join(person.heard)
    assert tells_nothing(bare, person)


@pytest.mark.parametrize("chosen", ["person", "organization"])
def test_a_token_for_both_asks_who_posts(bare: Place, connect: Connect, chosen: str) -> None:
    token = made(
        bare, "openid profile w_member_social w_organization_social r_organization_social rw_organization_admin"
    )
    number = organization(bare)
    author = "Verein Beispiel" if chosen == "person" else number
    person = Visitor({"way": "token", "access_token": token, "author": author})
    (added,) = connect("linkedin", person)
    assert person.offered["author"] == ["Verein Beispiel", f"Verein Beispiel e. V. (organisation {number})"]
    assert added.who == ("Verein Beispiel" if chosen == "person" else f"organization {number}")


@pytest.mark.parametrize("written", ["{}", "urn:li:organization:{}", "https://www.linkedin.com/company/{}/admin/page"])
def test_a_token_that_names_nobody_asks_for_the_organisation(bare: Place, connect: Connect, written: str) -> None:
    number = organization(bare)
    person = Visitor(pasted(bare, "organization_token", author=["verein", "4711", written.format(number)]))
    (added,) = connect("linkedin", person)
    assert added.who == f"organization {number}"
    unclear, foreign = why(person, "author")
    assert unclear == "it is a number"
    assert "this token may not post for the organisation 4711" in foreign


def test_a_wrong_token_is_told_and_asked_for_again(bare: Place, connect: Connect) -> None:
    right = pasted(bare)["access_token"]
    person = Visitor(pasted(bare) | {"access_token": ["", "two words", "someone's", right]})
    connect("linkedin", person)
    empty, blank, unknown = why(person, "access_token")
    assert empty == "it is empty"
    assert "a space inside it" in blank
    assert "LinkedIn does not know this token: Invalid access token" in unknown
    assert tells_nothing(bare, person)


def test_a_token_that_has_ended_is_told(bare: Place, connect: Connect) -> None:
    token = made(bare, "openid profile w_member_social")
    bare.clock.pass_by(days=60)
    person = Visitor(pasted(bare, access_token=token))
    with pytest.raises(ConfigError, match="nobody answers access_token"):
        connect("linkedin", person)
    assert "has expired" in why(person, "access_token")[0]
    assert nothing_was_written(bare)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("yesterday", "write the day as 2026-11-22"),
        ("2026-11-23", "not come yet"),
        ("2026-09-23", "ended on 2026-11-22"),
    ],
)
def test_a_day_that_cannot_be_is_told(bare: Place, connect: Connect, day: str, said: str) -> None:
    person = Visitor(pasted(bare, token_issued=[day, ""]))
    person.answers["token_issued"] = [day, "2026-09-24"]
    connect("linkedin", person)
    assert said in why(person, "token_issued")[0]


def test_connected_again_as_the_person_the_organisation_goes(bare: Place, connect: Connect, callback: str) -> None:
    connect("linkedin", Visitor(browser(bare, callback, **{"as": "organization"})))
    bare.clock.pass_by(days=50)
    again = {"name": "linkedin", "replace": "yes", "other": "yes"}
    (added,) = connect("linkedin", Visitor(browser(bare, callback) | again))
    assert added.who == "Verein Beispiel"
    assert "author" not in bare.config.read_text("utf-8")
    assert re.findall(r"token_issued = (\S+)", bare.config.read_text("utf-8")) == ["2027-01-11"]


def test_a_login_made_on_another_computer_keeps_its_day(bare: Place, callback: str) -> None:
    person = Visitor(browser(bare, callback))
    there = log_in(bare.app, "linkedin", person, base_url=bare.sandbox.url)
    add(bare.app, login_transfer.read(login_transfer.written(there), "linkedin"), person, SecretsFile(bare.secrets))
    assert bare.network("linkedin").connect().expires_at == datetime(2027, 1, 21, tzinfo=UTC)
