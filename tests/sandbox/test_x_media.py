"""Uploads in pieces, as X's OpenAPI and its older guide have them; and what is asked for is served or refused."""

import base64
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture

WHOLE = picture("PNG", (200, 100))
BEGIN = {"media_type": "image/png", "media_category": "tweet_image", "total_bytes": len(WHOLE)}
OCTETS = "application/octet-stream"


def begun(http: Caller, **other: Any) -> str:
    answer = http.x("POST", "media/upload/initialize", json=BEGIN | other)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"].keys() == {"id", "media_key", "expires_after_secs"}
    return str(answer.json()["data"]["id"])


def append(http: Caller, media: str, index: Any, data: bytes) -> requests.Response:
    form = {"data": {"segment_index": index}, "files": {"media": ("blob", data, OCTETS)}}
    return http.x("POST", f"media/upload/{media}/append", **form)


def finalize(http: Caller, media: str) -> requests.Response:
    return http.x("POST", f"media/upload/{media}/finalize")


def test_pieces_in_any_order_and_twice_become_the_picture(http: Caller, sandbox: Sandbox) -> None:
    media = begun(http)
    cut = len(WHOLE) // 2
    in_json = {"segment_index": 1, "media": base64.b64encode(WHOLE[cut:]).decode()}
    assert http.x("POST", f"media/upload/{media}/append", json=in_json).json()["data"]["expires_at"] > 0
    assert append(http, media, 0, WHOLE[:cut]).status_code == 200
    assert append(http, media, 0, WHOLE[:cut]).status_code == 200
    told = finalize(http, media).json()["data"]
    assert (told["id"], told["size"], told["image"]["w"]) == (media, len(WHOLE), 200)
    http.tweet("Bild", media={"media_ids": [media]})
    (post,) = sandbox.posts()
    assert http.get(post["images"][0]["url"]).content == WHOLE


def test_the_older_commands_do_the_same(http: Caller, sandbox: Sandbox) -> None:
    def command(name: str, *files: tuple[str, bytes], **fields: Any) -> requests.Response:
        form = {"command": (None, name), **{key: (None, str(value)) for key, value in fields.items()}}
        sent: Any = form | {key: ("blob", data, OCTETS) for key, data in files}
        return http.x("POST", "media/upload", files=sent)

    media = command("INIT", **BEGIN).json()["data"]["id"]
    assert command("APPEND", ("media", WHOLE), media_id=media, segment_index=0).status_code == 204
    assert command("FINALIZE", media_id=media).json()["data"]["id"] == media
    assert http.tweet("Bild", media={"media_ids": [media]}).status_code == 201
    assert command("DESTROY", media_id=media).status_code == 400
    assert command("FINALIZE", media_id=media).status_code == 400
    assert command("INIT", **BEGIN, colour="blue").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"media_type": "image/gif"},
        {"media_type": None},
        {"media_category": "tweet_video", "media_type": "image/png"},
        {"media_category": "dm_image"},
        {"total_bytes": 0},
        {"total_bytes": "many"},
        {"total_bytes": 5 * 1024 * 1024 + 1},
        {"total_bytes": True},
        {"additional_owners": ["1"]},
        {"shared": True},
        {"command": "INIT"},
    ],
)
def test_what_cannot_be_begun(http: Caller, wrong: dict[str, Any]) -> None:
    assert http.x("POST", "media/upload/initialize", json=BEGIN | wrong).status_code == 400


def test_pieces_are_checked(http: Caller, sandbox: Sandbox) -> None:
    media = begun(http)
    for index in (-1, 1000, "x", ""):
        assert append(http, media, index, WHOLE).status_code == 400
    assert append(http, media, 0, WHOLE + b"x").status_code == 400
    assert append(http, media, 0, b"").status_code == 400
    assert append(http, "1", 0, WHOLE).status_code == 400
    assert append(http, media, 0, WHOLE[:-1]).status_code == 200
    incomplete = finalize(http, media)
    assert (incomplete.status_code, "do not add up" in incomplete.text) == (400, True)
    assert append(http, media, 2, WHOLE[-1:]).status_code == 200
    assert finalize(http, media).status_code == 400, "number 1 is missing"
    assert http.tweet("Bild", media={"media_ids": [media]}).status_code == 400
    assert sandbox.posts() == []


