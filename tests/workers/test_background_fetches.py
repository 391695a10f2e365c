"""Posts that are fetched from a git server that takes its time, while a worker has other sites to send for."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.app.application import App
from crosspost.errors import ConfigError
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from crosspost.workers.background_fetches import BackgroundFetches
from crosspost.workers.worker_sites import Sites
from tests.app.fetched.fetched_posts import at


class Server:
    """Gives the newest posts when the test lets it; ``fails`` is what it says instead."""

    def __init__(self) -> None:
        self.let, self.asked, self.fails = threading.Event(), list[App](), ""
        self.begun = threading.Semaphore(0)

    def __call__(self, app: App) -> App:
        self.asked.append(app)
        self.begun.release()
        assert self.let.wait(60)
        if self.fails:
            raise ConfigError(self.fails)
        return newer(app)


def newer(app: App) -> App:
    return App(settings=app.settings, site=app.site / "newer", credentials=app.credentials, clock=app.clock)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.let.set()


@pytest.fixture
def read(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Callable[..., App]:
    """A site at a git address, of which something was fetched before or nothing."""
    place = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
    at(place, 'git = "https://git.example/site.git"')

    def app(*, before: bool = True, **site: Any) -> App:
        said = place.app.settings
        assert said is not None
        said = msgspec.structs.replace(said, site=msgspec.structs.replace(said.site, **site))
        folder = tmp_path if before else tmp_path / "nothing-yet"
        return App(settings=said, site=folder, credentials=place.app.credentials, clock=clock)

    return app


def test_what_was_fetched_before_serves_while_the_newest_takes_long(server: Server, read: Callable[..., App]) -> None:
    fetches, app = BackgroundFetches(server, moment=0), read()
    assert [fetches.app("a", app) for _ in range(3)] == [app] * 3
    assert server.begun.acquire(timeout=60)
    assert len(server.asked) == 1, "one fetch of a site at a time"
    fetches.app("b", app)
    assert server.begun.acquire(timeout=60), "another site waits for nothing"
    server.let.set()
    patient = BackgroundFetches(server, moment=60)
    assert [patient.app("a", app).site.name for _ in range(2)] == ["newer", "newer"]
    assert len(server.asked) == 4, "what arrived is not kept: each asks for the newest"


def test_nothing_is_sent_before_the_first_posts_are_there(server: Server, read: Callable[..., App]) -> None:
    fetches, app = BackgroundFetches(server, moment=0), read(before=False)
    with pytest.raises(ConfigError, match=r"still being fetched from https://git\.example/site\.git"):
        fetches.app("a", app)
    server.fails = "the server says no"
    server.let.set()
    assert fetches._going_on["a"].exception(60)
    with pytest.raises(ConfigError, match="the server says no"):
        fetches.app("a", app)
    server.fails = ""
    assert BackgroundFetches(server, moment=60).app("a", app).site.name == "newer"
    assert not fetches._going_on, "how it failed is told once, then it is tried again"


def test_of_several_sites_none_waits_for_a_git_server_and_the_only_one_does(
    server: Server, read: Callable[..., App]
) -> None:
    app, folder = read(), read(git="")
    several = Sites(lambda: [("far", app), ("near", folder)], server)
    several.names()
    assert (several.app("near"), several.app("far")) == (folder, app)
    server.let.set()
    assert Sites(lambda: [("", app)], server).app("site").site.name == "newer"
    assert folder not in server.asked
