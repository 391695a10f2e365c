"""The picture of the whole site, which a post without one may get."""

from pathlib import Path

import pytest

from crosspost.sources.keys import Keys
from tests.sources.jekyll_site import CONFIG, Site, picture

#: the keys of ``_config.yml`` that themes read, in their order
KEYS = ("og_image", "social_image", "social_preview_image", "share-img", "image", "cover", "logo", "avatar")


@pytest.mark.parametrize("number", range(len(KEYS)))
def test_each_key_counts_before_those_behind_it(tmp_path: Path, number: int) -> None:
    site = Site(tmp_path, CONFIG + "".join(f"{key}: /{key}.png\n" for key in reversed(KEYS[number:])))
    for key in KEYS:
        site.put(f"{key}.png", picture())
    source = site.source(keys=Keys(picture_from=("site",)))
    post = source.load(source.entry(site.post("title: A")))
    assert post.picture_from == f"_config.yml: {KEYS[number]}"
    assert post.thumbnail is not None
    assert post.thumbnail.path == str(tmp_path / f"{KEYS[number]}.png")
