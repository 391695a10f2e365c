"""A post with a video, words, captions and a picture, on a site that is served."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.model import Draft
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served

FILMS = Path(__file__).parents[1] / "media/films"
POST = """---
title: Der Film vom Fest
thumbnail: /images/beet.jpg
thumbnail_alt: Das Beet
video: {path: /films/reel.mp4, alt: Farbige Balken, captions: /films/words.vtt, lang: de}
---

Ein Satz.
"""
VIDEOS = sorted(key for key in registry.names() if registry.load(key).limits.videos is not None)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Place]:
    key = request.node.callspec.params["key"]
    with served(tmp_path / "site") as url:
        made = Place(tmp_path, sandbox, networks=[key], more="video = true\n", clock=clock, url=url)
        shutil.copytree(FILMS, made.root / "site/films")
        made.write("site/films/words.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nBalken\n")
        made.post.write_text(POST, "utf-8")
        yield made


def draft_of(place: Place, key: str, film: str = "") -> Draft:
    if film:
        place.post.write_text(POST.replace("reel.mp4", film), "utf-8")
    network = place.network(key)
    network.me()
    return network.draft(place.the_post())
