"""``[feed]``: each run writes the feeds of what was said into the site."""

import json
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.app.write_back.test_git import git


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, sandbox, networks=("mastodon", "bluesky"), clock=clock)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.setattr("crosspost.app.application.App.on_trial", lambda _: False)
    monkeypatch.chdir(tmp_path)
    return place


def ask(place: Place, lines: str) -> None:
    place.config.write_text(f"{place.config.read_text('utf-8')}\n[feed]\n{lines}\n", "utf-8")


def items(place: Place, name: str = "said.json") -> list[str]:
    return [one["title"] for one in json.loads((place.root / "site" / name).read_text("utf-8"))["items"]]


def test_a_run_and_a_single_post_write_them(place: Place) -> None:
    ask(place, 'files = ["said.json", "feeds/said.xml"]')
    assert place.crosspost(str(place.post), "--yes").code == 0
    assert items(place) == ["Grüße aus dem Tal"]
    place.crosspost("run")
    place.new_post("2026-11-22-neu")
    place.clock.pass_by(minutes=5)
    assert place.crosspost("run").code == 0
    assert items(place) == ["neu", "Grüße aus dem Tal"]
    assert "<generator>crosspost</generator>" in (place.root / "site/feeds/said.xml").read_text("utf-8")
    before = (place.root / "site/said.json").stat().st_mtime_ns
    place.clock.pass_by(minutes=30)
    place.crosspost("run")
    assert (place.root / "site/said.json").stat().st_mtime_ns == before


def test_only_these_accounts_and_so_many(place: Place) -> None:
    ask(place, 'files = ["said.json"]\naccounts = ["bluesky"]\nlimit = 1')
    place.crosspost(str(place.post), "--yes")
    text = (place.root / "site/said.json").read_text("utf-8")
    assert "bluesky: " in text
    assert "mastodon: " not in text


@pytest.mark.parametrize(
    ("file", "said"),
    [("../out.xml", "is not in the site"), ("said.txt", "must end in"), ("mine.xml", "crosspost did not write it")],
)
def test_what_cannot_be_written_is_told_once_and_posts_go_out(place: Place, file: str, said: str) -> None:
    mine = place.write("site/mine.xml", "<feed/>")
    ask(place, f'files = ["{file}", "said.json"]')
    ran = place.crosspost(str(place.post), "--yes")
    assert said in " ".join(ran.err.split())
    assert items(place) == ["Grüße aus dem Tal"]
    assert mine.read_text("utf-8") == "<feed/>"
    assert said not in place.crosspost("run").err


def test_an_account_that_is_not_there_is_told(place: Place) -> None:
    ask(place, 'files = ["said.json"]\naccounts = ["nowhere"]')
    ran = place.crosspost(str(place.post), "--yes")
    assert "nowhere" in ran.err
    assert len(place.sandbox.posts()) == 2


def test_they_are_committed_where_git_is_asked_for(place: Place) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[site]\n", '[site]\nwrite_back_git = "commit"\n'), "utf-8")
    git(place.root / "site", "-c", "init.defaultBranch=main", "init", "--quiet")
    ask(place, 'files = ["said.json"]')
    place.crosspost(str(place.post), "--yes")
    assert git(place.root / "site", "show", "--name-only", "--format=%s").split("\n\n")[1].split() == ["said.json"]


def test_nothing_is_written_of_a_trial(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.app.application.App.on_trial", lambda _: True)
    ask(place, 'files = ["said.json"]')
    place.crosspost(str(place.post), "--yes")
    assert not (place.root / "site/said.json").exists()
