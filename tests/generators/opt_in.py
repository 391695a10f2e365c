"""Real generators build the same small site, and what is read of it agrees. Run ``make test-generators``.

They are fetched from the registries; what cannot be had is skipped, with the reason.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app.sources import make_source
from crosspost.config.settings import SiteSettings
from crosspost.model import Post
from crosspost.sources.keys import Keys
from crosspost.sources.kinds import kind_of
from tests.generators.sites import GENERATORS, POSTS, URL, WITHOUT_PICTURE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(root: Path, kind: str = "") -> dict[str, Post]:
    said = SiteSettings(source=kind)  # type: ignore[arg-type]  # one of the known kinds
    source = make_source(root, said, now=NOW, keys=Keys(), memory=None)
    return {entry.url: source.load(entry) for entry in source.scan() if entry.state == "ready"}


@pytest.mark.parametrize("name", list(GENERATORS))
def test_what_is_read_agrees(name: str, tmp_path: Path) -> None:
    addresses = list(GENERATORS[name](tmp_path))
    assert kind_of(tmp_path) == (name if name in ("hugo", "jekyll") else "built")
    for kind in dict.fromkeys(("", "built")):
        found = read(tmp_path, kind)
        assert sorted(found) == sorted(addresses), kind or "as it is found"
        for address, wanted in zip(addresses, POSTS, strict=True):
            agrees(found[address], wanted, picture=name not in WITHOUT_PICTURE)


def agrees(post: Post, wanted: object, *, picture: bool) -> None:
    assert post.title == wanted.title  # type: ignore[attr-defined]  # a Post of the sites
    assert post.description == wanted.description  # type: ignore[attr-defined]
    assert f"{post.date:%Y-%m-%d}" == wanted.date  # type: ignore[attr-defined]
    assert set(wanted.tags) == set(post.tags)  # type: ignore[attr-defined]
    assert post.lang.partition("-")[0] == "de"  # Hexo's usual theme makes de-DE of it
    assert wanted.body in post.body  # type: ignore[attr-defined]
    if picture:
        assert post.thumbnail is not None
        assert post.thumbnail.url.startswith(URL)
        assert Path(post.thumbnail.path).name == "beet.png"