def test_bytes_decide_and_not_what_was_announced(http: Caller) -> None:
    media = begun(http, total_bytes=4)
    append(http, media, 0, b"none")
    assert finalize(http, media).status_code == 400


def test_an_upload_belongs_to_one_account_and_expires(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    media = begun(http)
    with Caller(sandbox, "zweitkonto") as other:
        assert append(other, media, 0, WHOLE).status_code == 400
        assert finalize(other, media).status_code == 400
    clock.pass_by(days=1)
    assert append(http, media, 0, WHOLE).status_code == 400


def test_what_is_processed_is_not_ready(http: Caller, sandbox: Sandbox) -> None:
    def status(**query: str) -> requests.Response:
        return http.x("GET", "media/upload", params={"command": "STATUS", "media_id": media} | query)

    sandbox.fault("x", "processing")
    media = begun(http)
    append(http, media, 0, WHOLE)
    assert finalize(http, media).json()["data"]["processing_info"]["state"] == "in_progress"
    assert http.tweet("Bild", media={"media_ids": [media]}).status_code == 400
    assert "processing_info" in status().json()["data"]
    assert "processing_info" not in status().json()["data"]
    assert http.tweet("Bild", media={"media_ids": [media]}).status_code == 201
    assert [status(**q).status_code for q in ({"command": "INIT"}, {"media_id": "1"}, {"x": "1"})] == [400] * 3


@pytest.mark.parametrize(
    "body",
    [
        {"reply": {"in_reply_to_tweet_id": "1", "exclude_reply_user_ids": ["2"]}},
        {"media": {"media_ids": ["1"], "tagged_user_ids": ["2"]}},
        {"for_super_followers_only": True},
        {"made_with_ai": "yes"},
    ],
)
def test_nothing_is_taken_and_dropped(http: Caller, sandbox: Sandbox, body: dict[str, Any]) -> None:
    refused = http.x("POST", "tweets", json={"text": "Hallo"} | body)
    assert (refused.status_code, "$." in refused.text) == (400, True)
    assert sandbox.posts() == []


def test_what_is_asked_for_comes(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    media = begun(http)
    append(http, media, 0, WHOLE)
    finalize(http, media)
    http.x("POST", "media/metadata", json={"id": media, "metadata": {"alt_text": {"text": "Zelt"}}})
    ids = [http.tweet("Bild", media={"media_ids": [media]}, reply_settings="following").json()["data"]["id"]]
    for text in ("eins", "zwei", "drei", "vier", "fünf"):
        clock.pass_by(seconds=1)
        reply = {"in_reply_to_tweet_id": ids[-1]}
        ids.append(http.tweet(text, reply=reply).json()["data"]["id"])
    asked = {
        "expansions": "author_id,attachments.media_keys",
        "media.fields": "alt_text,url",
        "user.fields": "verified",
        "tweet.fields": "conversation_id,reply_settings,referenced_tweets",
    }
    one = http.x("GET", f"tweets/{ids[0]}", params=asked).json()
    assert one["includes"]["users"][0] == {"id": "1400000000000000001", "name": "Verein Beispiel"} | {
        "username": "verein",
        "verified": False,
    }
    assert one["includes"]["media"][0]["alt_text"] == "Zelt"
    assert one["data"]["reply_settings"] == "following"
    last = http.x("GET", f"tweets/{ids[-1]}", params=asked).json()["data"]
    assert (last["conversation_id"], last["referenced_tweets"][0]["id"]) == (ids[0], ids[-2])
    me = http.x("GET", "users/me", params={"user.fields": "created_at"}).json()["data"]

    def page(**query: str) -> dict[str, Any]:
        found: dict[str, Any] = http.x("GET", f"users/{me['id']}/tweets", params={"max_results": "5"} | query).json()
        return found

    first = page()
    assert [post["id"] for post in first["data"]] == ids[:0:-1]
    rest = page(pagination_token=first["meta"]["next_token"])
    assert ([post["id"] for post in rest["data"]], "next_token" in rest["meta"]) == ([ids[0]], False)
    assert [post["id"] for post in page(exclude="replies")["data"]] == [ids[0]]
    for wrong in ({"pagination_token": "x"}, {"exclude": "media"}, {"expansions": "geo.place_id"}, {"limit": "5"}):
        assert http.x("GET", f"users/{me['id']}/tweets", params=wrong).status_code == 400
    assert http.x("GET", "users/me", params={"user.fields": "location"}).status_code == 400
