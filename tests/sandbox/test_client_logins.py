"""Independent clients, used directly and not through our log-ins, must be able to log in."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from mastodon import Mastodon, MastodonIllegalArgumentError
from requests_oauthlib import OAuth2Session

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock
from tests.sandbox.in_browser import CALLBACK, agreed


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # oauthlib wants https, also for the redirect address
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")  # LinkedIn answers with commas between the scopes


# ── Mastodon ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── LinkedIn, with the OAuth 2.0 of requests_oauthlib ─────────────────────────────────────────────────────────────────


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
