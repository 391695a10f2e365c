"""How strict the Slack stand-in is, and Slack's own client against it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from crosspost.sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    token = sandbox.accounts()["slack"]["credentials"]["token"]
    return WebClient(token, base_url=f"{sandbox.url}/api/")


@pytest.fixture
def channel(sandbox: Sandbox) -> str:
    return str(sandbox.accounts()["slack"]["settings"]["channel"])


def refused(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def test_slacks_own_client_posts_reads_changes_and_deletes(client: WebClient, channel: str, sandbox: Sandbox) -> None:
    assert client.auth_test()["user"] == "verein"
    known = {"event_type": "crosspost", "event_payload": {"key": "k"}}
    sent = client.chat_postMessage(channel=channel, text="Grüße &amp; <https://example.org|Link>", metadata=known)
    (post,) = sandbox.posts("slack")
    assert post["text"] == "Grüße & Link"
    reply = client.chat_postMessage(channel=channel, text="Antwort", thread_ts=sent["ts"])
    history = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert [(one["ts"], one["metadata"]["event_payload"]["key"]) for one in history] == [(sent["ts"], "k")]
    answers = client.conversations_replies(channel=channel, ts=sent["ts"])["messages"]
    assert [one["ts"] for one in answers] == [sent["ts"], reply["ts"]]
    client.chat_update(channel=channel, ts=sent["ts"], text="Neu")
    client.chat_delete(channel=channel, ts=reply["ts"])
    assert [post["text"] for post in sandbox.posts("slack")] == ["Neu"]


def test_its_client_reads_page_by_page(client: WebClient, channel: str) -> None:
    stamps = [client.chat_postMessage(channel=channel, text=f"Nr. {number}")["ts"] for number in range(5)]
    pages: Iterator[Any] = iter(client.conversations_history(channel=channel, limit=2))
    assert [one["ts"] for page in pages for one in page["messages"]] == stamps[::-1]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": " "}, "no_text"),
        ({"text": "ä" * 40_001}, "msg_too_long"),
        ({"text": "a", "thread_ts": "1.000009"}, "thread_not_found"),
        ({"text": "a", "metadata": {"key": "k"}}, "invalid_metadata_format"),
        ({"text": "a", "colour": "red"}, "invalid_arguments"),
        ({"text": "a", "channel": "C0000000002"}, "channel_not_found"),
    ],
)
def test_what_is_wrong_is_refused_with_status_200(
    client: WebClient, channel: str, sandbox: Sandbox, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postMessage", json={"channel": channel} | fields)
    assert refused(caught) == code
    assert caught.value.response.status_code == 200
    assert sandbox.posts("slack") == []


def test_without_or_with_a_wrong_token_nothing_is_told(sandbox: Sandbox) -> None:
    answers = [
        requests.get(f"{sandbox.url}/api/auth.test", headers=headers, timeout=10).json()["error"]
        for headers in ({}, {"Authorization": "Bearer xoxb-1"})
    ]
    assert answers == ["not_authed", "invalid_auth"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*fett* _schräg_ `code` ~weg~", "fett schräg code weg"),
        ("a &lt;b&gt; &amp;amp; &copy;", "a <b> &amp; &copy;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_what_readers_see(client: WebClient, channel: str, sandbox: Sandbox, text: str, read: str) -> None:
    client.chat_postMessage(channel=channel, text=text)
    assert sandbox.posts("slack")[0]["text"] == read


def test_a_message_that_is_too_long_cannot_be_changed(client: WebClient, channel: str) -> None:
    sent = client.chat_postMessage(channel=channel, text="kurz")
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=channel, ts=sent["ts"], text="&amp;" * 801)
    assert refused(caught) == "msg_too_long"


def png(width: int = 300) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, 200)).save(kept, "PNG")
    return kept.getvalue()


def uploaded(client: WebClient, data: bytes, looks: int = 3) -> str:
    number = str(
        client.files_upload_v2(content=data, filename="a.png", alt_txt="Beet", request_file_info=False)["file"]["id"]
    )
    kinds = [client.files_info(file=number)["file"]["mimetype"] for _ in range(looks)]
    assert [bool(kind) for kind in kinds] == [n >= 2 for n in range(looks)], "ready after a while"
    return number


def test_its_client_shows_pictures_that_nobody_saw_before(client: WebClient, channel: str, sandbox: Sandbox) -> None:
    files = [uploaded(client, png(width)) for width in (300, 310)]
    assert sandbox.posts("slack") == []
    text = {"type": "section", "text": {"type": "mrkdwn", "text": "*Zwei* Bilder"}}
    images = [{"type": "image", "slack_file": {"id": file}, "alt_text": f"Bild {file[-1]}"} for file in files]
    sent = client.chat_postMessage(channel=channel, text="Zwei Bilder", blocks=[text, *images])
    (post,) = sandbox.posts("slack")
    assert post["text"] == "Zwei Bilder"
    assert [(one["width"], one["alt"]) for one in post["images"]] == [(300, "Bild 1"), (310, "Bild 2")]
    client.chat_update(channel=channel, ts=sent["ts"], text="Neu")
    (post,) = sandbox.posts("slack")
    assert (post["text"], post["images"]) == ("Neu", []), "blocks that are not given again are gone"


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}, "invalid slack file"),
        ({"type": "image", "slack_file": {"id": "EARLY"}, "alt_text": "a"}, "invalid slack file"),
        ({"type": "image", "slack_file": {"id": "TEXT"}, "alt_text": "a"}, "invalid slack file"),
        ({"type": "image", "slack_file": {"id": "READY"}}, "alt_text is required"),
        ({"type": "image", "slack_file": {"id": "READY"}, "alt_text": "ä" * 2001}, "alt_text is required"),
        ({"type": "image", "slack_file": {"id": "READY", "url": "https://a"}, "alt_text": "a"}, "only slack_file"),
        ({"type": "carousel"}, "unsupported type"),
        ({"type": "rich_text", "elements": []}, "no fewer than 1 item"),
        ({"type": "section", "text": {"type": "plain_text", "text": "ä" * 3001}}, "1 to 3000"),
        ({"type": "section", "text": {"type": "plain_text", "text": "a", "colour": "red"}}, "additional property"),
    ],
)
def test_blocks_that_slack_refuses(
    client: WebClient, channel: str, sandbox: Sandbox, block: dict[str, Any], why: str
) -> None:
    if (file := block.get("slack_file", {}).get("id", "")) in ("READY", "EARLY"):
        block = block | {
            "slack_file": block["slack_file"] | {"id": uploaded(client, png(), 3 if file == "READY" else 1)}
        }
    elif file == "TEXT":
        block = block | {"slack_file": {"id": uploaded(client, b"no picture")}}
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=channel, text="a", blocks=[block])
    assert refused(caught) == "invalid_blocks"
    assert why in caught.value.response["errors"][0]
    assert sandbox.posts("slack") == []


def test_uploads_that_slack_refuses(client: WebClient, sandbox: Sandbox) -> None:
    for fields, code in (
        ({"filename": "a.png", "length": 0}, "invalid_arguments"),
        ({"filename": "a.png", "length": 9, "alt_txt": "ä" * 1001}, "alt_txt_too_large"),
    ):
        with pytest.raises(SlackApiError) as caught:
            client.api_call("files.getUploadURLExternal", params=fields)
        assert refused(caught) == code
    given = client.files_getUploadURLExternal(filename="a.png", length=9)
    url = given["upload_url"]
    for wrong, data in ((f"{url}x", b"123456789"), (url, b"1234")):
        assert requests.post(wrong, data=data, timeout=10).status_code >= 400
    with pytest.raises(SlackApiError) as caught:
        client.files_completeUploadExternal(files=[{"id": given["file_id"]}])
    assert refused(caught) == "file_not_found"
    sandbox.networks["slack"].settings["scopes"] = "chat:write"
    with pytest.raises(SlackApiError) as caught:
        client.files_getUploadURLExternal(filename="a.png", length=9)
    assert (refused(caught), caught.value.response["needed"]) == ("missing_scope", "files:write")
