"""How strict the log-ins of Meta's stand-ins are; facebook-sdk is a client nobody here wrote."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import facebook
import pytest
import requests

from crosspost.networks.meta import graph
from crosspost.sandbox import Sandbox
from crosspost.transport.session import Session
from tests.sandbox.conftest import Clock, picture

HERE = "http://localhost:8111/"
SITE = "https://tal.example.org/"
SCOPES = "pages_show_list,pages_read_engagement,pages_manage_posts"
THREADS = "threads_basic,threads_content_publish,threads_delete"


class Browser:
    """A person's browser, and plain requests beside it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.url, self.http = sandbox, sandbox.url, requests.Session()
        self.http.trust_env = False

    def app(self, network: str) -> tuple[str, str]:
        access = self.sandbox.accounts()[network]
        return access["app_id"], access["app_secret"]

    def get(self, path: str, **query: str) -> requests.Response:
        return self.http.get(self.url + path, params=query, timeout=10)

    def post(self, path: str, **form: str) -> requests.Response:
        return self.http.post(self.url + path, data=form, timeout=10, allow_redirects=False)

    def asks(self, network: str, **changed: str) -> requests.Response:
        """Open the page of consent."""
        path = "/v26.0/dialog/oauth" if network == "facebook" else "/oauth/authorize"
        scope = {"facebook": SCOPES, "threads": THREADS, "instagram": "instagram_business_basic"}[network]
        back = HERE if network == "facebook" else SITE
        asked = {"client_id": self.app(network)[0], "redirect_uri": back, "scope": scope, "state": "s"}
        return self.get(path, **(asked | {"response_type": "code"} | changed))

    def agrees(self, network: str, **changed: str) -> str:
        """Agree on that page; the code."""
        return parse_qs(urlsplit(self.lands(self.asks(network, **changed))).query)["code"][0]

    def lands(self, page: requests.Response, **chosen: str) -> str:
        assert page.status_code == 200, page.text
        ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
        action = page.text.partition('action="')[2].partition('"')[0]
        form = {"ticket": ticket, "decision": "allow", "account": "verein"} | chosen
        answer = self.post(urljoin(page.url, action).removeprefix(self.url), **form)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def exchanges(self, network: str, code: str, **changed: str) -> requests.Response:
        number, secret = self.app(network)
        form = {"client_id": number, "client_secret": secret, "grant_type": "authorization_code", "code": code}
        return self.post("/oauth/access_token", **(form | {"redirect_uri": SITE} | changed))


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    made = Browser(sandbox)
    yield made
    made.http.close()


@pytest.fixture
def sdk(browser: Browser) -> Any:
    """facebook-sdk, with the version set as the adapters do."""
    return graph.client(Session(rewrite={graph.HOST: browser.url}), "")


def error(answer: requests.Response) -> tuple[int, int]:
    told = answer.json()["error"]
    return told["code"], told.get("error_subcode", 0)


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
