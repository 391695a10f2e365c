"""How strict the X stand-in is."""

import base64
from typing import Any

import pytest
import requests
from requests_oauthlib import OAuth1

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture


def upload(http: Caller, data: bytes, category: str = "tweet_image") -> requests.Response:
    body = {"media": base64.b64encode(data).decode(), "media_category": category}
    return http.x("POST", "media/upload", json=body)


def media(http: Caller) -> str:
    return str(upload(http, picture()).json()["data"]["id"])


def signed(sandbox: Sandbox, **wrong: str) -> OAuth1:
    c = sandbox.accounts()["x"]["credentials"] | wrong
    return OAuth1(c["consumer_key"], c["consumer_secret"], c["access_token"], c["access_token_secret"])


def test_the_limit_is_280_by_weight(http: Caller, sandbox: Sandbox) -> None:
    assert http.tweet("日" * 140).status_code == 201
    assert http.tweet("日" * 141).status_code == 403
    assert http.tweet("x" * 256 + " https://example.org/" + "a" * 300).status_code == 201
    assert http.tweet("x" * 257 + " main.py").status_code == 403
    assert http.tweet("Text\ufeff").status_code == 400
    assert len(sandbox.posts()) == 2


def test_the_same_text_is_refused_for_ever_but_only_for_one_account(http: Caller, sandbox: Sandbox) -> None:
    made = http.tweet("Hallo").json()["data"]["id"]
    expected = {
        "detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
    }
    assert http.tweet("Hallo").json() == expected
    http.x("DELETE", f"tweets/{made}")
    assert http.tweet("Hallo").status_code == 403
    with Caller(sandbox, "zweitkonto") as other:
        assert other.tweet("Hallo").status_code == 201
        assert other.x("DELETE", f"tweets/{other.tweet('Welt').json()['data']['id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": " "}, 400),
        ({"text": 5}, 400),
        ({"text": "a", "visibility": "public"}, 400),
        ({"text": "a", "media": {"media_ids": ["1"]}}, 400),
        ({"text": "a", "media": {"media_ids": [1]}}, 400),
        ({"text": "a", "media": {"media_ids": []}}, 400),
        ({"text": "a", "media": {}}, 400),
        ({"text": "a", "poll": {"options": []}}, 400),
        ({"text": "a", "quote_tweet_id": "1"}, 403),
        ({"text": "a", "reply": {"in_reply_to_tweet_id": "1"}}, 400),
        ({"text": "a", "reply_settings": "nobody"}, 400),
        ({"text": "$ABC $DEF"}, 403),
    ],
)
def test_what_is_refused(http: Caller, sandbox: Sandbox, body: dict[str, Any], status: int) -> None:
    refused = http.x("POST", "tweets", json=body)
    assert (refused.status_code, refused.json()["status"]) == (status, status)
    assert sandbox.posts() == []


def test_a_thread_replies_only_to_the_own_account(http: Caller, sandbox: Sandbox) -> None:
    first = http.tweet("eins").json()["data"]["id"]
    assert http.tweet("zwei", reply={"in_reply_to_tweet_id": first}).status_code == 201
    with Caller(sandbox, "zweitkonto") as other:
        assert other.tweet("drei", reply={"in_reply_to_tweet_id": first}).status_code == 403


def test_pictures_are_looked_at(http: Caller) -> None:
    assert upload(http, picture("WEBP")).json()["data"]["image"] == {"w": 64, "h": 36, "image_type": "image/webp"}
    assert upload(http, picture("GIF"), "tweet_gif").status_code == 200
    assert upload(http, picture("GIF")).status_code == 400
    assert upload(http, picture("BMP")).status_code == 400
    assert upload(http, b"none").status_code == 400
    assert upload(http, picture(), "").status_code == 400
    assert upload(http, picture() + b"\0" * (5 * 1024 * 1024)).status_code == 413
    assert http.x("POST", "media/upload", json={"media": "***", "media_category": "tweet_image"}).status_code == 400
    form = {"files": {"media": ("b.png", picture(), "image/png")}, "data": {"media_category": "tweet_image"}}
    assert http.x("POST", "media/upload", **form).json()["data"]["size"] == len(picture())


