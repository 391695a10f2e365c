"""Independent clients, used directly and not through our log-ins, must be able to log in."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
import tweepy
from mastodon import Mastodon, MastodonIllegalArgumentError
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth2Session

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock

CALLBACK = "http://localhost:8723/callback"
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


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # oauthlib wants https, also for the redirect address
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")  # LinkedIn answers with commas between the scopes


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


def agreed(page: str, **chosen: str) -> requests.Response:
    """Press the button on a page of consent; what the browser gets then."""
    shown = requests.get(page, timeout=10)
    assert shown.status_code == 200, shown.text
    action = re.search(r'action="([^"]*)"', shown.text)
    ticket = re.search(r'name="ticket" value="([^"]*)"', shown.text)
    assert action is not None
    assert ticket is not None
    fields = {"ticket": ticket[1], "account": "verein", "decision": "allow"} | chosen
    return requests.post(urljoin(page, action[1]), data=fields, allow_redirects=False, timeout=10)


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


# ── X, OAuth 1.0a ─────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── X, OAuth 2.0 ──────────────────────────────────────────────────────────────────────────────────────────────────


def handler2(sandbox: Sandbox, **other: Any) -> tweepy.OAuth2UserHandler:
    app = sandbox.accounts()["x"]["app"]
    known = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    return tweepy.OAuth2UserHandler(**({"redirect_uri": CALLBACK, "scope": SCOPES} | known | other))


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


# ── Mastodon ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mastodon_py_logs_in_with_a_shown_code(sandbox: Sandbox, tmp_path: Path) -> None:
    scopes = ["write:statuses", "read:statuses", "profile"]
    app = tmp_path / "app.secret"
    Mastodon.create_app("a client", scopes=scopes, api_base_url=sandbox.url, to_file=str(app))
    api = Mastodon(client_id=str(app), ratelimit_method="throw")
    page = agreed(api.auth_request_url(scopes=scopes), account="zweitkonto")
    code = re.search(r'id="code">([^<]+)<', page.text)
    assert code is not None
    api.log_in(code=code[1], scopes=scopes)
    assert api.account_verify_credentials().acct == "zweitkonto"
    api.status_post("Hallo")
    with pytest.raises(MastodonIllegalArgumentError):
        api.log_in(code=code[1], scopes=scopes)  # a code is good for one exchange


def test_mastodon_py_is_held_to_its_scopes_and_addresses(sandbox: Sandbox) -> None:
    back = "http://127.0.0.1:8723/"
    client, secret = Mastodon.create_app("c", scopes=["profile"], redirect_uris=back, api_base_url=sandbox.url)
    api = Mastodon(client, secret, api_base_url=sandbox.url)
    assert requests.get(api.auth_request_url(scopes=["profile"]), timeout=10).status_code == 400
    page = api.auth_request_url(scopes=["profile"], redirect_uris=back)
    code = re.search(r"code=([^&]+)", agreed(page).headers["Location"])
    assert code is not None
    api.log_in(code=code[1], redirect_uri=back, scopes=["profile"])
    with pytest.raises(Exception, match="outside the authorized scopes"):
        api.status_post("Hallo")
    assert sandbox.posts() == []


# ── LinkedIn, with the OAuth 2.0 of requests_oauthlib ─────────────────────────────────────────────────────────────


class Member:
    """A client of LinkedIn's log-in."""

    def __init__(self, sandbox: Sandbox, scope: str = "openid profile w_member_social", **other: str) -> None:
        self.sandbox, self.app = sandbox, sandbox.accounts()["linkedin"]["app"] | other
        redirect = other.get("redirect_uri", CALLBACK)
        self.session = OAuth2Session(self.app["client_id"], redirect_uri=redirect, scope=scope.split())

    def page(self, **more: str) -> str:
        address, _ = self.session.authorization_url(f"{self.sandbox.url}/oauth/v2/authorization", **more)
        return str(address)

    def token(self, landing: str) -> dict[str, Any]:
        url = f"{self.sandbox.url}/oauth/v2/accessToken"
        secret = {"client_secret": self.app["client_secret"], "include_client_id": True}
        found: dict[str, Any] = self.session.fetch_token(url, authorization_response=landing, **secret)
        return found

    def get(self, path: str, **headers: str) -> requests.Response:
        more = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"} | headers
        found: requests.Response = self.session.get(self.sandbox.url + path, headers=more, timeout=10)
        return found


def test_a_client_logs_in_to_linkedin_for_sixty_days(sandbox: Sandbox, clock: Clock) -> None:
    client = Member(sandbox)
    token = client.token(agreed(client.page(), account="zweitkonto").headers["Location"])
    assert token["expires_in"] == 60 * 86_400
    assert "refresh_token" not in token
    assert client.get("/v2/userinfo").json()["name"] == "Zweitkonto"
    assert client.get("/rest/organizationAcls?q=roleAssignee", **{"X-RestLi-Method": "FINDER"}).status_code == 403
    clock.pass_by(days=60)
    assert client.get("/v2/userinfo").json()["code"] == "EXPIRED_ACCESS_TOKEN"


def test_an_administrator_sees_their_organisations(sandbox: Sandbox) -> None:
    client = Member(sandbox, "rw_organization_admin w_organization_social r_organization_social")
    client.token(agreed(client.page()).headers["Location"])
    listed = client.get("/rest/organizationAcls?q=roleAssignee&state=APPROVED", **{"X-RestLi-Method": "FINDER"})
    (row,) = listed.json()["elements"]
    assert row["organization"] == f"urn:li:organization:{sandbox.accounts()['linkedin']['organization']}"
    assert client.get(f"/rest/organizations/{row['organization'].rpartition(':')[2]}").json()["localizedName"]
    assert client.get("/v2/userinfo").status_code == 403


@pytest.mark.parametrize(
    ("slip", "status"),
    [
        ({"code_challenge": "x", "code_challenge_method": "S256"}, 403),
        ({"redirect_uri": f"{CALLBACK}/"}, 400),
        ({"client_id": "someone"}, 400),
        ({"state": ""}, 400),
    ],
)
def test_linkedin_shows_no_page_for_a_slip(sandbox: Sandbox, slip: dict[str, str], status: int) -> None:
    client = Member(sandbox, **{name: value for name, value in slip.items() if not name.startswith(("code", "state"))})
    more = {name: value for name, value in slip.items() if name.startswith("code")}
    page = client.page(**more)
    page = re.sub(r"&state=[^&]*", "", page) if "state" in slip else page
    assert requests.get(page, timeout=10).status_code == status


def test_linkedin_tells_the_app_of_a_scope_it_has_no_product_for_and_of_a_no(sandbox: Sandbox) -> None:
    client = Member(sandbox, "openid r_member_social")
    answer = requests.get(client.page(), timeout=10, allow_redirects=False)
    assert "error=unauthorized_scope_error" in answer.headers["Location"]
    answer = agreed(Member(sandbox).page(), decision="deny")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?error=user_cancelled_authorize")


@pytest.mark.parametrize(
    ("slip", "error"), [("late", "invalid_request"), ("used", "invalid_request"), ("secret", "invalid_client")]
)
def test_linkedin_gives_no_token_for_a_slip(sandbox: Sandbox, clock: Clock, slip: str, error: str) -> None:
    client = Member(sandbox)
    landing = agreed(client.page()).headers["Location"]
    if slip == "late":
        clock.pass_by(minutes=31)
    elif slip == "used":
        client.token(landing)
    else:
        client.app["client_secret"] = "someone's"
    with pytest.raises(Exception, match=error):
        client.token(landing)
