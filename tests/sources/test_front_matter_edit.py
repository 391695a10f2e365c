"""Changing keys of the front matter: what was asked for is there, and every other byte is as it was."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.front_matter import parse
from crosspost.sources.front_matter_edit import REMOVE, edited, propose, save

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
TEXT = ("crosspost", "mastodon", "text")
POST = b"""---
title: "A"   # c
crosspost:
  # why
  mastodon:
    text: |
      one
      two

# end
list:
- a
- b
flow: {a: 1, b: [2,3]}
---
body
"""


def diff(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that only the one, and only the other has."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (TEXT, "new: x", [b"    text: |\n", b"      one\n", b"      two\n"], [b'    text: "new: x"\n']),
        (TEXT, "l1\n\nl2", None, [b"    text: |-\n", b"      l1\n", b"      l2\n"]),
        (("title",), "B", [b'title: "A"   # c\n'], [b"title: B   # c\n"]),
        (("title",), "B\nC", [b'title: "A"   # c\n'], [b'title: "B\\nC"   # c\n']),
        (("crosspost", "mastodon", "skip"), True, [], [b"    skip: true\n"]),
        (("crosspost", "x", "text"), "hi there", [], [b"  x:\n", b"    text: hi there\n"]),
        (("syndication",), ["https://a/1"], [], [b"syndication:\n", b'  - "https://a/1"\n']),
        (("flow", "a"), REMOVE, [b"flow: {a: 1, b: [2,3]}\n"], [b"flow: {b: [2,3]}\n"]),
        (("flow", "b"), REMOVE, [b"flow: {a: 1, b: [2,3]}\n"], [b"flow: {a: 1}\n"]),
        (("flow", "c"), "d", [b"flow: {a: 1, b: [2,3]}\n"], [b"flow: {a: 1, b: [2,3], c: d}\n"]),
        (("list",), REMOVE, [b"list:\n", b"- a\n", b"- b\n"], []),
        (("nothing", "here"), REMOVE, [], []),
    ],
)
@pytest.mark.parametrize(
    "written", [lambda raw: raw, lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: b"\xef\xbb\xbf" + raw]
)
def test_only_the_key_changes(path: Any, value: Any, gone: Any, come: Any, written: Any) -> None:
    before = written(POST)
    old, new = diff(before, edited(before, "p.md", {path: value}))
    ending = b"\r\n" if b"\r\n" in before else b"\n"
    if gone is not None:
        assert old == [line.replace(b"\n", ending) for line in gone]
    assert new == [line.replace(b"\n", ending) for line in come]


def test_a_comment_inside_what_is_taken_away_stays() -> None:
    after = edited(POST, "p.md", {TEXT: REMOVE})
    assert b"crosspost:\n  # why\n\n# end\n" in after


def test_several_keys_at_once_and_back_again() -> None:
    keys = {
        TEXT: "x",
        ("crosspost", "x", "at"): datetime(2026, 11, 27, 9, tzinfo=UTC),
        ("crosspost", "x", "skip"): False,
    }
    data = parse(edited(POST, "p.md", keys), "p.md").data["crosspost"]
    assert data == {"mastodon": {"text": "x"}, "x": {"at": datetime(2026, 11, 27, 9, tzinfo=UTC), "skip": False}}


@pytest.mark.parametrize(
    "front",
    [
        "a: &x 1\nb: *x\n",
        "title: [a, b]\n",
        "a: !!str 5\n",
        "? crosspost\n: {b: 1}\n",
    ],
)
def test_what_cannot_be_changed_safely_is_refused_or_right(front: str) -> None:
    raw = f"---\n{front}---\nx\n".encode()
    for path in (("a",), ("b",), ("title", "x"), ("crosspost", "b")):
        try:
            after = edited(raw, "p.md", {path: "new"})
        except PostRefused:
            continue
        else:
            value: Any = parse(after, "p.md").data
            for name in path:
                value = value[name]
            assert value == "new"


def test_a_text_without_front_matter_gets_one_and_hugos_is_refused() -> None:
    assert edited(b"Hello\n", "p.md", {TEXT: "x"}).endswith(b"---\nHello\n")
    with pytest.raises(PostRefused, match="TOML"):
        edited(b"+++\ntitle = 'x'\n+++\nHello\n", "p.md", {TEXT: "x"})


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_keeps_mode_and_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "post.md"
    real.write_bytes(POST)
    real.chmod(0o640)
    link.symlink_to(real)
    change = propose(str(link), {TEXT: "x"})
    assert "+    text: x" in change.diff
    save(change, seen=change.seen)
    assert link.is_symlink()
    assert real.read_bytes() == change.after
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["post.md", "real.md"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "post.md"
    file.write_bytes(POST)
    seen = propose(str(file), {TEXT: "x"})
    file.write_bytes(POST + b"more\n")
    with pytest.raises(SourceError, match="changed meanwhile"):
        save(seen)
    with pytest.raises(SourceError, match="changed meanwhile"):
        save(propose(str(file), {TEXT: "x"}), seen=seen.seen)
    assert file.read_bytes() == POST + b"more\n"
    assert [one.name for one in tmp_path.iterdir()] == ["post.md"]


# ── whatever somebody writes ──────────────────────────────────────────────────────────────────────────────────────

words = st.text(st.characters(codec="utf-8"), max_size=60)
values = st.one_of(words, st.booleans(), st.integers(-(10**9), 10**9), st.lists(words, min_size=1, max_size=3))
keys = st.sampled_from(
    [("title",), TEXT, ("crosspost", "mastodon", "skip"), ("crosspost", "x", "text"), ("syndication",)]
)
FRONTS = [
    "",
    "title: x\n",
    "crosspost:\n",
    "crosspost: {}\n",
    "# only a comment\n",
    "crosspost:\n  mastodon:\n",
    "title: |+\n  a\n\n",
    "crosspost: {mastodon: {text: 'a'}, x: {}}\n",
    "title: >\n  a\n  b\n# c\ntags: [a,\n  b]\n",
    "crosspost:\n    mastodon:\n        text: a\n    # c\n",
]
fronts = st.sampled_from(FRONTS)


@pytest.mark.long
@given(fronts, keys, values, st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=300, deadline=None)
def test_what_was_asked_for_is_there_and_taking_it_away_gives_back_the_rest(
    front: str, path: Any, value: Any, ending: str
) -> None:
    raw = f"---\n{front}---\nbody\n".replace("\n", ending).encode()
    after = edited(raw, "p.md", {path: value})  # it reads back what it wrote
    found: Any = parse(after, "p.md").data
    for name in path:
        found = found[name]
    assert found == value
    assert after.endswith(f"---{ending}body{ending}".encode())
    lines = set(after.splitlines(keepends=True))
    comments = [line for line in raw.splitlines(keepends=True) if re.match(rb"\s*#", line)]
    assert set(comments) <= lines
    assert parse(edited(after, "p.md", {path: REMOVE}), "p.md").data.keys() <= parse(raw, "p.md").data.keys() | {
        "crosspost"
    }


def test_real_posts_come_back_byte_for_byte() -> None:
    """The sample posts, and where they are, the posts of ../shared as people have them."""
    here = Path(__file__).parents[2] / "posts"
    files = [*here.rglob("*.md"), *SHARED.glob("conformance/wild/**/*.m*d"), *SHARED.glob("seed/*.md")]
    tried = 0
    for file in files:
        raw = file.read_bytes()
        try:
            front = parse(raw, str(file))
        except PostRefused:
            continue
        if front.there and "crosspost" not in front.data:
            with_text = edited(raw, str(file), {TEXT: "Hallo: „Welt“\n\nzwei"})
            assert edited(with_text, str(file), {TEXT: REMOVE}) == raw, file
            tried += 1
    assert tried >= (3 if SHARED.exists() else 2)
