"""Sites of which one is fetched from a git server: no other one waits for that server."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.app import loading
from crosspost.app.application import App
from crosspost.app.fetched import fetched_site as fetched
from crosspost.app.sites import arrivals
from crosspost.errors import ConfigError
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.fetched.fetched_posts import POST
from tests.git_server import Repository
from tests.several_sites import Sites, run


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server to which one can connect, and that never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/site.git"


@pytest.fixture
def sites(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, silent: str) -> Sites:
    """The first one is fetched, and shares its account with the last one."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = Place(tmp_path, sandbox, networks=("x", "mastodon"), clock=clock)
    made = Sites(place, {"near": 'accounts = ["mastodon"]', "beside": 'accounts = ["x"]'})
    fetched_from(made, silent)
    return made


def fetched_from(sites: Sites, address: str) -> None:
    more = f'[sites.far]\ngit = "{address}"\ngit_every = 0\nlive_check = false\naccounts = ["x"]\n'
    sites.write()
    sites.place.config.write_text(more + sites.place.config.read_text("utf-8"), "utf-8")


def loaded(sites: Sites) -> "list[tuple[str, App | ConfigError]]":
    return loading.load_each(
        config=sites.place.config, site=None, environ=os.environ, clock=sites.place.clock, fetch=True, waits=False
    )


def test_only_sites_with_its_account_wait_for_one_that_is_fetched_and_not_for_long(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = threading.Event()

    def fetch(app: App) -> App:
        assert there.wait(60)
        return app

    coming = arrivals.arriving(loaded(sites), fetch)
    assert next(coming)[0] == "near"
    there.set()
    assert [name for name, _ in coming] == ["far", "beside"]

    there.clear()
    monkeypatch.setattr(arrivals, "_COURTESY", 0)
    coming = arrivals.arriving(loaded(sites), fetch)
    assert [next(coming)[0] for _ in range(2)] == ["near", "beside"]
    there.set()
    assert [name for name, _ in coming] == ["far"]


def test_a_run_that_ends_begins_no_more_fetches(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_AT_ONCE", 1)
    far = next(app for name, app in loaded(sites) if name == "far")
    begun, there, ended = list[App](), threading.Event(), threading.Event()

    def fetch(app: App) -> App:
        begun.append(app)
        assert there.wait(60)
        ended.set()
        return app

    coming = arrivals.arriving([("wrong", ConfigError("so")), ("far", far), ("farther", far)], fetch)
    assert next(coming)[0] == "wrong"
    coming.close()  # type: ignore[attr-defined]  # it is a generator
    (pool,) = [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]
    there.set()
    pool.join(60)
    assert ended.is_set()
    assert len(begun) == 1


def test_a_server_that_never_answers_holds_up_its_own_site_only(
    sites: Sites, monkeypatch: pytest.MonkeyPatch, repository: Repository
) -> None:
    monkeypatch.setattr(arrivals, "_COURTESY", 0)
    patience = fetched.PATIENCE
    monkeypatch.setattr(fetched, "PATIENCE", 0.5)
    said = run(sites, code=2)
    assert "took longer than 0.5 seconds" in " ".join(said.split())
    for name in sites.tables:
        sites.post(name, "new")
    run(sites, code=2)
    assert sites.out() == [("beside", "x", "new"), ("near", "mastodon", "new")]

    monkeypatch.setattr(fetched, "PATIENCE", patience)  # a busy machine takes its time with a server that answers
    fetched_from(sites, repository.url)
    run(sites)
    repository.write("_posts/2026-11-20-fresh.md", POST.format("fresh"))
    repository.push()
    run(sites)
    assert ("?", "x", "fresh") in sites.out()


def test_a_server_that_fails_is_asked_more_and_more_seldom(
    sites: Sites, monkeypatch: pytest.MonkeyPatch, repository: Repository
) -> None:
    fetched_from(sites, repository.url)
    run(sites)
    repository.broken = True
    asked = []
    for _ in range(6):
        before = len(repository.asked)
        run(sites)  # ten minutes later
        asked.append(len(repository.asked) > before)
    assert asked == [True, True, True, False, True, False]


def test_not_there_is_what_was_never_fetched_and_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def site(name: str, *, git: str = "https://git.example.org/a.git", there: bool = False, said: str = "") -> Any:
        if there:
            (tmp_path / name).mkdir()
        settings = SimpleNamespace(site=SimpleNamespace(git=git))
        return name, SimpleNamespace(settings=settings, site=tmp_path / name, said=said)

    def failed(app: Any) -> Any:
        return SimpleNamespace(said=app.said) if app.said else None

    monkeypatch.setattr(arrivals, "unfetched", failed)
    sites = [
        ("wrong", ConfigError("line 3")),
        ("without", SimpleNamespace(settings=None)),
        site("folder", git="", said="never asked"),
        site("first", said="no connection"),
        site("old", there=True, said="no connection"),  # what was fetched before is there
        site("new"),  # nobody has tried yet
        site("last", said="no such branch"),
    ]
    assert arrivals.not_there(sites) == {"first": "no connection", "last": "no such branch"}
