"""How strict the Facebook stand-in is."""

import json
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture


def photo(http: Caller, data: bytes | None = None, **fields: str) -> requests.Response:
    files = {"source": ("source", data or picture("JPEG"), "image/jpeg")}
    return http.facebook("POST", "me/photos", files=files, data={"published": "false"} | fields)


def code(answer: requests.Response) -> tuple[int, int, int]:
    error = answer.json()["error"]
    assert error.keys() >= {"message", "type", "code", "fbtrace_id"}
    return answer.status_code, error["code"], error.get("error_subcode", 0)


def post(http: Caller, **fields: Any) -> requests.Response:
    return http.facebook("POST", "me/feed", data=fields)


def test_a_post_has_its_link_and_its_permalink(http: Caller, sandbox: Sandbox) -> None:
    page = sandbox.accounts()["facebook"]["page_id"]
    made = post(http, message="Hallo", link="https://example.org/fest", fields="id,permalink_url").json()
    assert made["id"].startswith(f"{page}_")
    assert requests.get(made["permalink_url"], timeout=10).status_code == 200
    (told,) = sandbox.posts()
    assert (told["text"], told["link"], told["url"]) == ("Hallo", "https://example.org/fest", made["permalink_url"])
    assert post(http, message="Ohne Felder").json().keys() == {"id"}


def test_the_same_text_twice_in_a_row_is_506(http: Caller) -> None:
    assert post(http, message="Hallo").status_code == 200
    assert code(post(http, message="Hallo"))[:2] == (400, 506)
    assert post(http, message="Dazwischen").status_code == 200
    assert post(http, message="Hallo").status_code == 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 100),
        ({"message": "x" * 63_207}, 100),
        ({"message": "a", "attached_media": "media_fbid"}, 100),
        ({"message": "a", "attached_media": '[{"media_fbid":"1"}]'}, 100),
        ({"message": "a", "published": "False"}, 100),
        ({"message": "a", "text": "b"}, 100),
        ({"message": "a", "fields": "id,words"}, 100),
        ({"message": "a", "link": "example"}, 100),
        ({"message": "a", "pretty": "0"}, 12),
        ({"message": "a", "scheduled_publish_time": "1800000000"}, 100),
        ({"message": "a", "published": "false", "scheduled_publish_time": "1700000000"}, 100),
    ],
)
def test_what_is_refused(http: Caller, sandbox: Sandbox, fields: dict[str, str], expected: int) -> None:
    assert code(post(http, **fields))[:2] == (400, expected)
    assert sandbox.posts() == []


def test_photos_are_looked_at(http: Caller) -> None:
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF"):
        assert photo(http, picture(kind)).status_code == 200, kind
    for bad in (picture("WEBP"), b"none", picture() + b"\0" * (4 * 1024 * 1024)):
        assert code(photo(http, bad)) == (400, 100, 1366046)
    assert code(http.facebook("POST", "me/photos", data={"url": "https://example.org/b.jpg"}))[1] == 324


def test_photos_are_shown_by_one_post_of_their_page(http: Caller, sandbox: Sandbox) -> None:
    one, two = (photo(http, alt_text_custom=text).json()["id"] for text in ("eins", "zwei"))
    both = json.dumps([{"media_fbid": one}, {"media_fbid": two}])
    with Caller(sandbox, "zweitkonto") as other:
        assert code(post(other, message="Hallo", attached_media=both)) == (400, 100, 33)
    made = post(http, message="Hallo", attached_media=both).json()["id"]
    assert [image["alt"] for image in sandbox.posts()[0]["images"]] == ["eins", "zwei"]
    assert http.facebook("GET", f"{one}?fields=page_story_id").json() == {"id": one, "page_story_id": made}
    assert code(post(http, message="Noch einmal", attached_media=both)) == (400, 100, 1366051)
    numbered = {"message": "Einzeln", "attached_media[0]": json.dumps({"media_fbid": photo(http).json()["id"]})}
    assert post(http, **numbered).status_code == 200


