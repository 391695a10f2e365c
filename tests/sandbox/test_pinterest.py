"""How strict the Pinterest stand-in is, beyond what our adapter sends."""

import base64
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Clock, picture

PNG = {"source_type": "image_base64", "content_type": "image/png", "data": base64.b64encode(picture()).decode()}


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None) -> requests.Response:
    token = sandbox.accounts()["pinterest"]["credentials"]["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    return requests.request(method, f"{sandbox.url}/v5/{path}", json=body, headers=header, timeout=10)


def pin(sandbox: Sandbox, **fields: Any) -> requests.Response:
    board = sandbox.accounts()["pinterest"]["settings"]["board"]
    return ask(sandbox, "POST", "pins", {"board_id": board, "media_source": PNG, **fields})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"tags": "a"}, "Additional properties are not allowed ('tags' was unexpected)"),
        ({"title": "a" * 101}, "title has at most 100 characters"),
        ({"title": 3}, "title has at most 100 characters"),
        ({"description": "a" * 801}, "description has at most 800 characters"),
        ({"alt_text": "a" * 501}, "alt_text has at most 500 characters"),
        ({"link": f"https://tal.example/{'a' * 2048}"}, "link has at most 2048 characters"),
        ({"link": "tal.example"}, "link is not a URL"),
        ({"board_id": "garten"}, r"board_id does not match '^\d+$'"),
        ({"board_id": 549755885171}, "board_id is not of type 'string'"),
        ({"board_section_id": "a"}, r"board_section_id does not match '^\d+$'"),
        ({"dominant_color": "red"}, "dominant_color does not match '^#[0-9A-Fa-f]{6}$'"),
        ({"media_source": None}, "media_source is required; the sandbox takes image_base64"),
        ({"media_source": {**PNG, "url": "a"}}, "Additional properties are not allowed ('url' was unexpected)"),
        ({"media_source": {**PNG, "data": 3}}, "data is a string, is_standard true or false"),
        ({"media_source": {**PNG, "is_standard": "yes"}}, "data is a string, is_standard true or false"),
        ({"media_source": {**PNG, "data": "§"}}, "data is not base64"),
        (
            {"media_source": {**PNG, "content_type": "image/jpeg"}},
            "content_type is image/jpeg or image/png, and what the picture is",
        ),
    ],
)
def test_another_shape_is_refused(sandbox: Sandbox, fields: dict[str, Any], why: str) -> None:
    answer = pin(sandbox, **fields)
    assert (answer.status_code, answer.json()["message"]) == (400, why)
    assert sandbox.posts() == []


@pytest.mark.parametrize(("access", "seen"), [("trial", "private"), ("standard", "public")])
def test_a_trial_pin_is_seen_by_its_maker_only(clock: Clock, access: str, seen: str) -> None:
    with Sandbox(clock=clock, options={"pinterest": {"access": access}}) as sandbox:
        number = pin(sandbox, title="Beet", alt_text="Ein Beet").json()["id"]
        (post,) = sandbox.posts()
        assert post["visibility"] == seen
        assert ask(sandbox, "GET", f"pins/{number}").json()["alt_text"] == "Ein Beet", "its maker sees it"
        assert ask(sandbox, "PATCH", f"pins/{number}", {"media_source": PNG}).status_code == 400
