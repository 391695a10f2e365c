"""How strict the log-ins of Threads' and Instagram's stand-ins are."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crosspost.networks.meta import graph
from crosspost.sandbox import Sandbox
from crosspost.transport.session import Session
from tests.sandbox.conftest import Clock, picture
from tests.sandbox.meta_browser import HERE, SITE, Browser, error


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


# ── Threads and Instagram ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("network", ["threads", "instagram"])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "1"}, "Invalid platform app"),
        ({"redirect_uri": HERE}, "Invalid redirect_uri"),
        ({"redirect_uri": "https://localhost/"}, "Invalid redirect_uri"),
        ({"redirect_uri": f"{SITE}?x=1"}, "Invalid redirect_uri"),
        ({"response_type": "token"}, "Invalid response_type"),
        ({"code_challenge": "x"}, "Unknown field"),
    ],
)
def test_the_page_refuses_what_is_not_right(browser: Browser, network: str, changed: dict[str, str], said: str) -> None:
    answer = browser.asks(network, **changed)
    assert answer.status_code == 400
    assert answer.json()["error_type"] == "OAuthException"
    assert said in answer.json()["error_message"]


def test_the_permissions_must_exist_and_begin_with_the_basic_one(browser: Browser) -> None:
    assert "Invalid scope" in browser.asks("threads", scope="threads_content_publish").json()["error_message"]
    assert "Invalid scope" in browser.asks("threads", scope="threads_basic,threads_all").json()["error_message"]


def test_the_id_of_the_facebook_app_is_another_one(browser: Browser) -> None:
    assert browser.asks("threads", client_id=browser.app("facebook")[0]).json()["code"] == 4476002


@pytest.mark.parametrize("network", ["threads", "instagram"])
def test_a_code_is_good_once_for_its_address_and_an_hour(browser: Browser, network: str, clock: Clock) -> None:
    code = browser.agrees(network)
    assert "client secret" in browser.exchanges(network, code, client_secret="x").json()["error_message"]
    assert "grant_type" in browser.exchanges(network, code, grant_type="x").json()["error_message"]
    assert browser.exchanges(network, code).json().keys() == {"access_token", "user_id", "permissions"}
    used = browser.exchanges(network, code)
    assert (used.status_code, used.json()["error_message"]) == (
        400,
        "Matching code was not found or was already used",
    )
    assert browser.exchanges(network, browser.agrees(network), redirect_uri=f"{SITE}x/").status_code == 400
    late = browser.agrees(network)
    clock.pass_by(minutes=61)
    assert browser.exchanges(network, late).status_code == 400


@pytest.mark.parametrize(
    ("network", "grant", "renewal", "me"),
    [
        ("threads", "th_exchange_token", "th_refresh_token", "/v1.0/me"),
        ("instagram", "ig_exchange_token", "ig_refresh_token", "/v26.0/me"),
    ],
)
def test_a_short_token_is_exchanged_and_a_long_one_renewed(
    browser: Browser, clock: Clock, network: str, grant: str, renewal: str, me: str
) -> None:
    def lengthened(token: str, secret: str = "") -> requests.Response:
        asked = {"grant_type": grant, "client_secret": secret or browser.app(network)[1], "access_token": token}
        return browser.get("/access_token", **asked)

    short = browser.exchanges(network, browser.agrees(network)).json()["access_token"]
    assert browser.get(me, access_token=short, fields="username").json()["username"] == "verein"
    assert error(lengthened(short, "x"))[0] == 100
    long = lengthened(short).json()
    assert long["expires_in"] == 60 * 86_400
    assert error(lengthened(long["access_token"]))[0] == 452  # one for 60 days already
    clock.pass_by(hours=25)
    assert error(browser.get(me, access_token=short)) == (190, 463)
    assert error(lengthened(short)) == (190, 463)
    assert browser.get("/refresh_access_token", grant_type=renewal, access_token=short).status_code == 400
    renewed = browser.get("/refresh_access_token", grant_type=renewal, access_token=long["access_token"]).json()
    clock.pass_by(days=59)
    assert browser.get(me, access_token=renewed["access_token"], fields="username").json()["username"] == "verein"


def test_a_threads_token_does_only_what_was_agreed_to(browser: Browser) -> None:
    browser.sandbox.networks["threads"].settings["declined"] = ("threads_delete",)
    token = browser.exchanges("threads", browser.agrees("threads")).json()["access_token"]
    told = browser.get("/v1.0/debug_token", access_token=token, input_token=token).json()["data"]
    assert told["scopes"] == ["threads_basic", "threads_content_publish"]
    made = browser.post("/v1.0/me/threads", access_token=token, media_type="TEXT", text="Hallo").json()["id"]
    browser.get(f"/v1.0/{made}", access_token=token, fields="status")
    browser.get(f"/v1.0/{made}", access_token=token, fields="status")
    shown = browser.post("/v1.0/me/threads_publish", access_token=token, creation_id=made).json()["id"]
    refused = browser.http.delete(f"{browser.url}/v1.0/{shown}", params={"access_token": token}, timeout=10)
    assert error(refused) == (200, 0)
    assert error(browser.get("/v1.0/me/replies", access_token=token)) == (10, 0)


def test_a_page_token_is_no_token_for_threads(browser: Browser, sdk: Any) -> None:
    page = browser.sandbox.accounts()["facebook"]["credentials"]["access_token"]
    assert error(browser.get("/v1.0/me", access_token=page)) == (190, 467)
    short = sdk.get_access_token_from_code(browser.agrees("facebook"), HERE, *browser.app("facebook"))
    sdk.access_token = short["access_token"]
    made = sdk.get_connections("me", "accounts")["data"][0]["access_token"]
    assert error(browser.get("/v1.0/me", access_token=made)) == (190, 467)


def test_a_photo_is_refused_without_the_permission(browser: Browser, sdk: Any) -> None:
    browser.sandbox.networks["facebook"].settings["declined"] = ("pages_manage_posts",)
    short = sdk.get_access_token_from_code(browser.agrees("facebook"), HERE, *browser.app("facebook"))
    sdk.access_token = short["access_token"]
    token = sdk.get_connections("me", "accounts")["data"][0]["access_token"]
    files = {"source": ("source", picture("JPEG"), "image/jpeg")}
    form = {"access_token": token, "published": "false"}
    answer = browser.http.post(f"{browser.url}/v26.0/me/photos", data=form, files=files, timeout=10)
    assert error(answer) == (200, 0)
