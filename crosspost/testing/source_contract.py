"""What every source of posts must keep to. A source's test inherits from this and says how to make its posts."""

from abc import ABC, abstractmethod
from pathlib import Path

import msgspec
import pytest

from crosspost.errors import CrosspostError, PostRefused, SourceError
from crosspost.model import Entry
from crosspost.sources.base import Source


class SourceContract(ABC):
    """Inherit, name the class ``Test…`` and implement the two methods."""

    @abstractmethod
    def make(self, root: Path) -> Source:
        """Make the source over ``root``."""

    @abstractmethod
    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        """Write one post called ``name`` that is ready to go out, or one that cannot be understood."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        self.write(tmp_path, "first", title="Der erste Beitrag", text="Ein Absatz über die Straße.")
        self.write(tmp_path, "second", title="الثاني", text="نص قصير.")
        self.write(tmp_path, "third", title="第三篇 🌱", text="一段文字。")
        return tmp_path

    def entries(self, root: Path) -> list[Entry]:
        return list(self.make(root).scan())

    def test_ids_are_unique_and_not_empty(self, root: Path) -> None:
        ids = [entry.id for entry in self.entries(root)]
        assert len(ids) == len(set(ids)) == 3
        assert all(ids)

    def test_ids_stay_when_title_and_text_change(self, root: Path) -> None:
        before = [entry.id for entry in self.entries(root)]
        self.write(root, "first", title="Ganz anders", text="Neu geschrieben.")
        assert [entry.id for entry in self.entries(root)] == before

    def test_ids_stay_when_a_post_breaks(self, root: Path) -> None:
        before = {entry.id for entry in self.entries(root)}
        self.write(root, "first", title="x", text="x", broken=True)
        assert {entry.id for entry in self.entries(root)} == before

    def test_one_entry_is_the_one_of_the_listing(self, root: Path) -> None:
        self.write(root, "fourth", title="x", text="x", broken=True)
        source = self.make(root)
        for entry in source.scan():
            assert source.entry(Path(entry.path)) == entry
            assert self.make(root).entry(Path(entry.path)) == entry

    def test_scanning_twice_gives_the_same(self, root: Path) -> None:
        source = self.make(root)
        assert list(source.scan()) == list(source.scan())

    def test_a_loaded_post_agrees_with_its_entry_and_is_frozen(self, root: Path) -> None:
        source = self.make(root)
        for entry in source.scan():
            post = source.load(entry)
            assert (post.id, post.path, post.url, post.title, post.date, post.tags) == (
                entry.id,
                entry.path,
                entry.url,
                entry.title,
                entry.date,
                entry.tags,
            )
            assert post.date.tzinfo is not None
            assert post.body
            with pytest.raises(AttributeError):
                post.title = "changed"  # type: ignore[misc]  # that it cannot be set is what is tested
            assert msgspec.json.decode(msgspec.json.encode(post), type=type(post)).url == post.url

    def test_a_refused_post_never_stops_the_others(self, root: Path) -> None:
        self.write(root, "second", title="x", text="x", broken=True)
        source = self.make(root)
        states = [entry.state for entry in source.scan()]
        assert sorted(states) == ["ready", "ready", "refused"]
        refused = next(entry for entry in source.scan() if entry.state == "refused")
        assert refused.path in refused.reason
        with pytest.raises(PostRefused):
            source.load(refused)

    def test_a_file_of_somewhere_else_is_not_an_entry(
        self, root: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        stranger = tmp_path_factory.mktemp("elsewhere") / "2024-01-02-x.md"
        stranger.write_text("x", encoding="utf-8")
        with pytest.raises(SourceError):
            self.make(root).entry(stranger)

    def test_making_one_reads_nothing(self, tmp_path: Path) -> None:
        source = self.make(tmp_path / "not-there")
        with pytest.raises(CrosspostError):
            list(source.scan())
