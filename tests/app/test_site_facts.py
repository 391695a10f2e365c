"""What is found in a site before there is a config: sites beside each other, posts in words, what all can read."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.app.sites import site_facts
from crosspost.errors import SourceError
from crosspost.sources.jekyll import JekyllSource
from crosspost.testing.harness import Place


def entry(state: str, **said: Any) -> Any:
    return SimpleNamespace(state=state, **said)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "0 posts"),
        (["ready"], "1 post"),
        (["ready", "ready", "skipped"], "2 posts, 1 that the site does not publish"),
        (
            ["ready", "refused", "refused", "skipped"],
            "1 post, 1 that the site does not publish, 2 that cannot be read (`crosspost posts` says why)",
        ),
    ],
)
def test_posts_are_counted_by_what_becomes_of_them(states: list[str], said: str) -> None:
    assert site_facts.posts_in_words([entry(state) for state in states]) == said


def test_pictures_without_words_are_counted_in_the_newest_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_facts, "NEWEST", 5)
    told, mute = SimpleNamespace(alt="a beet"), SimpleNamespace(alt="")

    def post(thumbnail: Any = None, gallery: Any = (), images: Any = ()) -> Any:
        return entry("ready", post=SimpleNamespace(thumbnail=thumbnail, gallery=gallery, images=images))

    entries = [
        post(mute),  # too old
        post(mute, [mute]),
        entry("skipped"),
        post(told, [told, mute]),
        post(told, (), [told]),
        post(),
        entry("ready", post=None),
    ]

    def load(one: Any) -> Any:
        if one.post is None:
            raise SourceError("cannot be read")
        return one.post

    assert site_facts.without_alt(cast("Any", SimpleNamespace(load=load)), entries) == (2, 4)


@pytest.mark.parametrize("of", ["thumbnail", "gallery", "images"])
@pytest.mark.parametrize("alt", ["", "a beet"])
def test_each_picture_counts_wherever_it_is_and_what_cannot_be_read_stops_nothing(of: str, alt: str) -> None:
    picture = SimpleNamespace(alt=alt)
    nothing = {"thumbnail": None, "gallery": (), "images": ()}
    post = SimpleNamespace(**nothing | {of: picture if of == "thumbnail" else [picture]})

    def load(one: Any) -> Any:
        if one.number == 30:
            raise SourceError("cannot be read")
        return post

    source = cast("Any", SimpleNamespace(load=load))
    entries = [entry("ready", number=number) for number in range(1, 33)]
    assert site_facts.without_alt(source, entries) == (0 if alt else 19, 19), "of the newest twenty"
    assert site_facts.without_alt(source, entries[:1]) == (0 if alt else 1, 1)
    assert site_facts.without_alt(source, []) == (0, 0)


def test_sites_beside_each_other_are_those_that_a_site_is_in(tmp_path: Path) -> None:
    for name in ("youth", "club", "_site", ".git", "notes"):
        (tmp_path / name).mkdir()
        if name != "notes":
            (tmp_path / name / "_config.yml").write_text("title: x\n")
            (tmp_path / name / "_posts").mkdir()
    (tmp_path / "file").touch()
    assert [one.name for one in site_facts.beside(tmp_path)] == ["club", "youth"]


@pytest.mark.parametrize(
    ("file", "config", "shown"),
    [
        ("config/secrets.env", "title: x\n", "config"),
        ("a/b/secrets.env", "title: x\n", "a"),
        ("_private/secrets.env", "title: x\n", ""),
        ("a/.hidden/secrets.env", "title: x\n", ""),
        ("../secrets.env", "title: x\n", ""),
        ("config/secrets.env", "exclude: [config/]\n", ""),
        ("config/secrets.env", "exclude: config\n", ""),
        ("config/secrets.env", "exclude: ['*.env']\n", ""),
        ("config/secrets.env", "exclude: [vendor]\n", "config"),
        ("config/secrets.env", None, ""),
    ],
)
def test_a_private_file_that_jekyll_would_publish_is_found(
    place: Place, file: str, config: str | None, shown: str
) -> None:
    site = place.root / "site"
    (site / "_config.yml").unlink()
    if config is not None:
        (site / "_config.yml").write_text(config)
    source = place.app.source()
    assert isinstance(source, JekyllSource)
    assert site_facts.shown_to_all(site / file, site, source) == shown
