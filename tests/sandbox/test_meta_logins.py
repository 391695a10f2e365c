"""How strict the log-in of Facebook's stand-in is; facebook-sdk is a client nobody here wrote."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import facebook
import pytest
import requests

from crosspost.networks.meta import graph
from crosspost.sandbox import Sandbox
from crosspost.transport.session import Session
from tests.sandbox.conftest import Clock
from tests.sandbox.meta_browser import HERE, SCOPES, SITE, Browser, error


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    made = Browser(sandbox)
    yield made
    made.http.close()


@pytest.fixture
def sdk(browser: Browser) -> Any:
    """facebook-sdk, with the version set as the adapters do."""
    return graph.client(Session(rewrite={graph.HOST: browser.url}), "")


# ── Facebook ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_facebook_sdk_walks_the_whole_way(browser: Browser, sdk: Any, clock: Clock) -> None:
    number, secret = browser.app("facebook")
    short = sdk.get_access_token_from_code(browser.agrees("facebook"), HERE, number, secret)
    assert short["expires_in"] == 7200
    sdk.access_token = short["access_token"]
    long = sdk.extend_access_token(number, secret)
    assert long["expires_in"] == 60 * 86_400
    app = sdk.get_app_access_token(number, secret)
    told = sdk.debug_access_token(long["access_token"], number, secret)["data"]
    assert (told["type"], told["is_valid"], told["app_id"]) == ("USER", True, number)
    assert set(told["scopes"]) == {*SCOPES.split(","), "public_profile"}
    sdk.access_token = long["access_token"]
    pages = sdk.get_connections("me", "accounts")["data"]
    assert [page["name"] for page in pages] == ["Verein Beispiel", "Zweitkonto"]
    clock.pass_by(days=400)
    sdk.access_token = pages[0]["access_token"]
    assert sdk.get_object("me")["name"] == "Verein Beispiel"
    sdk.put_object("me", "feed", message="Hallo")
    assert browser.sandbox.posts("facebook")[0]["text"] == "Hallo"
    sdk.access_token = app
    assert sdk.request("v26.0/debug_token", args={"input_token": pages[0]["access_token"]})["data"]["expires_at"] == 0


def test_a_page_token_of_a_short_lived_one_ends_with_it(browser: Browser, sdk: Any, clock: Clock) -> None:
    short = sdk.get_access_token_from_code(browser.agrees("facebook"), HERE, *browser.app("facebook"))
    sdk.access_token = short["access_token"]
    sdk.access_token = sdk.get_connections("me", "accounts")["data"][0]["access_token"]
    assert sdk.get_object("me")["name"] == "Verein Beispiel"
    clock.pass_by(hours=2)
    with pytest.raises(facebook.GraphAPIError, match="Session has expired"):
        sdk.get_object("me")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "1"}, 101),
        ({"redirect_uri": "http://127.0.0.1:8111/"}, 191),
        ({"redirect_uri": "http://tal.example.org/"}, 191),
        ({"redirect_uri": f"{SITE}#x"}, 191),
        ({"scope": "pages_manage_posts,threads_basic"}, 100),
        ({"response_type": "token"}, 100),
        ({"nonce": "x"}, 100),
    ],
)
def test_the_dialog_refuses_what_is_not_right(browser: Browser, changed: dict[str, str], code: int) -> None:
    assert error(browser.asks("facebook", **changed))[0] == code


@pytest.mark.parametrize(
    ("mode", "redirects", "address", "shown"),
    [
        ("development", (), HERE, True),
        ("live", (), HERE, False),
        ("live", (), SITE, True),
        ("live", (SITE,), SITE, True),
        ("live", (SITE,), f"{SITE}blog/", False),
        ("live", (SITE,), SITE.rstrip("/"), False),
        ("development", (SITE,), "https://other.example.org/", False),
    ],
)
def test_where_people_may_be_sent(
    browser: Browser, mode: str, redirects: tuple[str, ...], address: str, shown: bool
) -> None:
    browser.sandbox.networks["facebook"].settings |= {"mode": mode, "redirects": redirects}
    assert (browser.asks("facebook", redirect_uri=address).status_code == 200) is shown


def test_a_facebook_code_is_good_once_for_its_address_and_ten_minutes(browser: Browser, clock: Clock) -> None:
    number, secret = browser.app("facebook")

    def redeemed(code: str, **changed: str) -> requests.Response:
        asked = {"client_id": number, "client_secret": secret, "redirect_uri": HERE, "code": code} | changed
        return browser.get("/v26.0/oauth/access_token", **asked)

    code = browser.agrees("facebook")
    assert error(redeemed(code, client_secret="x")) == (1, 0)
    assert error(redeemed(code, client_id="1")) == (101, 0)
    assert redeemed(code).status_code == 200
    assert error(redeemed(code)) == (100, 36009)
    assert error(redeemed(browser.agrees("facebook"), redirect_uri=SITE)) == (100, 36008)
    late = browser.agrees("facebook")
    clock.pass_by(minutes=11)
    assert error(redeemed(late)) == (100, 36007)


def test_people_land_with_their_state_and_the_mark_behind_the_address(browser: Browser) -> None:
    assert browser.lands(browser.asks("facebook")).endswith("&state=s#_=_")
    assert browser.lands(browser.asks("threads")).endswith("&state=s#_")
    denied = parse_qs(urlsplit(browser.lands(browser.asks("facebook"), decision="deny")).query)
    assert (denied["error"], denied["state"]) == (["access_denied"], ["s"])


def test_a_permission_that_was_not_given_is_missed(browser: Browser, sdk: Any) -> None:
    browser.sandbox.networks["facebook"].settings["declined"] = ("pages_manage_posts",)
    sdk.access_token = sdk.get_access_token_from_code(browser.agrees("facebook"), HERE, *browser.app("facebook"))[
        "access_token"
    ]
    rows = {row["permission"]: row["status"] for row in sdk.get_connections("me", "permissions")["data"]}
    assert (rows["pages_manage_posts"], rows["pages_show_list"]) == ("declined", "granted")
    with pytest.raises(facebook.GraphAPIError, match="A page access token is required"):
        sdk.put_object("me", "feed", message="Hallo")
    page = sdk.get_connections("me", "accounts")["data"][0]
    sdk.access_token = page["access_token"]
    assert sdk.get_connections("me", "published_posts")["data"] == []
    with pytest.raises(facebook.GraphAPIError, match="needs the permission pages_manage_posts"):
        sdk.put_object("me", "feed", message="Hallo")
    number = browser.sandbox.accounts()["instagram"]["user_id"]
    with pytest.raises(facebook.GraphAPIError, match="needs the permission instagram_"):
        sdk.get_object(number)
    assert browser.sandbox.posts() == []


def test_only_a_user_token_of_this_app_is_exchanged_and_told_about(browser: Browser) -> None:
    number, secret = browser.app("facebook")
    tokens = browser.sandbox.accounts()["facebook"]["credentials"]
    asked = {"client_id": number, "client_secret": secret, "grant_type": "fb_exchange_token"}
    for wrong in (tokens["access_token"], "nothing", ""):
        assert error(browser.get("/v26.0/oauth/access_token", **asked, fb_exchange_token=wrong)) == (190, 467)
    app = browser.get("/v26.0/oauth/access_token", **(asked | {"grant_type": "client_credentials"})).json()
    debug = {"access_token": app["access_token"]}
    assert error(browser.get("/v26.0/debug_token", **debug, input_token=tokens["other_app_token"])) == (100, 0)
    told = browser.get("/v26.0/debug_token", **debug, input_token="nothing").json()["data"]
    assert (told["is_valid"], told["error"]["code"]) == (False, 190)
    assert error(browser.get("/v26.0/debug_token", access_token="nothing", input_token=app["access_token"]))[0] == 190
