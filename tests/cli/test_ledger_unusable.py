"""A ledger that cannot be used stops what needs it, and nothing that only says more with it."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


@pytest.fixture(params=["a folder", "no database", "a name that is too long"])
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, request: pytest.FixtureRequest) -> Place:
    made = Place(tmp_path, sandbox, networks=("bluesky", "mastodon"), clock=clock)
    (tmp_path / "config/folder").mkdir()
    (tmp_path / "config/junk").write_text("no database", "utf-8")
    named = {"a folder": "folder", "no database": "junk"}.get(request.param, "l" * 300)
    made.config.write_text(f'{made.config.read_text("utf-8")}\n[state]\nledger = "{named}"\n', "utf-8")
    return made


def test_posts_are_listed_with_a_warning(place: Place) -> None:
    ran = place.crosspost("posts")
    assert (ran.code, "2026/11/20/gruesse" in ran.out) == (0, True)
    assert "Warning: " in ran.err
    assert "ledger" in ran.err


def test_a_preview_and_a_look_for_mistakes_need_none(place: Place) -> None:
    ran = place.crosspost("preview", str(place.post))
    assert (ran.code, ran.err) == (0, "")
    assert "── mastodon" in ran.out
    assert place.crosspost("lint").code == 0


def test_what_sends_or_shows_what_is_out_says_what_is_wrong(place: Place) -> None:
    for command in ("run", "plan", "status"):
        ran = place.crosspost(command)
        assert ran.code in (1, 2)  # a ledger that is damaged, or a config that names none
        assert "ledger" in ran.err
        assert "Errno" not in ran.err
    assert place.sandbox.posts("mastodon") == []
