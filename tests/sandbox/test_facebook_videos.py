"""How strict the Facebook stand-in is about videos, and X's about subtitles."""

import base64
from pathlib import Path
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.subtitles import is_srt
from tests.sandbox.conftest import Caller, picture
from tests.sandbox.test_facebook import code

FILMS = Path(__file__).parents[1] / "media/films"
FILM = (FILMS / "reel.mp4").read_bytes()
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nBalken\n"


def ask(http: Caller, files: Any = None, **form: Any) -> requests.Response:
    return http.facebook("POST", "me/videos", data=form, files=files)


def begun(http: Caller, data: bytes = FILM) -> tuple[str, str]:
    told = ask(http, upload_phase="start", file_size=len(data)).json()
    assert (told["start_offset"], told["end_offset"]) == ("0", str(len(data)))
    return str(told["upload_session_id"]), str(told["video_id"])


def part(http: Caller, session: str, data: bytes = FILM, at: int = 0) -> requests.Response:
    form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": at}
    return ask(http, {"video_file_chunk": ("part", data)}, **form)


def finish(http: Caller, session: str, **more: Any) -> requests.Response:
    return ask(http, upload_phase="finish", upload_session_id=session, **more)


def uploaded(http: Caller, data: bytes = FILM) -> tuple[str, str]:
    session, video = begun(http, data)
    assert part(http, session, data).status_code == 200
    return session, video


def test_the_last_request_publishes_the_video_that_was_named_first(http: Caller, sandbox: Sandbox) -> None:
    session, video = uploaded(http)
    node = http.facebook("GET", video, params={"fields": "id,published,status"}).json()
    assert (node["id"], node["published"], node["status"]["video_status"]) == (video, False, "uploading")
    assert sandbox.posts() == []
    assert finish(http, session, title="Fest", description="Balken").json() == {"success": True}
    node = http.facebook("GET", video, params={"fields": "published,permalink_url,post_id,title"}).json()
    assert (node["published"], node["title"]) == (True, "Fest")
    (post,) = sandbox.posts()
    assert (post["text"], post["id"].rpartition("_")[2]) == ("Balken", node["post_id"])
    assert post["url"].endswith(node["permalink_url"].strip("/"))
    assert code(finish(http, session)) == (400, 6000, 1363019), "one upload is one video"
    assert len(sandbox.posts()) == 1


def test_parts_are_taken_in_their_order_only(http: Caller, sandbox: Sandbox) -> None:
    sandbox.networks["facebook"].settings["part"] = 5000
    told = ask(http, upload_phase="start", file_size=len(FILM)).json()
    session = told["upload_session_id"]
    assert told["end_offset"] == "5000"
    wrong = part(http, session, FILM[5000:10000], 5000)
    assert code(wrong) == (400, 6000, 1363037)
    assert wrong.json()["error"]["error_data"] == {"start_offset": "0", "end_offset": "5000"}
    assert code(part(http, session, FILM[:6000])) == (400, 6000, 1363033)
    assert part(http, session, FILM[:4000]).json() == {"start_offset": "4000", "end_offset": "9000"}
    assert code(finish(http, session)) == (400, 6000, 1363019), "something is missing"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, 0),
        ({"upload_phase": "start", "file_size": "12"}, 1363022),
        ({"upload_phase": "start", "file_size": "99999999999"}, 1363023),
        ({"upload_phase": "transfer", "upload_session_id": "1", "start_offset": "0"}, 1363019),
        ({"upload_phase": "start", "file_size": "5000", "colour": "blue"}, 0),
    ],
)
def test_what_is_no_upload(http: Caller, form: dict[str, str], said: int) -> None:
    answer = ask(http, **form)
    assert code(answer)[::2] == (400, said)


def test_only_what_plays_is_published(http: Caller) -> None:
    spoilt = FILM.replace(b"avc1", b"xxxx")
    assert code(finish(http, uploaded(http, spoilt)[0])) == (400, 6000, 1363031)
    assert code(finish(http, uploaded(http, (FILMS / "old.mp4").read_bytes())[0])) == (400, 6000, 1363031)
    session, _ = uploaded(http)
    thumb = ask(http, {"thumb": ("thumb.jpg", b"no picture")}, upload_phase="finish", upload_session_id=session)
    assert code(thumb)[:2] == (400, 100)
    assert ask(
        http, {"thumb": ("thumb.jpg", picture("JPEG"))}, upload_phase="finish", upload_session_id=session
    ).json() == {"success": True}


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("captions.de_DE.srt", SRT, 200),
        ("captions.srt", SRT, 400),
        ("captions.de_DE.srt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nBalken\n", 400),
    ],
)
def test_captions_follow_a_video_that_is_out(http: Caller, name: str, data: bytes, status: int) -> None:
    session, video = uploaded(http)
    files = {"captions_file": (name, data)}
    assert code(http.facebook("POST", f"{video}/captions", files=files))[1:] == (100, 33)
    finish(http, session)
    assert http.facebook("POST", f"{video}/captions", files=files).status_code == status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1\n00:00:00.000 --> 00:00:01.000\nA\n",
        "2\n00:00:00,000 --> 00:00:01,000\nA\n",
        "1\n00:00:02,000 --> 00:00:01,000\nA\n",
        "1\n00:00:00,000 --> 00:00:01,000\n<v Ann>A\n",
    ],
)
def test_what_is_no_srt(text: str) -> None:
    assert not is_srt(text.encode())
    assert is_srt(SRT)


def test_xs_subtitles_are_tied_to_a_video(http: Caller, sandbox: Sandbox) -> None:
    def sent(data: bytes, kind: str = "text/srt") -> requests.Response:
        body = {"media": base64.b64encode(data).decode(), "media_category": "subtitles", "media_type": kind}
        return http.x("POST", "media/upload", json=body)

    assert sent(b"WEBVTT\n").status_code == 400
    assert sent(SRT, "text/plain").status_code == 400
    captions = sent(SRT).json()["data"]["id"]
    image = http.x("POST", "media/upload", json={
        "media": base64.b64encode(picture("PNG")).decode(), "media_category": "tweet_image",
    }).json()["data"]["id"]  # fmt: skip
    track = {"id": captions, "language_code": "DE", "display_name": "Deutsch"}
    body = {"id": image, "media_category": "TweetVideo", "subtitles": track}
    assert http.x("POST", "media/subtitles", json=body).status_code == 400, "a picture has none"
    begin = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(FILM)}
    video = http.x("POST", "media/upload/initialize", json=begin).json()["data"]["id"]
    form = {"segment_index": 0, "media": base64.b64encode(FILM).decode()}
    http.x("POST", f"media/upload/{video}/append", json=form)
    http.x("POST", f"media/upload/{video}/finalize")
    for _ in range(2):
        http.x("GET", "media/upload", params={"command": "STATUS", "media_id": video})
    body["id"] = video
    assert (
        http.x("POST", "media/subtitles", json=body | {"subtitles": track | {"language_code": "deu"}}).status_code
        == 400
    )
    assert http.x("POST", "media/subtitles", json=body | {"subtitles": track | {"id": "1"}}).status_code == 400
    told = http.x("POST", "media/subtitles", json=body).json()["data"]
    assert told["associated_subtitles"] == [track]
    assert sandbox.store.pictures[video].extra["subtitles"] == {"DE": SRT.decode()}
