"""How strict the Discord stand-in is, what its readers see, and a client of other people."""

import json
from typing import Any

import apprise
import pytest
import requests
from apprise.plugins.discord import NotifyDiscord
from hypothesis import given
from hypothesis import strategies as st

from crosspost.compose.discord_markdown import escape
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.discord.markdown import seen
from tests.sandbox.conftest import picture


@pytest.fixture
def hook(sandbox: Sandbox) -> str:
    address: str = sandbox.accounts()["discord"]["credentials"]["webhook"]
    return address.replace("https://discord.com", sandbox.url)


def post(hook: str, files: Any = None, **fields: Any) -> requests.Response:
    if files:
        return requests.post(hook, params={"wait": "true"}, data={"payload_json": json.dumps(fields)}, files=files)
    return requests.post(hook, params={"wait": "true"}, json=fields, timeout=10)


def test_only_who_waits_learns_the_id(hook: str, sandbox: Sandbox) -> None:
    assert requests.post(hook, json={"content": "a"}, timeout=10).status_code == 204
    (one,) = sandbox.posts("discord")
    assert post(hook, content="b").json()["id"] != one["id"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"content": " "}, 50006),
        ({"content": "😀" * 2001}, 50035),
        ({"content": "a", "thread_name": "b"}, 220003),
        ({"content": "a", "attachments": [{"id": 0}]}, 50035),
        ({"content": "a", "flags": 1}, 50035),
        ({"content": "a", "colour": "red"}, 0),
        ({"embeds": [{}]}, 50035),
        ({"embeds": [{"title": "ä" * 257}]}, 50035),
        ({"embeds": [{"description": "ä" * 4097}]}, 50035),
        ({"embeds": [{"description": "ä" * 3001}] * 2}, 50035),
        ({"embeds": [{"title": "a"}] * 11}, 50035),
        ({"embeds": [{"title": "a", "url": "example.org"}]}, 50035),
        ({"embeds": [{"title": "a", "image": {"url": "attachment://picture-0.png"}}]}, 50035),
        ({"embeds": [{"title": "a", "text": "b"}]}, 0),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_out(
    hook: str, sandbox: Sandbox, fields: dict[str, Any], code: int
) -> None:
    refused = post(hook, **fields)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert sandbox.posts("discord") == []


def test_a_file_may_come_without_words_but_words_not_without_a_file_nor_too_long(hook: str) -> None:
    file = {"files[0]": ("a.png", picture(), "image/png")}
    assert [one["description"] for one in post(hook, file, content="a").json()["attachments"]] == [""]
    assert post(hook, file, content="a", attachments=[{"id": 1, "description": "x"}]).json()["code"] == 50035
    long = [{"id": 0, "description": "ä" * 1025}]
    assert post(hook, file, content="a", attachments=long).json()["code"] == 50035
    assert post(hook, file, content="a", attachments=[{"id": 0, "description": "ä" * 1024}]).status_code == 200


def test_a_wrong_token_and_an_unknown_webhook(hook: str) -> None:
    assert requests.get(f"{hook}x", timeout=10).json()["code"] == 50027
    assert requests.get(hook.replace("/98", "/99"), timeout=10).json()["code"] == 10015


def test_who_is_called_depends_on_what_is_allowed(hook: str, sandbox: Sandbox) -> None:
    post(hook, content="@everyone <@12>")
    post(hook, content="@everyone <@12>", allowed_mentions={"parse": []})
    assert [told["extra"]["called"] for told in sandbox.posts("discord")] == [["@everyone", "<@12>"], []]


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("**fett** *schräg* __unter__ ~~weg~~ ||geheim|| `code`", "fett schräg unter weg geheim code"),
        ("# Titel\n> Zitat\n- Punkt\n-# klein", "Titel\nZitat\nPunkt\nklein"),
        ("[Wort](https://example.org/a_b) <https://example.org/_c_>", "Wort https://example.org/_c_"),
        (r"\*nicht\* 2\*3=6 https://example.org/_a_/b*c", "*nicht* 2*3=6 https://example.org/_a_/b*c"),
        ("<@12> <:ah:34> <t:1700000000:R>", "… … …"),
    ],
)
def test_what_readers_see_of_markdown(content: str, read: str) -> None:
    assert seen(content) == read


@given(
    st.lists(st.sampled_from([*"*_~`|[]()<>#-\\@: \n1ä", "https://example.org/_a*b", "👩‍🌾", "- ", "> "])).map("".join)
)
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    assert seen(escape(text)) == text


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own, on Python 3.11
def test_apprise_posts(hook: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address is fixed in the class; nothing else of it is changed."""
    monkeypatch.setattr(NotifyDiscord, "notify_url", f"{sandbox.url}/api/webhooks")
    number, token = hook.split("/")[-2:]
    sender = apprise.Apprise()
    assert sender.add(f"discord://{number}/{token}/?avatar=no")
    assert sender.notify(body="**Sommerfest** am Fluss")
    (told,) = sandbox.posts("discord")
    assert told["text"] == "Sommerfest am Fluss"
