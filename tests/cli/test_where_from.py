"""``posts``, ``init`` and ``doctor`` say where pictures and descriptions come from; one address is announced once."""

import os
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    made = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
    made.new_post(
        "2026-11-10-alt", "---\ntitle: Alt\nimage: {path: /images/beet.jpg, alt: x}\nexcerpt: Kurz.\n---\nText.\n"
    )
    made.new_post(
        "2026-11-11-text", "---\ntitle: Text\nthumbnial: /images/beet.jpg\n---\n![Beet](/images/beet.jpg)\n\nText.\n"
    )
    made.new_post("2026-11-12-ohne", "---\ntitle: Ohne\n---\nText.\n")
    return made


def test_posts_says_it_for_each_post(place: Place) -> None:
    ran = place.crosspost("posts")
    lines = [line.strip() for line in ran.out.splitlines() if line.startswith(" ")]
    assert lines == [
        "picture from image.path, description from excerpt",
        "picture from the text, description from the text",
        "no picture, description from the text",
        "picture from thumbnail, description from description",
    ]
    assert "nothing reads the key “thumbnial”; did you mean `thumbnail`?" in ran.err
    assert "2026-11-11-text.md" in ran.err
    rows = {
        row["id"]: (row["picture_from"], row["description_from"]) for row in place.crosspost("posts", "--json").json
    }
    assert rows["alt"] == ("image.path", "excerpt")
    assert rows["ohne"] == ("", "the text")


def test_doctor_counts_them(place: Place) -> None:
    ran = place.crosspost("doctor", "--offline")
    assert "pictures from image.path (1), the text (1), thumbnail (1); 1 of 4 posts has none" in ran.out
    assert "descriptions from the text (2), excerpt (1), description (1)" in ran.out
    assert "“thumbnial”; did you mean `thumbnail`?" in ran.out


def test_init_says_it_too(place: Place, tmp_path: Path) -> None:
    place.config = tmp_path / "new/crosspost.toml"
    ran = place.crosspost("init", "--site", str(place.root / "site"))
    assert "Pictures from image.path (1), the text (1), thumbnail (1); 1 of 4 posts has none." in ran.out
    assert "“thumbnial”" in ran.err


def test_posts_works_without_an_address(place: Place) -> None:
    place.write("site/_config.yml", "title: Das Tal\n")
    ran = place.crosspost("posts")
    assert ran.code == 0
    assert "the address of the site is unknown" in ran.err
    assert "alt  /2026/11/10/alt.html" in ran.out
    assert place.crosspost("run").code == 2, "nothing is sent without one"


def test_a_key_of_the_settings_that_is_none_names_its_line(place: Place) -> None:
    text = place.config.read_text("utf-8").replace("[site]\n", '[site]\npicture_keys = ["a b"]\n')
    place.config.write_text(text, "utf-8")
    ran = place.crosspost("posts")
    assert ran.code == 2
    assert f"{place.config}:2: “a b” is not a key such as image" in ran.err


def test_a_second_post_with_an_address_that_is_out_is_not_announced(place: Place) -> None:
    place.crosspost("run")
    first = place.new_post("2026-11-20-neu")
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 1
    second = place.write("site/_posts/de/2026-11-20-neu.md", "---\ntitle: Neu\n---\nText.\n")
    for arguments in (("run",), ("publish", str(second)), ("publish", str(first)), ("run",)):
        ran = place.crosspost(*arguments)
        assert ran.code == 1
        assert "has the same address as" in ran.out + ran.err
        assert len(place.sandbox.posts()) == 1
    second.write_text("---\ntitle: Neu\npermalink: /de/neu/\n---\nText.\n", "utf-8")
    os.utime(second, (2_000_000_000, 2_000_000_000))
    assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts()) == 2
