"""``crosspost note``: a short post from the terminal."""

from pathlib import Path

import pytest

from crosspost.testing.harness import Place


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


def test_it_goes_out_with_the_next_run(place: Place) -> None:
    place.crosspost("run")
    ran = place.crosspost(
        "note",
        "Seht: das Beet",
        "--picture",
        "site/images/beet.jpg",
        "--alt",
        "Ein Beet",
        "--account",
        "x",
        "--as",
        "ann",
    )
    assert ran.code == 0, ran.err
    assert "the next `crosspost run` sends it" in ran.out
    place.crosspost("run")
    (post,) = place.sandbox.posts()
    assert (post["network"], post["text"]) == ("x", "Seht: das Beet")


def test_at_a_time(place: Place) -> None:
    place.crosspost("run")
    file = Path(place.crosspost("note", "Später", "--at", "tomorrow 9:00", "--account", "x", "--json").json["path"])
    assert "at: 2026-11-23 09:00:00+01:00" in file.read_text("utf-8")
    place.crosspost("run")
    assert place.sandbox.posts() == []
    place.clock.pass_by(hours=21)
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 1


def test_before_the_first_run_it_says_how_it_goes_out(place: Place) -> None:
    ran = place.crosspost("note", "Hallo")
    assert "a first run sends no old posts: `crosspost" in ran.out
    (file,) = (place.root / "site/_posts").glob("*-hallo.md")
    place.crosspost(str(file))
    assert {post["text"] for post in place.sandbox.posts()} == {"Hallo"}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["x", "--picture", "nowhere.jpg", "--alt", "y"], "nowhere.jpg: cannot be read: No such file"),
        (["x", "--picture", "empty.jpg", "--alt", "y"], "empty.jpg: the file is empty"),
        (["x", "--at", "soon"], "is not a time"),
        (["x", "--account", "mastodn"], "mastodon"),
        ([" "], "nothing to say"),
    ],
)
def test_what_cannot_be_is_told(place: Place, arguments: list[str], why: str) -> None:
    place.write("empty.jpg", "")
    ran = place.crosspost("note", *arguments)
    assert ran.code != 0
    assert why in ran.err
    assert "Traceback" not in ran.err
