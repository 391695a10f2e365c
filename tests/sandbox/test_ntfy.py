"""How strict the ntfy stand-in is, and apprise against it."""

from typing import Any

import apprise
import pytest
import requests

from crosspost.sandbox import Sandbox


def token(sandbox: Sandbox) -> str:
    return str(sandbox.accounts()["ntfy"]["credentials"]["token"])


def publish(sandbox: Sandbox, **fields: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token(sandbox)}"}
    known = {"topic": "news-verein", "message": "Hallo"}
    return requests.post(f"{sandbox.url}/ntfy", json=known | fields, headers=headers, timeout=10)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own, on Python 3.11
def test_apprise_sends_a_message(sandbox: Sandbox) -> None:
    sender = apprise.Apprise.instantiate(f"ntfy://{token(sandbox)}@{sandbox.url[7:]}/news-verein?auth=token")
    assert sender is not None
    assert sender.notify(body="Grüße vom Beet 🌱", title="Tal")
    (post,) = sandbox.posts("ntfy")
    assert (post["text"], post["extra"]["title"]) == ("Tal\n\nGrüße vom Beet 🌱", "Tal")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"message": "ä" * 2049}, 41301),
        ({"priority": 6}, 40001),
        ({"colour": "red"}, 40001),
        ({"topic": "somebody-elses"}, 40301),
    ],
)
def test_what_is_wrong_is_refused(sandbox: Sandbox, fields: dict[str, Any], code: int) -> None:
    refused = publish(sandbox, **fields).json()
    assert (refused["code"], refused["http"]) == (code, code // 100)
    assert sandbox.posts("ntfy") == []


def test_messages_are_read_a_line_each(sandbox: Sandbox) -> None:
    publish(sandbox, message="eins", click="https://example.org/")
    publish(sandbox, message="zwei")
    headers = {"Authorization": f"Bearer {token(sandbox)}"}
    address = f"{sandbox.url}/ntfy/news-verein/json"
    lines = requests.get(f"{address}?poll=1&since=10m", headers=headers, timeout=10).text.splitlines()
    assert ["eins" in lines[0], "zwei" in lines[1], len(lines)] == [True, True, 2]
    assert requests.get(f"{address}?poll=1&since=soon", headers=headers, timeout=10).status_code == 400
    assert requests.get(f"{address}?poll=1", timeout=10).json()["code"] == 40101
