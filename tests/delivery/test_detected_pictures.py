"""Posts that are out and whose pictures or alternative texts have changed."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.compose.picture_selection import only_card
from crosspost.testing.harness import Clock
from tests.delivery.detected import brief, picture
from tests.delivery.scripted import Quick


@pytest.fixture
def shown(tmp_path: Path, clock: Clock) -> Quick:
    """A post that is out with a picture."""
    quick = Quick(tmp_path, clock, edit=True, delete=True)
    quick.write(thumbnail=picture(tmp_path))
    quick.run()
    assert quick.detect() == []
    (image,) = quick.ledger.posts.known()["beet"].looked.pictures or ()
    assert (image.name, image.path) == ("https://tal.example/beet.jpg", str(tmp_path / "beet.jpg"))
    return quick


def test_another_picture_in_the_same_file_is_a_change(shown: Quick, tmp_path: Path) -> None:
    picture(tmp_path, size=(50, 30))
    (change,) = shown.detect()
    assert (change.kind, change.state) == ("edit", "asked")
    assert shown.detect() == []


def test_a_picture_that_was_only_touched_is_not(shown: Quick, tmp_path: Path) -> None:
    file = tmp_path / "beet.jpg"
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data)
    read: list[str] = []
    shown.posts = _Watched(shown.posts, read)
    assert shown.detect() == []
    assert read == [], "the file says what it did, so the post is not read"
    (image,) = shown.ledger.posts.known()["beet"].looked.pictures or ()
    assert image.changed == file.stat().st_mtime_ns


def test_a_picture_that_is_gone_is_looked_into(shown: Quick, tmp_path: Path) -> None:
    (tmp_path / "beet.jpg").unlink()
    assert brief(shown.detect()) == [("beet", "edit", "asked")]
    assert shown.ledger.posts.known()["beet"].looked.pictures == ()


def test_another_alternative_text_is_a_change_where_there_are_any(shown: Quick, tmp_path: Path) -> None:
    shown.write(thumbnail=picture(tmp_path, alt="Zwei Beete"))
    assert brief(shown.detect()) == [("beet", "edit", "asked")]


class _Watched(dict[str, Any]):
    def __init__(self, posts: dict[str, Any], read: list[str]) -> None:
        super().__init__(posts)
        self._read = read

    def __getitem__(self, key: str) -> Any:
        self._read.append(key)
        return super().__getitem__(key)


def test_another_picture_of_a_card_is_a_change(tmp_path: Path, clock: Clock) -> None:
    """The card is all that shows the picture."""
    quick = Quick(tmp_path, clock, edit=True, card="client")
    compose = quick.network.compose
    quick.network.compose = lambda post: only_card(compose(post))  # type: ignore[method-assign]
    quick.write(thumbnail=picture(tmp_path))
    quick.run()
    assert quick.detect() == []
    picture(tmp_path, size=(50, 30))
    assert brief(quick.detect()) == [("beet", "edit", "asked")]
