"""Every registered network: what we compose fits by the stand-in's own count, made apart from ours."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose import Style, compose
from crosspost.compose.clean import clean
from crosspost.config import registry
from crosspost.errors import Unsupported
from crosspost.model import Post
from crosspost.sandbox.core import count
from tests.compose.test_properties import TAGS, TEXTS

COUNTS: dict[str, Callable[[str], int]] = {
    "x": count.weighted,
    "mastodon": count.mastodon,
    "graphemes": count.graphemes,
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "code-points": len,
}


@pytest.mark.parametrize("network", registry.names())
@settings(max_examples=60)
@given(title=TEXTS, description=TEXTS, body=TEXTS, tags=TAGS, long=st.integers(1, 12))
def test_it_fits_by_the_stand_ins_count(
    network: str, title: str, description: str, body: str, tags: list[str], long: int
) -> None:
    cls = registry.load(network)
    post = Post(
        id="1",
        path="a.md",
        url="https://klima.example.org/2026/11/22/ein-beitrag/",
        title=title,
        date=datetime(2026, 11, 22, tzinfo=UTC),
        description=(description + " ") * long,
        body=body,
        tags=tuple(tags),
    )
    style = Style(title_card=True)
    if cls.abilities.needs_image and not clean(title):  # nothing to draw a title card from
        with pytest.raises(Unsupported):
            compose(post, account="a", network=network, limits=cls.limits, abilities=cls.abilities, style=style)
        return
    said = compose(post, account="a", network=network, limits=cls.limits, abilities=cls.abilities, style=style)
    for unit, most in ((cls.limits.unit, cls.limits.text), *cls.limits.also):
        assert not most or unit not in COUNTS or COUNTS[unit](said.text) <= most
    if cls.limits.unit in COUNTS:
        assert said.length == COUNTS[cls.limits.unit](said.text)
    assert len(said.images) <= cls.limits.images.count
