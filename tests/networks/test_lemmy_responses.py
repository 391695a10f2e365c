"""Comments on Lemmy and PieFed: all pages, also where there are none, and nothing that was deleted."""

from typing import Any

import pytest

from crosspost.networks import lemmy_responses

AT = "2026-11-22T12:00:00Z"


def comment(number: int, path: str = "", **more: Any) -> dict[str, Any]:
    told = {
        "id": number,
        "path": path or f"0.{number}",
        "content": "Schön",
        "published": AT,
        "ap_id": "https://b.example/c/1",
    }
    creator = {"id": 9, "name": "ida", "display_name": "Ida", "actor_id": "https://b.example/u/ida"}
    return {"comment": told | more, "creator": creator}


def asked(pages: list[list[dict[str, Any]]], count: int | None = None, **post: Any) -> Any:
    left = [*pages]
    counts = {"comments": sum(map(len, pages)) if count is None else count, "upvotes": 4, "downvotes": 1}
    return lemmy_responses.responses_of(
        {"post": {"id": 1, **post}, "counts": counts}, lambda **_: {"comments": left.pop(0)}, "2"
    )


def test_pages_are_read_until_one_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemmy_responses, "SIZE", 2)
    found = asked([[comment(1), comment(2)], [comment(3)]])
    assert ([one.id for one in found.replies], found.whole) == (["1", "2", "3"], True)


def test_a_server_that_knows_no_pages_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lemmy_responses, "SIZE", 2)
    same = [comment(1), comment(2)]
    found = asked([same, same], count=5)
    assert ([one.id for one in found.replies], found.whole) == (["1", "2"], False)


def test_fewer_comments_than_are_counted_are_not_all() -> None:
    assert not asked([[comment(1)]], count=2).whole
    assert asked([[comment(1)]], count=1).whole


def test_deleted_and_removed_comments_are_none() -> None:
    found = asked([[comment(1, deleted=True), comment(2, "0.1.2"), comment(3, removed=True)]], count=1)
    assert [(one.id, one.parent) for one in found.replies] == [("2", "1")]
    assert found.whole


@pytest.mark.parametrize("how", ["deleted", "removed"])
def test_a_post_that_was_taken_away_is_gone(how: str) -> None:
    assert asked([], **{how: True}) is None


def test_who_wrote_it() -> None:
    (one,) = asked([[comment(1)]]).replies
    assert (one.author, one.handle, one.author_url) == ("Ida", "@ida@b.example", "https://b.example/u/ida")
    creator = {"id": 2, "user_name": "ida", "title": "Ida", "actor_id": "https://b.example/u/ida"}
    (own,) = asked([[comment(1, content=None, body="Auch") | {"creator": creator}]]).replies
    assert (own.text, own.author, own.handle, own.mine) == ("Auch", "Ida", "@ida@b.example", True)


def test_only_votes_in_favour_are_likes() -> None:
    assert asked([[]]).figures.likes == 4