def test_alt_text_ends_at_1000_characters(http: Caller, sandbox: Sandbox) -> None:
    one = media(http)

    def describe(text: str, picture_id: str = one) -> int:
        body = {"id": picture_id, "metadata": {"alt_text": {"text": text}}}
        return http.x("POST", "media/metadata", json=body).status_code

    assert [describe("x" * 1001), describe("x", "1"), describe("ü" * 1000)] == [400, 400, 200]
    assert http.x("POST", "media/metadata", json={"id": one, "alt_text": "x"}).status_code == 400
    http.tweet("Bild", media={"media_ids": [one]})
    assert sandbox.posts()[0]["images"][0]["alt"] == "ü" * 1000


def test_pictures_belong_to_one_account_and_expire(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    one = media(http)
    with Caller(sandbox, "zweitkonto") as other:
        assert other.tweet("Bild", media={"media_ids": [one]}).status_code == 400
    assert http.tweet("Fünf", media={"media_ids": [one] * 5}).status_code == 400
    clock.pass_by(days=1)
    assert http.tweet("Bild", media={"media_ids": [one]}).status_code == 400


def test_signatures_are_verified(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/2/users/me"

    def status(**wrong: str) -> int:
        return requests.get(url, auth=signed(sandbox, **wrong), timeout=10).status_code

    assert status() == 200
    for secret in ("consumer_key", "consumer_secret", "access_token", "access_token_secret"):
        assert status(**{secret: "wrong"}) == 401
    assert requests.get(url, timeout=10).json()["title"] == "Unauthorized"
    query = {"max_results": "5", "tweet.fields": "created_at,entities", "start_time": "2026-01-01T00:00:00Z"}
    me = requests.get(url, auth=signed(sandbox), timeout=10).json()["data"]["id"]
    listed = requests.get(f"{sandbox.url}/2/users/{me}/tweets", params=query, auth=signed(sandbox), timeout=10)
    assert listed.json() == {"meta": {"result_count": 0}}


def test_a_nonce_is_good_once_and_a_signature_for_its_request(sandbox: Sandbox) -> None:
    prepared = requests.Request("GET", f"{sandbox.url}/2/users/me", auth=signed(sandbox)).prepare()
    other = requests.Request("GET", f"{sandbox.url}/2/tweets/1", auth=signed(sandbox)).prepare()
    with requests.Session() as session:
        assert [session.send(prepared).status_code for _ in range(2)] == [200, 401]
        other.url = f"{sandbox.url}/2/tweets/2"
        assert session.send(other).status_code == 401


def test_links_are_shortened_and_text_is_escaped(http: Caller) -> None:
    made = http.tweet("a < b main.py", media={"media_ids": [media(http)]}).json()["data"]
    read = http.x("GET", f"tweets/{made['id']}?tweet.fields=entities").json()["data"]
    assert read["text"] == made["text"]
    assert read["text"].startswith("a &lt; b https://t.co/")
    assert [url["expanded_url"].rpartition("/")[2] for url in read["entities"]["urls"]] == ["main.py", "1"]
    for url in read["entities"]["urls"]:
        assert read["text"][url["start"] : url["end"]] == url["url"]
        assert len(url["url"]) == 23


def test_the_list_has_its_filters(http: Caller, clock: Clock) -> None:
    ids = []
    for text in ("eins", "zwei"):
        ids.append(http.tweet(text).json()["data"]["id"])
        clock.pass_by(minutes=1)
    me = http.x("GET", "users/me").json()["data"]["id"]

    def listed(**query: str) -> requests.Response:
        return http.x("GET", f"users/{me}/tweets", params=query)

    assert [p["id"] for p in listed().json()["data"]] == ids[::-1]
    assert [p["id"] for p in listed(start_time="2026-11-22T12:01:00Z").json()["data"]] == [ids[1]]
    assert [p["id"] for p in listed(end_time="2026-11-22T12:01:00Z").json()["data"]] == [ids[0]]
    bad = [{"max_results": "4"}, {"max_results": "101"}, {"limit": "5"}, {"tweet.fields": "words"}, {"start_time": "x"}]
    assert [listed(**query).status_code for query in bad] == [400] * 5


def test_limits_are_reported_and_enforced(http: Caller, clock: Clock) -> None:
    answers = [http.tweet(f"Nr. {n}") for n in range(101)]
    assert [a.status_code for a in answers] == [201] * 100 + [429]
    assert answers[0].headers["x-rate-limit-remaining"] == "99"
    assert answers[-1].headers["x-rate-limit-reset"] == str(int(clock.now.timestamp()) + 900)
    clock.pass_by(minutes=15)
    assert http.tweet("wieder").status_code == 201
