"""One thing that cannot be read is one sentence; everything else goes on, and nobody waits for a pipe."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sources import filenames
from crosspost.testing.harness import Place
from crosspost.text.printable import printable

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other file names, and no pipes in folders")
TEXT = "---\ntitle: Neu\n---\n\nText.\n"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


def folder(place: Place) -> Path:
    return place.root / "site/_posts"


def not_utf8(place: Place) -> None:
    file = os.fsencode(folder(place)) + b"/2026-11-21-caf\xe9.md"
    Path(os.fsdecode(file)).write_text(TEXT, "utf-8")


def folder_not_utf8(place: Place) -> None:
    inside = os.fsencode(folder(place)) + b"/unter\xe9"
    Path(os.fsdecode(inside)).mkdir()
    Path(os.fsdecode(inside + b"/2026-11-21-x.md")).write_text(TEXT, "utf-8")


def line_feed(place: Place) -> None:
    (folder(place) / "2026-11-21-a\nsent          mastodon         forged  x.md").write_text(TEXT, "utf-8")


def escape(place: Place) -> None:
    (folder(place) / "2026-11-21-a\x1b[2J\x9b.md").write_text(TEXT, "utf-8")


def loop(place: Place) -> None:
    (folder(place) / "2026-11-21-loop.md").symlink_to("2026-11-21-loop.md")


def dangling(place: Place) -> None:
    (folder(place) / "2026-11-21-dangling.md").symlink_to("nowhere.md")


def pipe(place: Place) -> None:
    os.mkfifo(folder(place) / "2026-11-21-pipe.md")


KINDS = [not_utf8, folder_not_utf8, line_feed, escape, loop, dangling, pipe]


def forged(said: str) -> bool:
    """Whether a line of the output says what only the name of a file says."""
    return any(line.strip().startswith("sent") and "forged" in line for line in said.splitlines())


@pytest.mark.parametrize("make", KINDS)
def test_one_file_that_cannot_be_read_stops_no_other(place: Place, make: Callable[[Place], None]) -> None:
    place.crosspost("run")
    make(place)
    place.new_post("2026-11-21-gut")
    ran = place.crosspost("run")
    assert ran.code == 1
    assert "mistake in crosspost" not in ran.err
    assert len(place.sandbox.posts()) == 3
    (line,) = [line for line in ran.err.splitlines() if line.startswith("Refused: ")]
    assert re.search("rename it|broken link|not a file", line)
    assert not forged(ran.out + ran.err)
    for command in (
        ["posts"],
        ["posts", "--json"],
        ["status"],
        ["plan"],
        ["doctor", "--offline"],
        ["run", "--dry-run"],
    ):
        ran = place.crosspost(*command)
        assert "Traceback" not in ran.err
        assert "mistake in crosspost" not in ran.err
        assert not forged(ran.out + ran.err)
    assert place.crosspost("doctor", "--offline").out.count("refused") == 1


@pytest.mark.parametrize("make", [not_utf8, line_feed, loop, dangling, pipe])
def test_such_a_file_named_by_hand_is_a_sentence(place: Place, make: Callable[[Place], None]) -> None:
    before = set(os.listdir(folder(place)))  # noqa: PTH208  # names as Python has them
    make(place)
    (name,) = set(os.listdir(folder(place))) - before  # noqa: PTH208
    file = f"site/_posts/{name}"
    for command in (["publish", file], ["publish", file, "--json"], ["preview", file], ["preview", file, "--json"]):
        ran = place.crosspost(*command)
        assert ran.code == 1
        assert "mistake in crosspost" not in ran.err
        assert not forged(ran.out + ran.err)
    assert place.sandbox.posts() == []


def unreadable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As for somebody who is not root: this folder cannot be listed."""
    real = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(filenames.os, "scandir", refuse)


def test_a_folder_without_rights_is_told_and_its_posts_are_not_gone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.config.write_text(
        place.config.read_text("utf-8").replace("timeout = 5", 'timeout = 5\non_delete = "unpublish"'), "utf-8"
    )
    inside = place.write("site/_posts/alt/2026-11-19-x.md", TEXT)
    for number in range(5):
        place.new_post(f"2026-11-1{number}-p")
    assert place.crosspost(str(inside)).code == 0
    place.crosspost("run")
    with monkeypatch.context() as context:
        unreadable(context, "alt")
        place.new_post("2026-11-21-gut")
        for minutes in (0, 11, 11):
            place.clock.pass_by(minutes=minutes)
            ran = place.crosspost("run")
            assert ran.code == 1
            assert "site/_posts/alt/: cannot be read: Permission denied" in ran.err
        assert "alt/: cannot be read" in place.crosspost("doctor", "--offline").out
    assert len(place.sandbox.posts()) == 6
    assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts()) == 6