def test_a_published_photo_is_a_post(http: Caller, sandbox: Sandbox) -> None:
    made = photo(http, published="true", caption="Zelt").json()
    assert [(p["id"], p["text"]) for p in sandbox.posts()] == [(made["post_id"], "Zelt")]


def test_unpublished_and_scheduled_posts_are_not_in_the_feed(http: Caller, clock: Clock) -> None:
    later = str(int(clock.now.timestamp()) + 3600)
    scheduled = post(http, message="Später", published="false", scheduled_publish_time=later).json()["id"]
    post(http, message="Entwurf", published="false")
    assert http.facebook("GET", "me/published_posts").json() == {"data": []}
    assert [p["id"] for p in http.facebook("GET", "me/scheduled_posts").json()["data"]] == [scheduled]


def test_the_list_has_its_filters(http: Caller, clock: Clock) -> None:
    ids = []
    for text in ("eins", "zwei"):
        ids.append(post(http, message=text).json()["id"])
        clock.pass_by(minutes=1)
    since = int(clock.now.timestamp()) - 60

    def listed(query: str) -> list[str]:
        answer = http.facebook("GET", f"me/published_posts?{query}")
        return [told["id"] for told in answer.json()["data"]]

    assert listed("limit=25&fields=id,message,created_time,permalink_url,is_hidden,attachments") == ids[::-1]
    assert listed(f"since={since}") == [ids[1]]
    assert listed(f"until={since}") == [ids[0]]
    assert listed("limit=1") == [ids[1]]


def test_edit_and_delete(http: Caller, sandbox: Sandbox) -> None:
    made = post(http, message="Hallo").json()["id"]
    assert http.facebook("POST", made, data={"message": "Neu"}).json() == {"success": True}
    assert sandbox.posts()[0]["text"] == "Neu"
    with Caller(sandbox, "zweitkonto") as other:
        assert code(other.facebook("DELETE", made)) == (400, 100, 33)
    assert http.facebook("DELETE", made).json() == {"success": True}
    assert code(http.facebook("GET", made)) == (400, 100, 33)
    loose = photo(http).json()["id"]
    assert http.facebook("DELETE", loose).status_code == 200
    assert code(http.facebook("GET", loose))[1] == 100


def test_versions_and_removed_habits(sandbox: Sandbox) -> None:
    token = {"access_token": sandbox.accounts()["facebook"]["credentials"]["access_token"]}

    def ask(path: str, **more: str) -> requests.Response:
        return requests.get(f"{sandbox.url}{path}", params=token | more, timeout=10)

    assert ask("/v26.0/me").json()["name"] == "Verein Beispiel"
    assert ask("/v22.0/me").headers["facebook-api-version"] == "v22.0"
    assert json.loads(ask("/v26.0/me").headers["X-App-Usage"]).keys() == {"call_count", "total_cputime", "total_time"}
    assert [code(ask(path))[1] for path in ("/me", "/v2.8/me", "/v21.0/me", "/v99.0/me")] == [2500, 2635, 2635, 2635]
    assert [code(ask("/v26.0/me", **{name: "1"}))[1] for name in ("ids", "pretty", "debug", "date_format")] == [12] * 4
    assert code(requests.get(f"{sandbox.url}/v26.0/me", timeout=10))[0] == 401
    assert code(requests.get(f"{sandbox.url}/v26.0/me?access_token=wrong", timeout=10)) == (401, 190, 467)


def test_a_token_tells_about_itself(http: Caller, sandbox: Sandbox) -> None:
    token = sandbox.accounts()["facebook"]["credentials"]["access_token"]
    told = http.facebook("GET", f"debug_token?input_token={token}").json()["data"]
    assert (told["is_valid"], told["expires_at"]) == (True, 0)
    assert "pages_manage_posts" in told["scopes"]
    assert http.facebook("GET", "debug_token?input_token=wrong").json()["data"]["is_valid"] is False
