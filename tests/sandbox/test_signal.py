"""How strict the Signal stand-in is, through all its doors, and an independent client."""

import base64
import json
import socket
from pathlib import Path
from typing import Any

import apprise
import pytest
import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.signal.jsonrpc_server import Lines
from crosspost.sandbox.networks.signal.server import MEMBERS, group_id
from tests.sandbox.conftest import Clock, picture

NUMBER = "+491713920001"
GROUP = group_id(0)
URI = "data:image/png;filename=b.png;base64," + base64.b64encode(picture()).decode()


def wrapped(group: str) -> str:
    return "group." + base64.b64encode(group.encode()).decode()


def rpc(sandbox: Sandbox, method: str, **params: Any) -> Any:
    call = {"jsonrpc": "2.0", "id": "1", "method": method, "params": {"account": NUMBER} | params}
    answer = requests.post(f"{sandbox.url}/api/v1/rpc", json=call, timeout=10)
    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == "1"
    return body.get("result") or (body["error"]["code"], body["error"]["message"])


def test_groups_with_their_ids(sandbox: Sandbox) -> None:
    groups = rpc(sandbox, "listGroups")
    assert (groups[0]["id"], groups[0]["name"], groups[0]["isMember"]) == (GROUP, "Verein Beispiel", True)
    assert [group["name"] for group in groups].count("Vorstand") == 2


def test_a_message_with_everything(sandbox: Sandbox, clock: Clock) -> None:
    sent = rpc(
        sandbox,
        "send",
        groupId=GROUP,
        message="👋 Fest https://example.org/fest",
        textStyle=["3:4:BOLD"],
        previewUrl="https://example.org/fest",
        previewTitle="Fest",
        previewImage=URI,
    )
    assert sent["timestamp"] == int(clock.now.timestamp() * 1000)
    assert [one["type"] for one in sent["results"]] == ["SUCCESS"] * len(MEMBERS)
    (post,) = sandbox.posts("signal")
    assert (post["link"], post["images"][0]["format"]) == ("https://example.org/fest", "PNG")
    again = rpc(sandbox, "send", groupId=GROUP, message="noch eine")
    assert again["timestamp"] > sent["timestamp"], "a timestamp is an id"
    assert requests.get(post["url"], timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({}, -1, "empty message"),
        ({"groupId": "AAAA"}, -1, "group not found"),
        ({"groupId": group_id(3)}, -1, "not a member"),
        ({"message": "a", "textStyle": ["0:2:BOLD"]}, -1, "beyond the message"),
        ({"message": "a", "textStyle": ["0:1:FETT"]}, -1, "Invalid textStyle"),
        ({"message": "a", "previewUrl": "https://example.org", "previewTitle": "T"}, -1, "must stand in the message"),
        ({"message": "https://example.org", "previewUrl": "https://example.org"}, -1, "needs a title"),
        ({"message": "a", "attachments": ["/tmp/b.png"]}, -1, "AttachmentInvalid"),
        ({"message": "a", "attachments": ["data:image/png;base64,AAAA"]}, -1, "AttachmentInvalid"),
        ({"message": "a", "group": GROUP}, -32602, "Unrecognized field group"),
        ({"message": "a", "account": "+49000"}, -32602, "account does not exist"),
        ({"message": "a", "account": None}, -32602, "valid account parameter"),
        ({"message": "a", "editTimestamp": 17}, -1, "no such message"),
    ],
)
def test_what_it_refuses(sandbox: Sandbox, params: dict[str, Any], code: int, words: str) -> None:
    told = rpc(sandbox, "send", **({"groupId": GROUP} | params))
    assert told[0] == code
    assert words in told[1]
    assert sandbox.posts() == []