def test_the_first_run_does_not_take_what_it_cannot_see_for_new(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("site/_posts/alt/2026-11-19-x.md", TEXT)
    with monkeypatch.context() as context:
        unreadable(context, "alt")
        ran = place.crosspost("run")
        assert "The first run must see every post" in ran.err
    place.crosspost("run")
    place.crosspost("run")
    assert place.sandbox.posts() == []


def test_a_folder_that_holds_no_posts_disturbs_nobody(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.root / "site/private").mkdir()
    unreadable(monkeypatch, "private")
    assert (place.crosspost("run").code, place.crosspost("run").err) == (0, "")


def test_a_post_renamed_in_the_middle_of_a_run_is_one_sentence_and_goes_out_next_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crosspost.sources.jekyll import JekyllSource

    place.crosspost("run")
    file = place.new_post("2026-11-21-neu")
    place.new_post("2026-11-21-gut")
    real = JekyllSource.load

    def renamed(self: JekyllSource, entry: Any) -> Any:
        if entry.path == str(file) and file.exists():
            file.rename(file.with_name("2026-11-21-anders.md"))
        return real(self, entry)

    with monkeypatch.context() as context:
        context.setattr(JekyllSource, "load", renamed)
        ran = place.crosspost("run")
    assert "does not exist" in ran.out
    assert "unexpected" not in ran.out
    assert len(place.sandbox.posts()) == 3
    place.clock.pass_by(hours=1)
    place.crosspost("run")
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 6


# ── what the config names ─────────────────────────────────────────────────────────────────────────────────────────


def ledgers(place: Place) -> Iterator[str]:
    os.mkfifo(place.root / "config/pipe")
    (place.root / "config/folder").mkdir()
    yield from ("/", ".", "folder", "pipe", "/dev/null", "a\\u0000b", "a\\nb")


def test_a_ledger_that_can_be_no_file_is_told_by_every_command(place: Place) -> None:
    text = place.config.read_text("utf-8")
    for name in ledgers(place):
        place.config.write_text(f'{text}\n[state]\nledger = "{name}"\n', "utf-8")
        for command in (
            ["run"],
            ["status"],
            ["plan"],
            [str(place.post)],
            ["ledger", "verify"],
            ["doctor", "--offline"],
        ):
            ran = place.crosspost(*command)
            # what is wrong with an installation is what the doctor is asked for: one of its findings, no end of it
            assert ran.code == (1 if command[0] == "doctor" else 2), (name, command)
            said = ran.out + ran.err
            assert "mistake in crosspost" not in said
            assert len(re.findall("name a file|is not a valid path", said)) == 1, (name, command, said)
    assert place.sandbox.posts() == []


def test_a_pipe_in_the_place_of_any_file_keeps_nobody_waiting(place: Place) -> None:
    for name in ("config/secrets.env", "site/_config.yml", "site/images/beet.jpg", "config/crosspost.toml"):
        file = place.root / name
        kept = file.with_name(f"{file.name}.kept")
        file.rename(kept)
        os.mkfifo(file, 0o600)
        for command in (["run"], ["preview", str(place.post)], ["doctor", "--offline"]):
            ran = place.crosspost(*command)
            assert "mistake in crosspost" not in ran.err
        if "images" not in name:
            assert file.name in place.crosspost(str(place.post)).err
            assert place.sandbox.posts() == []
        file.unlink()
        kept.rename(file)
    place.crosspost("run")
    cache = place.root / "config/state/posts.cache"
    cache.unlink()
    os.mkfifo(cache)
    os.mkfifo(cache.with_name("ledger.sqlite3-x"))
    assert place.crosspost("run").code == 0
    assert place.crosspost("doctor", "--offline").out


@given(st.text())
def test_a_printable_name_is_one_line_that_can_be_written_down(name: str) -> None:
    shown = printable(name)
    assert len(shown.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f]", shown)
    assert shown.encode().decode() == shown
    assert printable(shown) == shown
