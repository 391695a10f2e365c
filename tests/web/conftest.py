"""A served dashboard over a place with posts that are out, planned, failed and in doubt."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Place
from crosspost.web import serving
from tests.web.client import Client

#: a title that would do something, were it not text
HOSTILE = "<img src=x onerror=alert(1)> \\u202Eevil & {{ 7*7 }}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path_factory.mktemp("web"), sandbox, networks=("mastodon", "x"))
        place.new_post("2026-11-21-feindlich", POST.replace("Grüße aus dem Tal", f'"{HOSTILE}"'))
        place.crosspost("run", "--backfill")
        for day in range(1, 8):
            place.new_post(f"2026-11-{day:02}-spaeter-{day}")
        place.crosspost("run")
        yield place


@pytest.fixture(scope="module")
def doubted(place: Place) -> Place:
    """The first delivery is in doubt, and the second has failed."""
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as ledger, ledger:
        gone = "url = '', sent_at = NULL"
        ledger.execute(f"UPDATE deliveries SET state = 'unknown', error = 'no answer in time', {gone} WHERE id = 1")
        ledger.execute(f"UPDATE deliveries SET state = 'failed', error = '<b>422</b> too long', {gone} WHERE id = 2")
    ledger.close()
    return place


@pytest.fixture(scope="module")
def port(doubted: Place) -> Iterator[int]:
    with serving.beside(lambda: doubted.app, host="127.0.0.1", port=0) as port:
        yield port


@pytest.fixture
def stranger(port: int) -> Client:
    """Somebody without a session."""
    return Client(port)


@pytest.fixture
def client(port: int, doubted: Place) -> Client:
    """Somebody who came by the link."""
    client = Client(port)
    ticket = serving.sessions_of(doubted.app).link()
    assert client.post("/enter", ticket=ticket).status == 303
    return client


@pytest.fixture
def own_port(own: Place) -> Iterator[int]:
    """Where the place that a file of tests makes for each of them, ``own``, is served."""
    with serving.beside(lambda: own.app, host="127.0.0.1", port=0) as port:
        yield port


@pytest.fixture
def ann(own: Place, own_port: int) -> Client:
    """Somebody who came by the link, to ``own``."""
    client = Client(own_port)
    client.post("/enter", ticket=serving.sessions_of(own.app).link())
    return client


@pytest.fixture
def folder(doubted: Place) -> Path:
    """Where the dashboard keeps its key and users."""
    return doubted.app.ledger_path().with_suffix(".web")
