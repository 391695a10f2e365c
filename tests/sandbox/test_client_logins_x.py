"""Clients nobody here wrote log in to X: tweepy, with OAuth 1.0a and 2.0."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock
from tests.sandbox.in_browser import CALLBACK, agreed

SCOPES = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"]


class ToTheSandbox(HTTPAdapter):
    """Carries what a library addresses to a network, ready signed, to the sandbox instead."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]  # its arguments by name
        parts = urlsplit(request.url or "")
        request.url = f"{self.url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, **how)


@pytest.fixture
def mounted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every session that is made from now on reaches X in the sandbox; also those made inside a library."""
    made = requests.Session.__init__

    def init(session: requests.Session) -> None:
        made(session)
        session.trust_env = False
        for host in ("https://api.twitter.com", "https://api.x.com"):
            session.mount(host, ToTheSandbox(sandbox.url))

    monkeypatch.setattr(requests.Session, "__init__", init)


def here(sandbox: Sandbox, address: str) -> str:
    """The sandbox's page for one of a network's."""
    parts = urlsplit(address)
    return f"{sandbox.url}{parts.path}?{parts.query}"


def handler(sandbox: Sandbox, callback: str) -> tweepy.OAuth1UserHandler:
    keys = sandbox.accounts()["x"]["credentials"]
    return tweepy.OAuth1UserHandler(keys["consumer_key"], keys["consumer_secret"], callback=callback)


def tweeted(sandbox: Sandbox, **tokens: Any) -> list[str]:
    """Post with the tokens of a log-in; whose posts there are then."""
    signed = "bearer_token" not in tokens
    tweepy.Client(**tokens).create_tweet(text="Hallo", user_auth=signed)
    return [post["account"] for post in sandbox.posts("x")]


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # oauthlib wants https, also for the redirect address


# ── X, OAuth 1.0a ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("mounted")
def test_tweepy_logs_in_with_a_pin(sandbox: Sandbox) -> None:
    """Another account than the one the app belongs to."""
    login = handler(sandbox, "oob")
    page = agreed(here(sandbox, login.get_authorization_url()), account="zweitkonto")
    pin = re.search(r'id="code">(\d{7})<', page.text)
    assert pin is not None
    token, secret = login.get_access_token(pin[1])
    keys = {"consumer_key": login.consumer_key, "consumer_secret": login.consumer_secret}
    assert tweeted(sandbox, **keys, access_token=token, access_token_secret=secret) == ["zweitkonto"]


@pytest.mark.usefixtures("mounted")
def test_tweepy_logs_in_with_a_callback(sandbox: Sandbox) -> None:
    login = handler(sandbox, CALLBACK)
    answer = agreed(here(sandbox, login.get_authorization_url(signin_with_twitter=True)))
    landing = dict(re.findall(r"[?&](\w+)=([^&]*)", answer.headers["Location"]))
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    assert landing["oauth_token"] == login.request_token["oauth_token"]
    token, secret = login.get_access_token(landing["oauth_verifier"])
    keys = {"consumer_key": login.consumer_key, "consumer_secret": login.consumer_secret}
    assert tweeted(sandbox, **keys, access_token=token, access_token_secret=secret) == ["verein"]


@pytest.mark.usefixtures("mounted")
def test_tweepy_gets_nothing_for_a_wrong_pin_and_no_second_try(sandbox: Sandbox) -> None:
    login = handler(sandbox, "oob")
    page = agreed(here(sandbox, login.get_authorization_url()))
    pin = re.search(r'id="code">(\d{7})<', page.text)
    assert pin is not None
    with pytest.raises(tweepy.TweepyException, match="Invalid oauth_verifier parameter"):
        login.get_access_token("0000000" if pin[1] != "0000000" else "1111111")
    with pytest.raises(tweepy.TweepyException, match="Invalid request token"):
        login.get_access_token(pin[1])


@pytest.mark.usefixtures("mounted")
def test_tweepy_is_told_when_somebody_says_no(sandbox: Sandbox) -> None:
    login = handler(sandbox, CALLBACK)
    answer = agreed(here(sandbox, login.get_authorization_url()), decision="deny")
    assert answer.headers["Location"] == f"{CALLBACK}?denied={login.request_token['oauth_token']}"
    with pytest.raises(tweepy.TweepyException):
        login.get_access_token("anything")


@pytest.mark.usefixtures("mounted")
def test_tweepy_is_told_of_wrong_keys_and_addresses(sandbox: Sandbox) -> None:
    for callback, words in (("http://localhost:9999/callback", "Callback URL not approved"), ("oob", "Could not auth")):
        login = handler(sandbox, callback)
        if callback == "oob":
            login = tweepy.OAuth1UserHandler(login.consumer_key, "wrong", callback="oob")
        with pytest.raises(tweepy.TweepyException, match=words):
            login.get_authorization_url()


def handler2(sandbox: Sandbox, **other: Any) -> tweepy.OAuth2UserHandler:
    app = sandbox.accounts()["x"]["app"]
    known = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return tweepy.OAuth2UserHandler(**({"redirect_uri": CALLBACK, "scope": SCOPES} | known | other))


# ── X, OAuth 2.0 ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("mounted")
def test_tweepy_logs_in_with_pkce_and_renews(sandbox: Sandbox, clock: Clock) -> None:
    login = handler2(sandbox)
    answer = agreed(here(sandbox, login.get_authorization_url()))
    first = login.fetch_token(answer.headers["Location"])
    assert first["expires_in"] == 7200
    assert tweeted(sandbox, bearer_token=first["access_token"]) == ["verein"]
    clock.pass_by(hours=2)
    with pytest.raises(tweepy.Unauthorized):
        tweepy.Client(bearer_token=first["access_token"]).get_me(user_auth=False)
    url = "https://api.twitter.com/2/oauth2/token"
    second = login.refresh_token(url, refresh_token=first["refresh_token"], auth=login.auth)
    assert second["refresh_token"] != first["refresh_token"]
    assert tweepy.Client(bearer_token=second["access_token"]).get_me(user_auth=False).data.username == "verein"
    with pytest.raises(Exception, match="Value passed for the token was invalid"):
        login.refresh_token(url, refresh_token=first["refresh_token"], auth=login.auth)


@pytest.mark.usefixtures("mounted")
@pytest.mark.parametrize("slip", ["too late", "used", "verifier", "secret"])
def test_tweepy_gets_no_token_for_a_slip(sandbox: Sandbox, clock: Clock, slip: str) -> None:
    login = handler2(sandbox)
    landing = agreed(here(sandbox, login.get_authorization_url())).headers["Location"]
    words = "authorization code was invalid"
    if slip == "too late":
        clock.pass_by(seconds=31)
    elif slip == "used":
        login.fetch_token(landing)
    elif slip == "verifier":
        login._client.create_code_verifier(128)
    else:
        login.auth, words = requests.auth.HTTPBasicAuth("someone", "else"), "Missing valid authorization header"
    with pytest.raises(Exception, match=words):
        login.fetch_token(landing)


@pytest.mark.parametrize(
    "other",
    [{"redirect_uri": f"{CALLBACK}/"}, {"redirect_uri": "http://localhost:8724/callback"}, {"client_id": "someone"},
     {"scope": ["tweet.read", "everything"]}],
)  # fmt: skip
def test_tweepy_meets_no_page_for_another_address_client_or_scope(sandbox: Sandbox, other: dict[str, Any]) -> None:
    page = here(sandbox, handler2(sandbox, **other).get_authorization_url())
    assert requests.get(page, timeout=10).status_code == 400


@pytest.mark.parametrize("missing", ["state", "code_challenge", "code_challenge_method", "response_type"])
def test_x_wants_every_parameter(sandbox: Sandbox, missing: str) -> None:
    page = here(sandbox, handler2(sandbox).get_authorization_url())
    assert requests.get(page, timeout=10).status_code == 200
    without = re.sub(rf"([?&]){missing}=[^&]*", r"\1", page)
    assert requests.get(without, timeout=10).status_code == 400


@pytest.mark.usefixtures("mounted")
def test_scopes_count(sandbox: Sandbox) -> None:
    login = handler2(sandbox, scope=["tweet.read", "users.read"])
    token = login.fetch_token(agreed(here(sandbox, login.get_authorization_url())).headers["Location"])
    assert "refresh_token" not in token
    assert tweepy.Client(bearer_token=token["access_token"]).get_me(user_auth=False).data.username == "verein"
    with pytest.raises(tweepy.Forbidden):
        tweepy.Client(bearer_token=token["access_token"]).create_tweet(text="Hallo", user_auth=False)
    assert sandbox.posts() == []
