"""The most specific words a network gives are shown, and never its markup."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.networks.refusals import specific, words
from crosspost.transport.exchange import Exchange

#: error bodies as the networks document them → what a person must read
BODIES: list[tuple[Any, str]] = [
    # X: the general sentence beside the reason
    (
        {
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "errors": [{"message": "The media id is expired", "parameters": {"media_ids": ["1"]}}],
        },
        "The media id is expired",
    ),
    (
        {"errors": [{"detail": "Could not find the post", "title": "Not Found"}], "title": "x"},
        "Could not find the post",
    ),
    ({"errors": [{"code": 88, "message": "Rate limit exceeded now"}]}, "Rate limit exceeded now"),
    ({"detail": "No duplicate content, please", "title": "Forbidden", "status": 403}, "No duplicate content, please"),
    (
        {"detail": "Your account is suspended", "errors": [{"message": "Forbidden"}]},
        "Your account is suspended: Forbidden",
    ),
    # Meta
    (
        {"error": {"message": "Invalid parameter", "code": 100, "error_user_title": "T", "error_user_msg": "No"}},
        "No",
    ),
    (
        {"error": {"message": "(#100) The link is not a link", "type": "OAuthException"}},
        "(#100) The link is not a link",
    ),
    # OAuth, Mastodon and relatives
    ({"error": "invalid_grant", "error_description": "The code is used up"}, "The code is used up"),
    ({"error": "Validation failed: Text can't be blank"}, "Validation failed: Text can't be blank"),
    (
        {
            "error": "Validation failed",
            "details": {"text": [{"error": "ERR_BLANK", "description": "must say something"}]},
        },
        "must say something",
    ),
    (
        {"message": "The given data was invalid.", "errors": {"media_ids": ["The picture is missing."]}},
        "The picture is missing.",
    ),
    (
        {"error": "Too Many Requests", "error_description": "Daily posting limit of 5 posts reached"},
        "Daily posting limit of 5 posts reached",
    ),
    # LinkedIn
    (
        {
            "message": "Input validation failed",
            "status": 422,
            "errorDetails": {"inputErrors": [{"code": "TOO_LONG", "description": "The text is too long"}]},
        },
        "The text is too long",
    ),
    ({"message": "Not enough permissions", "serviceErrorCode": 100}, "Not enough permissions"),
    ({"message": "It is no good", "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}}, "It is no good"),
    # Telegram, Bluesky, signal-cli, listmonk
    ({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, "Bad Request: chat not found"),
    ({"error": "InvalidRequest", "message": "grapheme too big"}, "grapheme too big"),
    ({"jsonrpc": "2.0", "error": {"code": -1, "message": "Not a group member", "data": None}}, "Not a group member"),
    ({"message": "Unknown list: 7"}, "Unknown list: 7"),
    # Ghost: its details are the names of fields
    (
        {
            "errors": [
                {
                    "message": "Saving failed! Someone else is editing this post.",
                    "type": "UpdateCollisionError",
                    "details": {"changedFields": ["status", "published_at"], "clientUpdatedAt": {}},
                }
            ]
        },
        "Saving failed! Someone else is editing this post: status; published_at",
    ),
    # several, and none
    ({"errors": ["one of them", "another of them", "one of them"]}, "one of them; another of them"),
    ({"errors": [], "error": {}, "detail": ""}, ""),
]


@pytest.mark.parametrize(("body", "said"), BODIES)
def test_the_reason_itself_is_shown(body: Any, said: str) -> None:
    assert specific(body) == said


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (
            b"<html><head><title>502 Bad\n Gateway</title></head><body>nginx</body></html>",
            "text/html",
            "a web page, “502 Bad Gateway”",
        ),
        (b"  <!DOCTYPE html><p>secret cookie", "text/plain", "a web page, Bad Gateway"),
        (b"Just a moment...", "text/html; charset=utf-8", "a web page, Bad Gateway"),
        (b"invalid_request", "text/html; charset=utf-8", "invalid_request"),
        (b"<?xml version='1.0'?><Error><Code>x</Code></Error>", "application/xml", "a web page, Bad Gateway"),
        (b"upstream \x1b[31mfailed\x07", "text/plain", "upstream [31mfailed"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "Bad Gateway"),
        (b"", "", "Bad Gateway"),
        (b"[]", "application/json", "Bad Gateway"),
        (b'{"error": "a\\u001b[2Jb c d"}', "application/json", "a [2Jb c d"),
    ],
)
def test_a_body_that_is_not_json(body: bytes, kind: str, said: str) -> None:
    exchange = Exchange(method="GET", url="u", sent=True, status=502, body=body, headers={"content-type": kind})
    assert words(exchange) == said


NAMES = st.sampled_from(["errors", "error", "detail", "message", "details", "x", "error_user_msg"])
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=30,
)


@given(json, st.integers(100, 999))
def test_whatever_comes_is_one_printable_line(body: Any, status: int) -> None:
    said = words(Exchange(method="GET", url="u", sent=True, status=status, body=msgspec.json.encode(body)))
    assert said
    assert said.isprintable()


def test_a_deep_answer_is_handled() -> None:
    deep: Any = "a reason nobody reads"
    for _ in range(500):
        deep = {"errors": [deep]}
    assert specific(deep) == ""
