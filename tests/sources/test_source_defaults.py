"""What a source is and says that changes nothing of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.model import Entry, Post
from crosspost.sources.base import Source
from crosspost.sources.feed.feed_source import FeedSource
from crosspost.sources.field_origins import Origin
from crosspost.sources.hugo.hugo_source import HugoSource
from crosspost.sources.jekyll import JekyllSource
from crosspost.sources.web.built import BuiltSource


class Least(Source):
    """It says no more than it must."""

    url, title, lang = "https://tal.example", "Das Tal", ""

    def scan(self) -> Iterator[Entry]:
        yield Entry(id="a", path="a.md")

    def entry(self, path: Path) -> Entry:
        return Entry(id=path.stem, path=str(path))

    def load(self, entry: Entry) -> Post:
        return Post(
            id=entry.id, path=entry.path, url=f"{self.url}/a", title="A", date=datetime(2026, 11, 20, tzinfo=UTC),
            picture_from="image", description_from="the text",
        )  # fmt: skip


def test_a_source_need_not_say_more_than_its_posts() -> None:
    least = Least()
    assert (least.where, least.timezone, least.zone, least.warnings, least.folders) == ("", "", UTC, (), ())
    assert (least.whole, least.turn, least.of_the_site) == (True, None, least)
    assert list(least.paths()) == list(least.scan()) == [Entry(id="a", path="a.md")]
    least.need_url()
    assert least.origin(Entry(id="a", path="a.md")) == Origin("a", "a.md", "image", "the text", ())
    with pytest.raises(SourceError, match="no short post can be written here"):
        _ = least.new_posts


@pytest.mark.parametrize(
    ("source", "own"),
    [(Least, False), (JekyllSource, True), (HugoSource, True), (BuiltSource, False), (FeedSource, False)],
)
def test_whose_posts_have_front_matter_that_may_be_changed(source: type[Source], own: bool) -> None:
    assert source.front_matter is own
