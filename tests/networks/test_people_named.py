"""A post that mentions somebody calls them on each network by the handle that the post says for it."""

from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import EVENT, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Place:
    place = Place(tmp_path, sandbox, networks=registry.names())
    rows = "".join(f'  {name}: {{ mentions: {{ "Ann Bee": "@ann{name}" }} }}\n' for name in registry.names())
    text = f"---\ntitle: News\n{EVENT}crosspost:\n{rows}---\n\nWritten with Ann Bee of the other site.\n"
    place.post = place.new_post("2026-11-21-with", text)
    return place


def test_each_network_calls_them_by_its_own_handle(place: Place) -> None:
    post = place.the_post()
    silent = []
    for name in registry.names():
        draft = place.network(name).draft(post)
        said = draft.text + " ".join(part.text for part in draft.parts)
        if f"@ann{name}" not in said or "Ann Bee" in said:
            silent.append(name)
    assert silent == ["wordpress", "ghost"]  # nobody is called there, so that articles keep the words of the site


def test_it_gets_there(place: Place) -> None:
    names = ("mastodon", "bluesky", "x", "telegram", "facebook", "misskey")
    place.crosspost("run", "--backfill")
    for name in names:
        assert any(f"@ann{name}" in row["text"] for row in place.sandbox.posts(name)), name