def test_the_protocol_itself(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/api/v1/rpc"
    assert requests.post(url, data="{}", headers={"Content-Type": "text/plain"}, timeout=10).status_code == 415
    broken = requests.post(url, data="{", headers={"Content-Type": "application/json"}, timeout=10)
    assert broken.json()["error"]["code"] == -32700
    assert requests.post(url, json={"method": "send"}, timeout=10).json()["error"]["code"] == -32600
    assert rpc(sandbox, "sendStory")[0] == -32601
    assert requests.get(f"{sandbox.url}/api/v1/check", timeout=10).status_code == 200


def test_long_text_travels_as_a_file(sandbox: Sandbox) -> None:
    rpc(sandbox, "send", groupId=GROUP, message="ä" * 1001)
    assert sandbox.posts()[0]["extra"]["styles"] == ["long text: the rest is a file"]


def test_editing_and_deleting_need_the_right_group(sandbox: Sandbox) -> None:
    timestamp = rpc(sandbox, "send", groupId=GROUP, message="eins")["timestamp"]
    assert rpc(sandbox, "remoteDelete", groupId=group_id(1), targetTimestamp=timestamp)["timestamp"]
    assert rpc(sandbox, "send", groupId=GROUP, message="zwei", editTimestamp=timestamp)["timestamp"] > timestamp
    assert [post["text"] for post in sandbox.posts()] == ["zwei"]
    assert rpc(sandbox, "remoteDelete", groupId=GROUP, targetTimestamp=timestamp)["timestamp"]
    assert sandbox.posts() == []


def test_the_wrapper_has_its_own_rules(sandbox: Sandbox) -> None:
    def send(**fields: Any) -> requests.Response:
        body = {"number": NUMBER, "recipients": [wrapped(GROUP)], "message": "Hallo"} | fields
        return requests.post(f"{sandbox.url}/v2/send", json=body, timeout=10)

    sent = send(message="**Fest** https://example.org", text_mode="styled")
    assert (sent.status_code, sandbox.posts()[0]["text"]) == (201, "Fest https://example.org")
    assert sent.json()["timestamp"].isdecimal()
    assert send(recipients=[]).json()["error"].startswith("Couldn't process request")
    assert send(recipients=[wrapped(GROUP), wrapped(group_id(1))]).status_code == 400
    assert send(number="+49000").json() == {"error": "Specified account does not exist"}
    preview = {"url": "http://example.org", "title": "T"}
    assert "https" in send(message="http://example.org", link_preview=preview).json()["error"]
    groups = requests.get(f"{sandbox.url}/v1/groups/{NUMBER}", timeout=10).json()
    assert (groups[0]["id"], groups[0]["internal_id"]) == (wrapped(GROUP), GROUP)
    assert len(sandbox.posts()) == 1


def test_lines_answer_between_events(sandbox: Sandbox, tmp_path: Path) -> None:
    with Lines(sandbox, tmp_path / "door"), socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(10)
        wire.connect(str(tmp_path / "door"))
        calls = [
            {"jsonrpc": "2.0", "id": str(n), "method": "listGroups", "params": {"account": NUMBER}} for n in range(2)
        ]
        wire.sendall(b"".join(json.dumps(call).encode() + b"\n" for call in calls))
        told = [json.loads(line) for _, line in zip(range(4), wire.makefile("rb"), strict=False)]
    assert [one.get("method") or one["id"] for one in told] == ["receive", "0", "receive", "1"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own, on Python 3.11
def test_apprise_posts_to_the_wrapper(sandbox: Sandbox) -> None:
    """An independent client; it addresses the wrapper as it is."""
    host = sandbox.url.removeprefix("http://")
    sender = apprise.Apprise()
    group = wrapped(GROUP).removeprefix("group.")
    assert sender.add(f"signal://{host}/{NUMBER}/@{group}")
    assert sender.notify(body="Sommerfest & Musik 🎉 https://example.org/fest")
    (post,) = sandbox.posts("signal")
    assert post["text"] == "Sommerfest & Musik 🎉 https://example.org/fest"
    assert post["extra"]["group"] == GROUP


# ── to people ─────────────────────────────────────────────────────────────────────────────────────────────────────


def send(sandbox: Sandbox, *recipients: str, **more: Any) -> requests.Response:
    body = {"number": NUMBER, "recipients": list(recipients), "message": "Hallo"} | more
    return requests.post(f"{sandbox.url}/v2/send", json=body, timeout=10)


def test_a_message_to_people(sandbox: Sandbox) -> None:
    sent = rpc(sandbox, "send", recipient=MEMBERS[:2], message="Hallo")
    assert [one["recipientAddress"]["number"] for one in sent["results"]] == MEMBERS[:2]
    assert "groupId" not in sent["results"][0]
    (post,) = sandbox.posts("signal")
    assert (post["visibility"], post["extra"]["people"]) == ("person", MEMBERS[:2])
    edited = rpc(sandbox, "send", recipient=MEMBERS[:2], message="Neu", editTimestamp=sent["timestamp"])
    assert edited["timestamp"] > sent["timestamp"]
    assert sandbox.posts()[0]["text"] == "Neu"
    rpc(sandbox, "remoteDelete", groupId=GROUP, targetTimestamp=sent["timestamp"])
    assert len(sandbox.posts()) == 1, "it was in another conversation"
    rpc(sandbox, "remoteDelete", recipient=MEMBERS[:2], targetTimestamp=sent["timestamp"])
    assert sandbox.posts() == []


def test_who_has_no_signal_is_not_reached(sandbox: Sandbox) -> None:
    partly = rpc(sandbox, "send", recipient=[MEMBERS[0], "+4917139209999"], message="Hallo")
    assert [one["type"] for one in partly["results"]] == ["SUCCESS", "UNREGISTERED_FAILURE"]
    assert rpc(sandbox, "send", recipient="+4917139209999", message="Hallo") == (-1, "Failed to send message")
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"recipient": ["0171 3920051"]}, "Invalid phone number"),
        ({"recipient": [17]}, "Invalid phone number"),
        ({"recipient": {}}, "not to both"),
        ({"recipient": MEMBERS[:1], "groupId": GROUP}, "not to both"),
        ({"recipient": []}, "group not found"),
    ],
)
def test_whom_it_refuses(sandbox: Sandbox, params: dict[str, Any], words: str) -> None:
    code, said = rpc(sandbox, "send", message="Hallo", **params)
    assert (code, words in said) == (-1, True)
    assert sandbox.posts() == []


