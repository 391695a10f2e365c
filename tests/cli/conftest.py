"""Commands that are imported before a test replaces anything, and two sites under one config."""

from importlib import import_module
from pathlib import Path

import pytest

import crosspost
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.several_sites import Sites


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """A command imported while a test has replaced the clock would keep that clock for every later test."""
    for file in sorted((Path(crosspost.__file__).parent / "cli").glob("[!_]*.py")):
        import_module(f"crosspost.cli.{file.stem}")


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
