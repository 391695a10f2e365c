"""A site with a ledger of which an older copy is put back."""

import shutil
from pathlib import Path

import pytest

from crosspost.testing.harness import Place, Ran

READ = ("x", "mastodon", "bluesky", "facebook", "listmonk")
BLIND = ("telegram", "newsletter")


def after_the_first_run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The first run is over."""
    made = Place(place.root / "blog", place.sandbox, networks=(*READ, *BLIND), clock=place.clock)
    text = made.config.read_text("utf-8")
    made.config.write_text(text.replace("[site]", "[run]\nmax_per_run = 9\n[site]", 1), "utf-8")
    monkeypatch.setattr("crosspost.cli.common.now", made.clock)
    monkeypatch.chdir(made.root)
    assert made.crosspost("run").code == 0
    return made


def times(place: Place, title: str) -> dict[str, int]:
    """How often a post is out, by network; whatever is not there is not in it."""
    said = [post["network"] for post in place.sandbox.posts() if post["text"].splitlines()[0] == title]
    return {network: said.count(network) for network in said}


ONCE = dict.fromkeys((*READ, *BLIND), 1)


def state(place: Place) -> Path:
    return place.root / "config/state"


def kept(place: Place) -> Path:
    copy = place.root / "kept"
    shutil.copytree(state(place), copy)
    return copy


def put_back(place: Place, copy: Path, *, whole: bool) -> None:
    """The ledger alone, or the folder with everything in it."""
    if whole:
        shutil.rmtree(state(place))
        shutil.copytree(copy, state(place))
        return
    for old in state(place).glob("ledger.sqlite3*"):
        old.unlink()
    for file in copy.glob("ledger.sqlite3*"):
        shutil.copy(file, state(place))


def settled(place: Place, hours: int = 2) -> Ran:
    """Runs until nothing more comes of it: the last."""
    ran = place.crosspost("run")
    for _ in range(hours):
        place.clock.pass_by(hours=1)
        ran = place.crosspost("run")
    return ran