def test_the_wrapper_sends_to_people_too(sandbox: Sandbox) -> None:
    assert send(sandbox, MEMBERS[0], notify_self=True).status_code == 201
    partly = send(sandbox, MEMBERS[0], "+4917139209999")
    assert (partly.status_code, partly.json()["errors"]) == (201, ['Unregistered user "+4917139209999"'])
    assert send(sandbox, "+4917139209999").status_code == 400
    assert send(sandbox, MEMBERS[0], wrapped(GROUP)).status_code == 400
    assert send(sandbox, wrapped(GROUP), colour="blue").status_code == 400
    assert send(sandbox, wrapped(GROUP), link_preview="https://example.org").status_code == 400
    gone = {"recipient": MEMBERS[0], "timestamp": int(sandbox.posts()[0]["id"])}
    assert requests.delete(f"{sandbox.url}/v1/remote-delete/{NUMBER}", json=gone, timeout=10).status_code == 201
    assert [post["extra"]["people"] for post in sandbox.posts()] == [[MEMBERS[0], "+4917139209999"]]


@pytest.mark.parametrize(
    ("markup", "text", "styles"),
    [
        ("**Fest** am *Beet*", "Fest am Beet", ["0:4:BOLD", "8:4:ITALIC"]),
        ("👋 ~alt~ ||geheim|| `x`", "👋 alt geheim x", ["3:3:STRIKETHROUGH", "7:6:SPOILER", "14:1:MONOSPACE"]),
        ("**a *b* c**", "a b c", ["0:5:BOLD", "2:1:ITALIC"]),
        (r"2 \* 3 \* 4", "2 * 3 * 4", []),
        ("3 * 4 und a|b", "3 * 4 und a|b", []),
        ("**offen", "**offen", []),
    ],
)
def test_the_wrappers_styles(sandbox: Sandbox, markup: str, text: str, styles: list[str]) -> None:
    assert send(sandbox, wrapped(GROUP), message=markup, text_mode="styled").status_code == 201
    (post,) = sandbox.posts()
    assert (post["text"], post["extra"]["styles"]) == (text, styles)
