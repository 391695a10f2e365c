"""One account of a scripted network with one post, planned, out or in doubt; a site of four of which two are out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs
from tests.delivery.kept_day import KEEPING, Day
from tests.delivery.listing import Site
from tests.delivery.looking import doubtful
from tests.delivery.scripted import Quick


@pytest.fixture
def quick(tmp_path: Path, clock: Clock) -> Iterator[Quick]:
    made = Quick(tmp_path, clock)
    made.write()
    yield made
    made.ledger.close()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    made = Site(tmp_path, clock)
    made.write("a", "b", "c", "d")
    made.look()
    made.send("a", "b")
    made.look()
    yield made
    made.ledger.close()


@pytest.fixture
def one_published(tmp_path: Path, clock: Clock) -> Quick:
    """One account that can change and take back, and its post is out."""
    quick = Quick(tmp_path, clock, edit=True, delete=True)
    quick.write()
    quick.run()
    return quick


@pytest.fixture
def publish_on(tmp_path: Path, clock: Clock) -> Callable[..., Quick]:
    """A post that is out, with an alternative text for every ability."""

    def make(*accounts: str, **able: Any) -> Quick:
        quick = Quick(tmp_path, clock, *accounts, **{"edit": True, "delete": True} | able)
        quick.write()
        for name in "bcde":  # a site has more than one post
            quick.write(name)
        quick.run(most=9)
        assert quick.detect() == []
        return quick

    return make


@pytest.fixture
def published(publish_on: Callable[..., Quick]) -> Quick:
    return publish_on()


@pytest.fixture
def doubted(tmp_path: Path, clock: Clock) -> Quick:
    """A planned post, and a doubt about everything until now."""
    return doubtful(Quick(tmp_path, clock))


@pytest.fixture
def runs(place: Place) -> Iterator[Runs]:
    made = Runs(place)
    yield made
    made.ledger.close()


@pytest.fixture(params=KEEPING)
def day(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Day:
    return Day(
        Place(tmp_path, sandbox, networks=(request.param,), clock=clock, more='ahead = "1 day"\n'), request.param
    )
