"""When a site is fetched again: after its minutes, sooner when somebody says so, seldom while it fails."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.app.fetched.fetched_site import FetchedSite
from crosspost.config import settings_file
from crosspost.errors import SourceError

ASKED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Site(FetchedSite):
    """One that was asked at a time, and only notes when it is again."""

    def __init__(self, root: Path, every: int = 10) -> None:
        text = f'[site]\ngit = "https://git.example.org/site.git"\ngit_every = {every}\n'
        said = settings_file.parse(text, root / "crosspost.toml")
        super().__init__(said, root, None, {})
        self.times, self.works = 0, True
        (self._folder / "trees/abc").mkdir(parents=True)
        (self._folder / "counts").write_text("abc", "utf-8")
        self.was_asked(ASKED)

    def was_asked(self, at: datetime) -> None:
        (self._folder / "asked").touch()
        os.utime(self._folder / "asked", (at.timestamp(), at.timestamp()))

    def _fetch(self) -> None:
        self.times += 1
        if not self.works:
            raise SourceError("no")

    def asks(self, seconds: float, told: float | None = None) -> bool:
        """Whether it asks at so many seconds after it did, when somebody told it then that there is something new."""
        before = self.times
        self.fetch(
            ASKED + timedelta(seconds=seconds),
            needed=False,
            told=ASKED + timedelta(seconds=told) if told is not None else None,
        )
        self.was_asked(ASKED)
        return self.times > before


@pytest.mark.parametrize(
    ("seconds", "asks"), [(-1, True), (0, False), (1, False), (599, False), (600, True), (601, True)]
)
def test_its_minutes_count_from_the_last_time(tmp_path: Path, seconds: float, asks: bool) -> None:
    assert Site(tmp_path).asks(seconds) is asks, "and no time counts that is still to come"


@pytest.mark.parametrize(("told", "asks"), [(-1, False), (0, True), (1, True), (60, True), (61, False)])
def test_a_word_counts_that_came_since_and_not_from_the_future(tmp_path: Path, told: float, asks: bool) -> None:
    assert Site(tmp_path).asks(60, told) is asks


def test_it_asks_when_nobody_knows_that_it_did(tmp_path: Path) -> None:
    site = Site(tmp_path)
    (tmp_path / "state/fetched/site/asked").unlink(missing_ok=True)
    (site._folder / "asked").unlink(missing_ok=True)
    assert site.asks(1)


@pytest.mark.parametrize(
    ("failing", "seconds", "asks"),
    [
        (300, 299, False), (300, 300, True),  # as long as it has failed
        (60, 119, False), (60, 120, True),  # its minutes, which are more
        (5000, 899, False), (5000, 900, True),  # a quarter of an hour at most
    ],
)  # fmt: skip
def test_what_fails_is_tried_ever_more_seldom(tmp_path: Path, failing: float, seconds: float, asks: bool) -> None:
    site = Site(tmp_path, every=2)
    site._note(ASKED - timedelta(seconds=failing), "no")
    assert site.asks(seconds) is asks
    assert (site.failed is None) is asks, "it went well"
