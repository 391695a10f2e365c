"""Two sites under one config."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.several_sites import Sites


@pytest.fixture
def sites(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Sites:
    """Two sites after their first run; both have x, and each has a network of its own."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path, sandbox, networks=("x", "mastodon", "bluesky"), clock=clock)
    made = Sites(
        place, {"club": 'accounts = ["x", "mastodon"]', "youth": 'accounts = ["x", "bluesky"]\ntimezone = "Asia/Tokyo"'}
    )
    assert place.crosspost("run").code == 0
    assert made.out() == []
    return made
