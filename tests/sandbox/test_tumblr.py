"""How strict the Tumblr stand-in is, beyond what our adapter sends."""

import json
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import picture

WORDS = {"type": "text", "text": "Grüße 🌱"}
LINK = {"type": "link", "url": "https://tal.example/"}


def ask(sandbox: Sandbox, method: str, path: str, **more: Any) -> requests.Response:
    token = sandbox.accounts()["tumblr"]["credentials"]["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    return requests.request(method, f"{sandbox.url}/v2/blog/verein/{path}", headers=header, timeout=10, **more)


def post(sandbox: Sandbox, *content: Any, **fields: Any) -> requests.Response:
    return ask(sandbox, "POST", "posts", json={"content": list(content), **fields})


def formatted(kind: Any, start: Any, end: Any, **more: Any) -> dict[str, Any]:
    return {**WORDS, "formatting": [{"type": kind, "start": start, "end": end, **more}]}


def test_what_the_format_has_is_taken(sandbox: Sandbox) -> None:
    bold = formatted("bold", 0, 7)
    assert post(sandbox, {**WORDS, "subtype": "quirky"}, bold, {**LINK, "title": "Tal"}).status_code == 201
    assert post(sandbox, formatted("link", 0, 5, url="https://tal.example/"), state="private").status_code == 201
    assert [one["visibility"] for one in sandbox.posts()] == ["public", "private"]


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"type": "poem", "text": "a"}, "an unknown block"),
        ({"type": ["text"], "text": "a"}, "an unknown block"),
        ("text", "an unknown block"),
        ({**WORDS, "size": 3}, "the block text has no field size"),
        ({"type": "text", "text": 3}, "text of the block text is of another type"),
        ({"type": "text", "text": "🌱" * 4097}, "a text has at most 4096 characters"),
        ({**WORDS, "subtype": "heading3"}, "an unknown subtype"),
        (formatted("underline", 0, 1), "an unknown formatting"),
        (formatted("bold", 0, 8), "a formatting lies within the text, in code points"),
        (formatted("bold", 2, 2), "a formatting lies within the text, in code points"),
        (formatted("bold", True, 2), "a formatting lies within the text, in code points"),
        (formatted("link", 0, 1), "the formatting link needs url"),
        ({"type": "link", "url": "tal.example"}, "a link has a url"),
        ({"type": "image", "media": []}, "an image has media: objects with type, identifier or url, width and height"),
        ({"type": "image", "media": [{"identifier": "a", "width": "3"}]}, "width and height are numbers"),
        ({"type": "image", "media": [{"url": "media:1"}], "alt_text": "a" * 4097}, "alt_text has at most 4096"),
    ],
)
def test_a_block_of_another_shape_is_refused(sandbox: Sandbox, block: Any, why: str) -> None:
    answer = post(sandbox, WORDS, block)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, 8001)
    assert answer.json()["errors"][0]["title"].startswith(why)
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "a"}, "there is no field title"),
        ({"tags": ["a", "b"]}, "tags is of another type"),
        ({"state": "public"}, "state"),
        ({"publish_on": "2027-01-01T00:00:00Z"}, "publish_on goes with the state queue only"),
        ({"interactability_reblog": "me"}, "interactability_reblog"),
        ({"content": "a"}, "content is of another type"),
        ({"content": []}, "content is a list of 1 to 1000 blocks"),
        ({"content": [WORDS] * 1001}, "content is a list of 1 to 1000 blocks"),
        ({"content": [LINK] * 11}, "at most 30 images and 10 links"),
        ({"content": [{"type": "text", "text": "a" * 4096}] * 250}, "a post has at most 1 MB"),
        (
            {"content": [{**WORDS, "formatting": formatted("link", 0, 1, url="a")["formatting"] * 101}]},
            "at most 100 of link",
        ),
    ],
)
def test_another_field_or_too_much_is_refused(sandbox: Sandbox, fields: dict[str, Any], why: str) -> None:
    answer = post(sandbox, WORDS, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["title"]) == (400, why)
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("named", "kind", "sent", "status"),
    [
        (["a"], "image/png", ["a"], 201),
        (["a"], "image/jpeg", ["a"], 400),
        (["a"], "image/png", ["a", "b"], 400),
        (["a"], "image/png", ["b"], 400),
        (["a", "a"], "image/png", ["a"], 400),
    ],
)
def test_each_file_belongs_to_one_medium(
    sandbox: Sandbox, named: list[str], kind: str, sent: list[str], status: int
) -> None:
    images = [{"type": "image", "media": [{"type": kind, "identifier": name}]} for name in named]
    body = json.dumps({"content": [WORDS, *images]})
    files = [("json", (None, body, "application/json")), *((one, ("a.png", picture(), "image/png")) for one in sent)]
    assert ask(sandbox, "POST", "posts", files=files).status_code == status


def test_a_list_in_the_old_form_has_no_blocks(sandbox: Sandbox) -> None:
    post(sandbox, WORDS)
    assert "content" not in ask(sandbox, "GET", "posts").json()["response"]["posts"][0]
    assert ask(sandbox, "GET", "posts?npf=true").json()["response"]["posts"][0]["content"] == [WORDS]
