"""What is made of replies: nothing that is not meant for everybody, nothing that a page or a terminal would obey."""

from typing import Any

import pytest

from crosspost.model.response import Responses
from crosspost.networks import bluesky_responses, mastodon_responses, reply_fields

AT = "2026-11-22T12:00:00.000Z"


def status(**more: Any) -> dict[str, Any]:
    account = {
        "id": "2",
        "acct": "ida@b.example",
        "username": "ida",
        "display_name": "Ida",
        "url": "https://b.example/@ida",
    }
    return {
        "id": "7", "in_reply_to_id": "1", "visibility": "public", "content": "<p>Schön</p>", "spoiler_text": "",
        "url": "https://b.example/@ida/7", "created_at": AT, "account": account, **more,
    }  # fmt: skip


def mastodon(*below: dict[str, Any]) -> Responses:
    return mastodon_responses.responses_of({"favourites_count": 1}, {"descendants": list(below)}, "1")


@pytest.mark.parametrize("visibility", ["private", "direct", "limited", "mutuals_only"])
def test_what_only_some_may_see_is_not_kept(visibility: str) -> None:
    assert mastodon(status(visibility=visibility)).replies == ()


def test_quiet_answers_are_kept_and_not_for_the_site() -> None:
    (quiet,) = mastodon(status(visibility="unlisted")).replies
    (hiding,) = mastodon(status(account=status()["account"] | {"noindex": True})).replies
    (loud,) = mastodon(status()).replies
    assert [one.public for one in (quiet, hiding, loud)] == [False, False, True]


def test_a_warning_stands_before_what_it_hides() -> None:
    (one,) = mastodon(status(spoiler_text="Essen", content="<p>Ein <b>Apfel</b><br>und &lt;Birnen&gt;</p>")).replies
    assert one.text == "Essen\n\nEin Apfel\nund <Birnen>"


def test_addresses_and_names_are_harmless() -> None:
    evil = status()["account"] | {"url": "javascript:alert(1)", "display_name": "I\u202eda\x1b[2J\n"}
    (one,) = mastodon(status(url="data:text/html,x", account=evil)).replies
    assert (one.url, one.author_url, one.author) == ("", "", "Ida[2J")


@pytest.mark.parametrize(
    "bad", ["javascript:x", "https://", "https://[", "//a.example", "", None, "https://a.example/\x00"]
)
def test_only_addresses_on_the_web_are_links(bad: Any) -> None:
    assert reply_fields.web(bad) == ""


def test_long_words_are_cut() -> None:
    assert len(reply_fields.words("x" * 50_000)) == 10_000
    assert reply_fields.number(True) is reply_fields.number(-1) is reply_fields.number("3") is None


def node(uri: str = "at://did:plc:ida/app.bsky.feed.post/7", labels: tuple[str, ...] = ()) -> dict[str, Any]:
    author = {"did": "did:plc:ida", "handle": "ida.example", "labels": [{"val": label} for label in labels]}
    record = {"text": "Schön", "createdAt": AT, "reply": {"parent": {"uri": "at://me/app.bsky.feed.post/1"}}}
    return {"post": {"uri": uri, "author": author, "record": record, "indexedAt": AT, "replyCount": 0}}


def bluesky(*below: dict[str, Any], **post: Any) -> Responses:
    thread = {"post": {"uri": "at://me", "replyCount": len(below), **post}, "replies": list(below)}
    return bluesky_responses.responses_of(thread, "did:plc:me", "https://bsky.app")


def test_who_wants_to_be_read_by_members_only_is_not_for_the_site() -> None:
    (open_to_all,) = bluesky(node()).replies
    (members,) = bluesky(node(labels=("!no-unauthenticated",))).replies
    assert (open_to_all.public, members.public) == (True, False)
    assert open_to_all.url == "https://bsky.app/profile/did:plc:ida/post/7"
    assert open_to_all.author == "ida.example", "who has no name has a handle"


def test_what_the_author_hid_there_is_hidden_here_with_what_is_below() -> None:
    hidden = node() | {"replies": [node("at://did:plc:ida/app.bsky.feed.post/8")]}
    gate = {"record": {"hiddenReplies": [hidden["post"]["uri"]]}}
    assert bluesky(hidden, threadgate=gate).replies == ()
    assert len(bluesky(hidden).replies) == 2


def test_blocked_and_deleted_replies_are_known_to_be_none() -> None:
    found = bluesky({"uri": "at://x", "blocked": True}, {"uri": "at://y", "notFound": True})
    assert (found.replies, found.whole) == ((), True)


def test_a_thread_that_was_cut_is_known_as_such() -> None:
    deep = node()
    deep["post"]["replyCount"] = 2
    assert not bluesky(deep).whole
