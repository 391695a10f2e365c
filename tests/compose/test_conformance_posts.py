"""Every post of the recorded Jekyll builds, on every registered network: nothing may be raised but a sentence."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from crosspost.compose import Style, compose
from crosspost.config import registry
from crosspost.errors import CrosspostError, PostRefused, SourceError
from crosspost.model import Post
from crosspost.sources.jekyll import JekyllSource
from tests.sources.test_jekyll_conformance import NOW, SITES, build

pytestmark = pytest.mark.long


def drafts(post: Post, found: Counter[str]) -> None:
    for network in registry.names():
        cls = registry.load(network)
        try:
            said = compose(
                post,
                account="a",
                network=network,
                limits=cls.limits,
                abilities=cls.abilities,
                style=Style(gallery=True),
            )
        except CrosspostError:
            found["refusals by a network"] += 1
            continue
        found["drafts"] += 1
        assert not said.limit or said.length <= said.limit
        assert post.url in said.text or not said.link


def test_every_post_of_every_site(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for name, site in SITES.items():
        (tmp_path / name).mkdir()
        build(tmp_path / name, site)
        try:
            source = JekyllSource(tmp_path / name, now=NOW, url=site["config"].get("url", "https://example.test"))
            entries = list(source.scan())
        except SourceError:
            found["refused sites"] += 1
            continue
        for entry in entries:
            found[f"{entry.state} posts"] += 1
            if entry.state == "refused":
                continue
            try:
                drafts(source.load(entry), found)
            except PostRefused:
                found["posts refused when read fully"] += 1
    sys.stdout.write(f"{len(SITES)} sites: {', '.join(f'{number} {what}' for what, number in sorted(found.items()))}\n")
    assert found["drafts"] > 0
