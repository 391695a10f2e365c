"""How strict the Slack stand-in is, and Slack's own client against it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
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
