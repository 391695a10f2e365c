"""How strict the Mastodon stand-in is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture


def upload(http: Caller, data: bytes, **fields: str) -> str:
    answer = http.mastodon("POST", "v2/media", files={"file": ("bild.png", data, "image/png")}, data=fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def gotosocial(clock: Clock) -> Iterator[Caller]:
    with (
        Sandbox(clock=clock, options={"mastodon": {"flavour": "gotosocial"}}) as running,
        Caller(running) as caller,
    ):
        yield caller


def test_the_limit_is_500_and_links_cost_23(http: Caller, sandbox: Sandbox) -> None:
    link = " https://example.org/" + "a" * 300
    assert http.toot("👨‍👩‍👧‍👦" * 476 + link).status_code == 200
    refused = http.toot("👨‍👩‍👧‍👦" * 477 + link)
    assert (refused.status_code, refused.json()) == (
        422,
        {"error": "Validation failed: Text character limit of 500 exceeded"},
    )
    assert http.toot("x" * 400, spoiler_text="y" * 101).status_code == 422
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize("fields", [{}, {"status": "  "}, {"media_ids": ["1"]}, {"media_ids": "1"}])
def test_text_or_a_known_picture_is_required(http: Caller, sandbox: Sandbox, fields: dict[str, object]) -> None:
    assert http.mastodon("POST", "v1/statuses", json=fields).status_code == 422
    assert sandbox.posts() == []


def test_language_visibility_and_reply_are_checked(http: Caller) -> None:
    assert http.toot("Hallo", language="de-DE").status_code == 422
    assert http.toot("Hallo", visibility="secret").status_code == 422
    assert http.toot("Hallo", in_reply_to_id="1").status_code == 404
    first = http.toot("Hallo", language="de").json()["id"]
    assert http.toot("Welt", in_reply_to_id=first).json()["in_reply_to_id"] == first


def test_a_warning_alone_becomes_the_text(http: Caller, sandbox: Sandbox) -> None:
    assert http.toot("", spoiler_text="Nur das").status_code == 200
    assert sandbox.posts()[0]["text"] == "Nur das"


def test_a_key_is_good_for_an_hour_and_the_text_is_not_compared(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    key = {"Idempotency-Key": "eins"}
    first = http.toot("Hallo", headers=key).json()["id"]
    clock.pass_by(minutes=59)
    assert http.toot("anderer Text", headers=key).json()["id"] == first
    with Caller(sandbox, "zweitkonto") as other:
        assert other.toot("Hallo", headers=key).json()["id"] != first
    clock.pass_by(minutes=1)
    assert http.toot("Hallo", headers=key).json()["id"] != first
    assert [p["idempotency_key"] for p in sandbox.posts()] == ["eins"] * 3


def test_a_key_in_the_body_protects_nothing(http: Caller, sandbox: Sandbox) -> None:
    for _ in range(2):
        assert http.toot("Hallo", idempotency_key="eins").status_code == 200
    assert len(sandbox.posts()) == 2


def test_a_deleted_post_is_not_made_again_by_its_key(http: Caller, sandbox: Sandbox) -> None:
    key = {"Idempotency-Key": "eins"}
    post = http.toot("Hallo", headers=key).json()["id"]
    assert http.mastodon("DELETE", f"v1/statuses/{post}").json()["text"] == "Hallo"
    assert http.toot("Hallo", headers=key).status_code == 404
    assert sandbox.posts() == []
    assert [p["deleted"] for p in sandbox.posts(deleted=True)] == [True]


def test_tokens_are_checked_and_belong_to_one_account(http: Caller, sandbox: Sandbox) -> None:
    mine = http.toot("Meins").json()["id"]
    http.known["mastodon"]["credentials"]["access_token"] = "wrong"
    refused = http.toot("Hallo")
    assert (refused.status_code, refused.json()) == (401, {"error": "The access token is invalid"})
    with Caller(sandbox, "zweitkonto") as other:
        assert other.mastodon("GET", f"v1/statuses/{mine}").status_code == 200, "what is public is seen by everybody"
        for method, path in (("GET", f"{mine}/source"), ("PUT", mine), ("DELETE", mine)):
            sent = {"json": {"status": "Deins"}} if method == "PUT" else {}
            assert other.mastodon(method, f"v1/statuses/{path}", **sent).status_code == 404
        assert other.mastodon("GET", "v1/accounts/verify_credentials").json()["acct"] == "zweitkonto"


def test_pictures_are_looked_at(http: Caller) -> None:
    def refused(data: bytes, **fields: str) -> bool:
        files = {"file": ("bild.png", data, "image/png")}
        return http.mastodon("POST", "v2/media", files=files, data=fields).status_code == 422

    assert refused(b"no picture")
    assert refused(picture("TIFF"))
    assert refused(picture()[:60])
    assert refused(picture(), description="x" * 1501)
    assert refused(picture() + b"\0" * (16 * 1024 * 1024))
    assert http.mastodon("POST", "v2/media", data={"description": "x"}).status_code == 422
    assert upload(http, picture("WEBP"), description="x" * 1500)


def test_a_picture_is_for_one_post_of_its_account(http: Caller, sandbox: Sandbox) -> None:
    media = upload(http, picture())
    with Caller(sandbox, "zweitkonto") as other:
        assert other.toot("Hallo", media_ids=[media]).status_code == 422
    assert http.toot("Hallo", media_ids=[media]).status_code == 200
    assert http.toot("Welt", media_ids=[media]).status_code == 422
    five = [upload(http, picture()) for _ in range(5)]
    assert http.toot("Fünf", media_ids=five).status_code == 422
    assert http.toot("Zwei in einem", media_ids=[",".join(five[:2])]).status_code == 422
    assert http.toot("Vier", media_ids=five[:4]).status_code == 200


def test_a_picture_that_is_processed_must_be_waited_for(http: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("mastodon", "processing")
    answer = http.mastodon("POST", "v2/media", files={"file": ("b.png", picture(), "image/png")})
    media = answer.json()["id"]
    assert (answer.status_code, answer.json()["url"]) == (202, None)
    assert http.toot("Zu früh", media_ids=[media]).status_code == 422
    assert [http.mastodon("GET", f"v1/media/{media}").status_code for _ in range(3)] == [206, 206, 200]
    http.mastodon("PUT", f"v1/media/{media}", data={"description": "Später beschrieben"})
    assert http.toot("Jetzt", media_ids=[media]).json()["media_attachments"][0]["description"] == "Später beschrieben"


def test_an_edit_keeps_pictures_and_changes_their_description(http: Caller, sandbox: Sandbox) -> None:
    media = upload(http, picture(), description="alt")
    post = http.toot("Hallo", media_ids=[media]).json()["id"]
    change = {"status": "Neu https://example.org", "media_attributes": [{"id": media, "description": "neu"}]}
    assert http.mastodon("PUT", f"v1/statuses/{post}", json=change).status_code == 200
    (told,) = sandbox.posts()
    assert (told["text"], told["link"], told["images"][0]["alt"]) == (change["status"], "https://example.org", "neu")


def test_limits_are_reported_and_enforced(http: Caller, clock: Clock) -> None:
    codes = []
    for _ in range(31):
        answer = http.mastodon("POST", "v2/media", files={"file": ("b.png", picture(), "image/png")})
        codes.append(answer.status_code)
    assert codes == [200] * 30 + [429]
    assert answer.json() == {"error": "Too many requests"}
    assert "Retry-After" not in answer.headers
    reset = datetime.fromisoformat(answer.headers["X-RateLimit-Reset"])
    assert reset == clock.now + timedelta(minutes=30)
    clock.pass_by(minutes=30)
    assert upload(http, picture())


def test_scheduling_is_refused_but_a_past_time_publishes(http: Caller, clock: Clock) -> None:
    later = (clock.now + timedelta(minutes=4)).isoformat()
    assert "5 minutes" in http.toot("Hallo", scheduled_at=later).json()["error"]
    assert http.toot("Hallo", scheduled_at=(clock.now + timedelta(days=1)).isoformat()).status_code == 422
    assert http.toot("Hallo", scheduled_at="gestern").status_code == 400
    assert http.toot("Hallo", scheduled_at=(clock.now - timedelta(days=1)).isoformat()).status_code == 200


def test_the_list_has_its_filters(http: Caller) -> None:
    ids = [http.toot(f"Nr. {n}").json()["id"] for n in range(3)]
    me = http.mastodon("GET", "v1/accounts/verify_credentials").json()["id"]

    def listed(query: str) -> list[str]:
        return [post["id"] for post in http.mastodon("GET", f"v1/accounts/{me}/statuses?{query}").json()]

    assert listed("limit=40&exclude_reblogs=true") == ids[::-1]
    assert listed("limit=1") == ids[:1:-1]
    assert listed(f"since_id={ids[0]}") == [ids[2], ids[1]]
    assert listed(f"max_id={ids[1]}") == [ids[0]]
    assert http.mastodon("GET", f"v1/accounts/{me}/statuses?limit=41").status_code == 400


def test_gotosocial_counts_everything_and_knows_no_keys(gotosocial: Caller) -> None:
    told = gotosocial.mastodon("GET", "v2/instance").json()
    assert "gotosocial" in told["source_url"]
    assert told["configuration"]["statuses"]["characters_reserved_per_url"] == 25
    assert gotosocial.toot("https://example.org/" + "a" * 4981).status_code == 400
    key = {"Idempotency-Key": "eins"}
    ids = {gotosocial.toot("x" * 5000, headers=key).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_nonsense_is_refused_in_its_own_form(http: Caller) -> None:
    bad = http.mastodon("POST", "v1/statuses", data=b"{", headers={"Content-Type": "application/json"})
    assert (bad.status_code, bad.json()) == (400, {"error": "the body is not valid JSON"})
    latin = http.mastodon(
        "POST", "v1/statuses", data=b"status=%FF", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert latin.status_code == 400
    assert http.mastodon("GET", "v1/nothing").status_code == 404
    assert http.mastodon("PATCH", "v1/statuses").status_code == 405
