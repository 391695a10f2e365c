"""Unknown parameters are refused in the network's own form, so that typing errors are noticed."""

from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller

_SLIP = "colour"
#: network → (method, path, what is fine, where the slip goes); {…} names credentials
_CALLS: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("mastodon", "POST", "/api/v1/statuses", {"status": "Hallo"}, "json"),
    ("mastodon", "POST", "/api/v1/statuses", {"status": "Hallo"}, "data"),
    ("mastodon", "GET", "/api/v1/timelines/home", {}, "params"),
    ("mastodon", "GET", "/api/v1/timelines/public", {}, "params"),
    ("mastodon", "GET", "/api/v2/search", {"q": "Hallo"}, "params"),
    ("x", "POST", "/2/tweets", {"text": "Hallo"}, "json"),
    ("x", "GET", "/2/users/me", {}, "params"),
    ("x", "GET", "/2/users/1400000000000000001/tweets", {}, "params"),
    ("bluesky", "POST", "/xrpc/com.atproto.server.createSession", {}, "json"),
    ("bluesky", "GET", "/xrpc/com.atproto.repo.listRecords", {"repo": "verein.test"}, "params"),
    ("telegram", "POST", "/bot{bot_token}/sendMessage", {"chat_id": "@verein", "text": "Hallo"}, "json"),
    ("telegram", "GET", "/bot{bot_token}/getMe", {}, "params"),
    ("facebook", "POST", "/v26.0/me/feed", {"message": "Hallo"}, "data"),
    ("facebook", "GET", "/v26.0/me/feed", {}, "params"),
    ("facebook", "GET", "/v26.0/me", {}, "params"),
    ("instagram", "GET", "/v26.0/17841400000000001/media", {}, "params"),
    ("threads", "POST", "/v1.0/me/threads", {"media_type": "TEXT", "text": "Hallo"}, "data"),
    ("threads", "GET", "/v1.0/me/threads", {}, "params"),
    ("threads", "GET", "/v1.0/me/threads_publishing_limit", {}, "params"),
    ("linkedin", "POST", "/rest/posts", {}, "json"),
    ("signal", "POST", "/v2/send", {"number": "+491713920001", "recipients": ["+491713920051"]}, "json"),
    ("listmonk", "GET", "/api/campaigns", {}, "params"),
    ("listmonk", "POST", "/api/campaigns", {"name": "a", "subject": "a", "lists": [1], "body": "a"}, "json"),
]
_MORE: dict[str, dict[str, Any]] = {
    "/xrpc/com.atproto.server.createSession": {"identifier": "verein.test", "password": "{app_password}"},
    "/xrpc/com.atproto.repo.listRecords": {"collection": "app.bsky.feed.post"},
    "/v2/send": {"message": "Hallo"},
    "/api/campaigns": {"content_type": "html"},
    "/rest/posts": {
        "author": "urn:li:person:sandbox1",
        "commentary": "Hallo",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
    },
}


def _call(
    sandbox: Sandbox, network: str, method: str, path: str, said: dict[str, Any], where: str
) -> requests.Response:
    access = sandbox.accounts()[network]
    known: dict[str, str] = access["credentials"]
    headers = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
    if token := known.get("bearer_token") or known.get("access_token"):
        headers["Authorization"] = f"Bearer {token}"
    if network == "listmonk":
        headers["Authorization"] = f"token {known['username']}:{known['token']}"
    filled = {name: value.format(**known) if isinstance(value, str) else value for name, value in said.items()}
    with requests.Session() as http:
        http.trust_env = False
        url = sandbox.url + path.format(**known)
        return http.request(method, url, headers=headers, timeout=10, **{where: filled})


@pytest.mark.parametrize(("network", "method", "path", "fine", "where"), _CALLS)
def test_a_slip_is_refused(
    sandbox: Sandbox, network: str, method: str, path: str, fine: dict[str, Any], where: str
) -> None:
    fine = fine | (_MORE.get(path, {}) if where != "params" or path.startswith("/xrpc") else {})
    assert _call(sandbox, network, method, path, fine, where).ok, "without the slip it works"
    before = sandbox.posts()
    refused = _call(sandbox, network, method, path, fine | {_SLIP: "blue"}, where)
    assert refused.status_code in (400, 422), refused.text
    assert _SLIP in refused.text
    assert sandbox.posts() == before


@pytest.mark.parametrize(
    ("network", "path", "said"),
    [
        ("threads", "/v1.0/me/threads", {"media_type": "TEXT", "text": "Hallo", "reply_control": "nobody"}),
        ("facebook", "/v26.0/me/feed", {"message": "Hallo", "targeting": "x"}),
        ("facebook", "/v26.0/me/feed", {"message": "Hallo", "backdated_time": "1"}),
    ],
)
def test_what_the_sandbox_does_not_play_is_refused(
    http: Caller, sandbox: Sandbox, network: str, path: str, said: dict[str, str]
) -> None:
    assert _call(sandbox, network, "POST", path, said, "data").status_code == 400
    assert sandbox.posts() == []


def test_listmonk_keeps_no_time(sandbox: Sandbox) -> None:
    said = {"name": "a", "subject": "a", "lists": [1], "body": "a", "content_type": "html"}
    at = {"send_at": "2027-01-01T00:00:00Z"}
    assert _call(sandbox, "listmonk", "POST", "/api/campaigns", said | at, "json").status_code == 400
    made = _call(sandbox, "listmonk", "POST", "/api/campaigns", said, "json").json()["data"]["id"]
    path = f"/api/campaigns/{made}/status"
    assert _call(sandbox, "listmonk", "PUT", path, {"status": "scheduled"}, "json").status_code == 400
    second = _call(sandbox, "listmonk", "GET", "/api/campaigns", {"page": "2", "per_page": "1"}, "params").json()
    assert second["data"]["results"] == []
