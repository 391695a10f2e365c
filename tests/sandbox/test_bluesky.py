"""How strict the Bluesky stand-in is, by the recorded answers of the real server."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock, picture

GOOD: dict[str, Any] = {"text": "Grüße 🌱", "createdAt": "2026-11-22T12:00:00Z"}
KEY, OTHER = "3n2v5mr5yxt2b", "3n2v5mr7gid2b"
Said = tuple[int, str, str]


class Http(requests.Session):
    """Plain XRPC, logged in as one account."""

    def __init__(self, sandbox: Sandbox, account: str = "verein") -> None:
        super().__init__()
        self.trust_env = False
        self.url = f"{sandbox.url}/xrpc/"
        self.known = sandbox.accounts(account)["bluesky"]["credentials"]
        session = self.log_in().json()
        self.did, self.access, self.refresh = session["did"], session["accessJwt"], session["refreshJwt"]

    def log_in(self, **other: str) -> requests.Response:
        who = {"identifier": self.known["handle"], "password": self.known["app_password"]} | other
        return self.post(f"{self.url}com.atproto.server.createSession", json=who, timeout=10)

    def call(self, method: str, token: str | None = None, **more: Any) -> requests.Response:
        headers = more.pop("headers", {}) | {"Authorization": f"Bearer {token or self.access}"}
        verb = "GET" if "params" in more else "POST"
        return self.request(verb, self.url + method, headers=headers, timeout=10, **more)

    def put(self, record: dict[str, Any] | None = None, rkey: str = KEY, **more: Any) -> requests.Response:
        body = {"repo": self.did, "collection": "app.bsky.feed.post", "rkey": rkey, "record": record or GOOD}
        return self.call("com.atproto.repo.putRecord", json=body | more)

    def create(self, **more: Any) -> requests.Response:
        body = {"repo": self.did, "collection": "app.bsky.feed.post", "record": GOOD}
        return self.call("com.atproto.repo.createRecord", json=body | more)

    def upload(self, data: bytes, mime: str = "image/png") -> dict[str, Any]:
        answer = self.call("com.atproto.repo.uploadBlob", data=data, headers={"Content-Type": mime})
        assert answer.status_code == 200, answer.text
        blob: dict[str, Any] = answer.json()["blob"]
        return blob


@pytest.fixture
def bluesky(sandbox: Sandbox) -> Iterator[Http]:
    with Http(sandbox) as http:
        yield http


@pytest.fixture
def older(clock: Clock) -> Iterator[Http]:
    with Sandbox(clock=clock, options={"bluesky": {"generation": "0.4"}}) as sandbox, Http(sandbox) as http:
        yield http


def said(answer: requests.Response) -> Said:
    body = answer.json()
    return answer.status_code, body.get("error", ""), body.get("message", "")


def invalid(text: str) -> Said:
    return 400, "InvalidRequest", f"Invalid app.bsky.feed.post record: {text}"


# ── the record ────────────────────────────────────────────────────────────────────────────────────────────────────────


FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    "good",
    [
        {"text": ""},
        {"text": "ü" * 300},
        {"text": FAMILY * 120},
        {"text": "a\r\nb\x00"},
        {"createdAt": "1970-01-01T00:00:00.123456+02:00"},
        {"langs": ["de", "de-DE", "zh-Hant"]},
        {"unknown": {"field": [1, None, True]}},
        {"embed": {"$type": "app.bsky.embed.unheard"}},
        {"facets": [{"index": {"byteStart": 900, "byteEnd": 2}, "features": []}]},
    ],
)
def test_what_the_real_server_takes(bluesky: Http, good: dict[str, Any]) -> None:
    assert bluesky.put(GOOD | good).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"text": "x" * 301}, "grapheme too big (maximum 300, got 301) at $.record.text"),
        ({"text": FAMILY * 121}, "string too big (maximum 3000, got 3025) at $.record.text"),
        ({"text": 5}, "Expected string value type (got 5) at $.record.text"),
        ({"createdAt": None}, "Expected string value type (got null) at $.record.createdAt"),
        ({"createdAt": "2026-01-02"}, 'Invalid datetime (got "2026-01-02") at $.record.createdAt'),
        ({"createdAt": "2026-01-02T03:04:05"}, 'Invalid datetime (got "2026-01-02T03:04:05") at $.record.createdAt'),
        (
            {"createdAt": "2026-01-02T03:04:05-00:00"},
            'Invalid datetime (got "2026-01-02T03:04:05-00:00") at $.record.createdAt',
        ),
        ({"langs": ["a1"]}, 'Invalid language (got "a1") at $.record.langs[0]'),
        ({"langs": ["de_DE"]}, 'Invalid language (got "de_DE") at $.record.langs[0]'),
        ({"langs": ["de"] * 4}, "array too big (maximum 3, got 4) at $.record.langs"),
        ({"tags": ["a"] * 9}, "array too big (maximum 8, got 9) at $.record.tags"),
        ({"reply": {}}, 'Missing required key "root" at $.record.reply'),
        (
            {"facets": [{"index": {"byteStart": -1, "byteEnd": 2}, "features": []}]},
            "integer too small (minimum 0, got -1) at $.record.facets[0].index.byteStart",
        ),
        (
            {
                "facets": [
                    {
                        "index": {"byteStart": 0, "byteEnd": 2},
                        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "verein.test"}],
                    }
                ]
            },
            'Invalid DID (got "verein.test") at $.record.facets[0].features[0].did',
        ),
        (
            {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.test/a b", "title": ""}}},
            'Invalid uri (got "https://a.test/a b") at $.record.embed.external.uri',
        ),
        (
            {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://a.test", "title": ""}}},
            'Missing required key "description" at $.record.embed.external',
        ),
    ],
)
def test_what_the_real_server_refuses(bluesky: Http, sandbox: Sandbox, wrong: dict[str, Any], message: str) -> None:
    assert said(bluesky.put(GOOD | wrong)) == invalid(message)
    assert sandbox.posts() == []


def test_pictures_of_a_post_and_of_a_card(bluesky: Http, older: Http) -> None:
    for http, most in ((bluesky, 2_000_000), (older, 1_000_000)):
        blob = http.upload(picture())
        image = {"image": blob, "alt": "", "aspectRatio": {"width": 16, "height": 9}}

        def post(images: list[dict[str, Any]], http: Http = http) -> Said:
            return said(http.put(GOOD | {"embed": {"$type": "app.bsky.embed.images", "images": images}}))

        at = "$.record.embed.images"
        assert post([image] * 4)[0] == 200
        assert post([image] * 5) == invalid(f"array too big (maximum 4, got 5) at {at}")
        assert post([{"image": blob}]) == invalid(f'Missing required key "alt" at {at}[0]')
        zero = image | {"aspectRatio": {"width": 0, "height": 9}}
        assert post([zero]) == invalid(f"integer too small (minimum 1, got 0) at {at}[0].aspectRatio.width")
        assert post([image | {"aspectRatio": {"width": 1.5, "height": 9}}])[:2] == (400, "InvalidRequest")
        text = http.upload(b"Hallo", "text/plain")
        assert post([image | {"image": text}]) == invalid(
            f'Expected "image/*" (got "text/plain") at {at}[0].image.mimeType'
        )
        much = image | {"image": http.upload(picture() + b"x" * (most + 1 - len(picture())))}
        assert post([much]) == invalid(f"blob too big (maximum {most}, got {most + 1}) at {at}[0].image")
        missing = blob | {"ref": {"$link": "bafkreih2ac5yabo2daerkw5w5wcwdc7rveqejf4l645hx2px26r5fxfnpe"}}
        assert post([image | {"image": missing}])[:2] == (400, "BlobNotFound")
        card = {"uri": "https://a.test", "title": "", "description": "", "thumb": much["image"] | {"size": 1_000_001}}
        assert said(http.put(GOOD | {"embed": {"$type": "app.bsky.embed.external", "external": card}})) == invalid(
            "blob too big (maximum 1000000, got 1000001) at $.record.embed.external.thumb"
        )


# ── keys and swaps ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rkey", ["my-blog-post-2026", "a/b", "grüße", ".", "x" * 513, "k" + KEY[1:], ""])
def test_only_timestamp_identifiers_are_keys(bluesky: Http, rkey: str) -> None:
    assert bluesky.put(rkey=rkey).status_code == 400


def test_a_key_is_written_once_with_swap_null(bluesky: Http, sandbox: Sandbox) -> None:
    first = bluesky.put(swapRecord=None).json()
    assert first["commit"]
    again = bluesky.put(swapRecord=None)
    assert again.status_code == 200
    assert "commit" not in again.json()
    assert again.json()["cid"] == first["cid"]
    other = GOOD | {"text": "anders"}
    assert said(bluesky.put(other, swapRecord=None)) == (400, "InvalidSwap", f"Record was at {first['cid']}")
    assert said(bluesky.put(other, swapRecord="bafy"))[1] == "InvalidSwap"
    assert sandbox.posts()[0]["text"] == GOOD["text"]
    assert bluesky.put(other, swapRecord=first["cid"]).status_code == 200
    assert bluesky.put(GOOD).status_code == 200, "without a swap it overwrites, silently"
    assert len(sandbox.posts()) == 1


def test_creating_on_a_key_that_exists_is_a_500(bluesky: Http, sandbox: Sandbox) -> None:
    assert bluesky.create(rkey=KEY).status_code == 200
    assert said(bluesky.create(rkey=KEY)) == (500, "InternalServerError", "Internal Server Error")
    assert len(sandbox.posts()) == 1


def test_reading_needs_no_token_and_deleting_twice_is_fine(bluesky: Http, sandbox: Sandbox) -> None:
    where = {"repo": bluesky.did, "collection": "app.bsky.feed.post", "rkey": KEY}
    address = f"{bluesky.url}com.atproto.repo.getRecord"
    assert said(requests.get(address, params=where, timeout=10))[:2] == (400, "RecordNotFound")
    bluesky.put()
    assert requests.get(address, params=where, timeout=10).json()["value"]["text"] == GOOD["text"]
    assert bluesky.call("com.atproto.repo.deleteRecord", json=where).json()["commit"]
    assert bluesky.call("com.atproto.repo.deleteRecord", json=where).json() == {}
    assert bluesky.put(swapRecord=None).status_code == 200, "a deleted key can be written again"
    assert len(sandbox.posts()) == 1


def test_nobody_writes_into_the_repository_of_another(bluesky: Http, sandbox: Sandbox) -> None:
    with Http(sandbox, "zweitkonto") as other:
        assert said(bluesky.put(repo=other.did)) == (403, "AccountNotFound", "Account not found")
    assert bluesky.put(repo="verein.test").status_code == 200


# ── sessions, names, limits ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_may_log_in(bluesky: Http) -> None:
    for identifier in ("VEREIN.test", bluesky.did, "verein@example.org"):
        assert bluesky.log_in(identifier=identifier).status_code == 200
    wrong = (401, "AuthenticationRequired", "Invalid identifier or password")
    for other in ({"identifier": "@verein.test"}, {"identifier": "niemand.test"}, {"password": "falsch"}):
        assert said(bluesky.log_in(**other)) == wrong


def test_tokens_end(bluesky: Http, clock: Clock) -> None:
    me = "com.atproto.server.getSession"
    assert said(requests.get(f"{bluesky.url}{me}", timeout=10)) == (401, "AuthMissing", "Authentication Required")
    assert said(bluesky.call(me, "x.y.z", params={})) == (400, "InvalidToken", "Token could not be verified")
    assert said(bluesky.call(me, bluesky.refresh, params={})) == (400, "InvalidToken", "Invalid token type")
    clock.pass_by(hours=2)
    assert said(bluesky.put()) == (400, "ExpiredToken", "Token has expired")
    renew = "com.atproto.server.refreshSession"
    new = bluesky.call(renew, bluesky.refresh).json()
    assert bluesky.call(me, new["accessJwt"], params={}).json()["did"] == bluesky.did
    clock.pass_by(hours=1)
    assert bluesky.call(renew, bluesky.refresh).status_code == 200, "two hours of grace"
    clock.pass_by(hours=1)
    assert said(bluesky.call(renew, bluesky.refresh)) == (400, "ExpiredToken", "Token has been revoked")
    assert bluesky.call("com.atproto.server.deleteSession", new["refreshJwt"]).status_code == 200
    assert said(bluesky.call(renew, new["refreshJwt"]))[1] == "ExpiredToken"


@pytest.mark.parametrize("generation", ["0.4", "0.5"])
def test_logging_in_is_limited(clock: Clock, generation: str) -> None:
    with Sandbox(clock=clock, options={"bluesky": {"generation": generation}}) as sandbox, Http(sandbox) as http:
        for left in range(28, -1, -1):
            answer = http.log_in()
            assert answer.headers["RateLimit-Remaining"] == str(left)
        limited = http.log_in()
        assert said(limited) == (429, "RateLimitExceeded", "Rate Limit Exceeded")
        assert limited.headers["RateLimit-Reset"] == str(int(clock.now.timestamp()) + 300)
        assert ("Retry-After" in limited.headers) == (generation == "0.5")
        clock.pass_by(minutes=5)
        assert http.log_in().status_code == 200


def test_unknown_handles(bluesky: Http, older: Http) -> None:
    resolve = "com.atproto.identity.resolveHandle"
    assert bluesky.call(resolve, params={"handle": "Verein.test"}).json() == {"did": bluesky.did}
    unknown = {"handle": "niemand.test"}
    assert said(bluesky.call(resolve, params=unknown)) == (400, "HandleNotFound", "Unable to resolve handle")
    assert said(older.call(resolve, params=unknown)) == (400, "InvalidRequest", "Unable to resolve handle")


def test_bodies_are_read_strictly(bluesky: Http, older: Http) -> None:
    put = "com.atproto.repo.putRecord"
    assert said(bluesky.call(put, data={"a": "b"}))[2].startswith("Wrong request encoding (Content-Type)")
    assert said(bluesky.call(put, data=b"{}"))[2].endswith("required but not provided")
    assert bluesky.call(put, data=b"{a", headers={"Content-Type": "application/json"}).status_code == 400
    assert said(bluesky.call("com.atproto.repo.uploadBlob", data=b"x"))[2].endswith("required but not provided")
    big = {"Content-Type": "image/png"}
    assert said(bluesky.call("com.atproto.repo.uploadBlob", data=b"x" * 5_242_881, headers=big))[0] == 413
    assert said(older.put(GOOD | {"x": "y" * 160_000}))[:2] == (413, "PayloadTooLargeError")
    assert said(bluesky.call("app.bsky.actor.getSuggestions", params={"limit": "5"})) == (
        400,
        "InvalidRequest",
        "No service configured for app.bsky.actor.getSuggestions",
    )


def test_bytes_decide_what_they_are(bluesky: Http) -> None:
    png = bluesky.upload(picture(), "application/octet-stream")
    assert png["mimeType"] == "image/png"
    assert bluesky.upload(picture()) == png, "the same bytes are the same blob"
    assert bluesky.upload(b"")["size"] == 0
