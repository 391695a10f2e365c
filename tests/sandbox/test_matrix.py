"""How strict the Matrix stand-in is. The same contract runs on a real server: ``make test-matrix``."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock, picture

Call = Callable[..., requests.Response]
ROOM = "/v3/rooms/!vereinroom:sandbox.example"


@pytest.fixture
def call(sandbox: Sandbox) -> Call:
    token = sandbox.accounts()["matrix"]["credentials"]["access_token"]

    def ask(method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        url = f"{sandbox.url}/_matrix/client{path}" if path.startswith("/v") else f"{sandbox.url}{path}"
        return requests.request(method, url, headers=headers, timeout=10, **more)

    return ask


def send(call: Call, txn: str, **content: Any) -> requests.Response:
    return call("PUT", f"{ROOM}/send/m.room.message/{txn}", json={"msgtype": "m.text"} | content)


def test_a_transaction_is_one_event_for_a_day(call: Call, clock: Clock) -> None:
    first = send(call, "t", body="a").json()
    assert send(call, "t", body="b").json() == first
    clock.pass_by(hours=25)
    assert send(call, "t", body="b").json() != first


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"body": ""}, 400),
        ({"body": "a", "msgtype": "m.video"}, 400),
        ({"body": "a", "formatted_body": "<b>a</b>"}, 400),
        ({"body": "ä" * 32_000}, 413),
        ({"body": "a", "msgtype": "m.image", "url": "mxc://sandbox.example/1"}, 400),
        ({"body": "a", "m.relates_to": {"rel_type": "m.thread", "event_id": "$1"}}, 400),
        ({"body": "* a", "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}, 403),
    ],
)
def test_what_is_wrong_is_refused(call: Call, sandbox: Sandbox, content: dict[str, Any], status: int) -> None:
    refused = send(call, "t", **content)
    assert refused.status_code == status
    assert refused.json()["errcode"].startswith("M_")
    assert sandbox.posts("matrix") == []
    assert send(call, "t", body="gut").status_code == 200, "a refused transaction may be used again"


def test_an_upload_says_what_it_is_and_a_picture_its_size(call: Call) -> None:
    wrong = {"Content-Type": "image/jpeg"}
    assert call("POST", "/_matrix/media/v3/upload", data=picture(), headers=wrong).status_code == 400
    right = {"Content-Type": "image/png"}
    uri = call("POST", "/_matrix/media/v3/upload", data=picture(), headers=right).json()["content_uri"]
    info: dict[str, Any] = {"w": 64, "h": 36, "size": len(picture())}
    shown = {"msgtype": "m.image", "url": uri, "body": "a.png", "filename": "a.png"}
    untrue = ({"w": "64"}, {"h": -1}, {"w": 64.5}, {"size": 1}, {"mimetype": "image/jpeg"})
    for number, said in enumerate(untrue):
        assert send(call, f"u{number}", **shown, info=info | said).status_code == 400
    for number, said in enumerate((info, {}, info | {"w": 32, "h": 18})):  # how large it is meant to be shown
        assert send(call, f"t{number}", **shown, info=said).status_code == 200


def test_a_name_as_body_is_no_caption(call: Call, sandbox: Sandbox) -> None:
    headers = {"Content-Type": "image/png"}
    uri = call("POST", "/_matrix/media/v3/upload", data=picture(), headers=headers).json()["content_uri"]
    info = {"w": 64, "h": 36, "size": len(picture())}
    for number, body in enumerate(("a.png", "Ein Beet")):
        send(call, str(number), msgtype="m.image", url=uri, body=body, filename="a.png", info=info)
    assert [post["text"] for post in sandbox.posts("matrix")] == ["", "Ein Beet"]


def test_what_is_taken_away_stays_without_its_content(call: Call, sandbox: Sandbox) -> None:
    event = send(call, "t", body="a").json()["event_id"]
    for _ in range(2):
        assert call("PUT", f"{ROOM}/redact/{event}/r", json={}).status_code == 200
    (told,) = call("GET", f"{ROOM}/messages?dir=b").json()["chunk"]
    assert (told["event_id"], told["content"], told["unsigned"]["transaction_id"]) == (event, {}, "t")
    assert sandbox.posts("matrix") == []


def test_history_is_read_by_pages(call: Call) -> None:
    events = [send(call, str(number), body=f"Nr. {number}").json()["event_id"] for number in range(5)]
    first = call("GET", f"{ROOM}/messages?dir=b&limit=3").json()
    rest = call("GET", f"{ROOM}/messages?dir=b&limit=3&from={first['end']}").json()
    assert [one["event_id"] for one in [*first["chunk"], *rest["chunk"]]] == events[::-1]
    assert "end" not in rest


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v3/rooms/!zweitkontoroom:sandbox.example/messages?dir=b", "M_FORBIDDEN"),
        ("/v3/directory/room/%23nirgends:sandbox.example", "M_NOT_FOUND"),
        (f"{ROOM}/state/m.room.encryption", "M_NOT_FOUND"),
        (f"{ROOM}/event/$1", "M_NOT_FOUND"),
    ],
)
def test_rooms_and_events_that_are_not_ours(call: Call, path: str, code: str) -> None:
    assert call("GET", path).json()["errcode"] == code


def test_the_token_is_needed_and_must_be_right(call: Call) -> None:
    for headers, code in (
        ({"Authorization": ""}, "M_MISSING_TOKEN"),
        ({"Authorization": "Bearer x"}, "M_UNKNOWN_TOKEN"),
    ):
        assert call("GET", "/v3/account/whoami", headers=headers).json()["errcode"] == code
