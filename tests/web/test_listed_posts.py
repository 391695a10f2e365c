"""Somebody who decides about a doubt sees what is on the account, when they ask for it, and nothing it says acts."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from crosspost.app.deciding import listed_posts
from crosspost.app.ledger_access import open_ledger
from crosspost.ledger import Delivery
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Place
from crosspost.web import serving
from tests.web.client import Client

LISTED = ("mastodon", "x", "facebook", "bluesky", "misskey", "slack", "matrix", "forem", "ntfy", "nostr")
HOSTILE = "'& {{ 7*7 }} \">'"


def doubted(place: Place) -> None:
    """Everything that is out is in doubt now."""
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE deliveries SET state = 'unknown', url = '', receipt = NULL, error = 'no answer'")


def rows(place: Place) -> list[Delivery]:
    ledger = open_ledger(place.app, read_only=True)
    try:
        return ledger.deliveries()
    finally:
        ledger.close()


@pytest.mark.parametrize("network", LISTED)
def test_the_accounts_posts_are_listed(network: str, tmp_path: Path) -> None:
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=(network,))
        place.crosspost("run", "--backfill")
        doubted(place)
        (row, *_) = rows(place)
        seen = listed_posts.look(place.app, row)
    assert seen.found
    assert seen.error == ""
    if network not in ("bluesky", "nostr"):  # these know the post's key, so they list nothing where that is there
        assert any("Grüße aus dem Tal" in post.text for post in seen.posts)
        assert all(post.url.startswith("http") for post in seen.posts)


def test_what_is_not_there_is_shown_beside_what_is(tmp_path: Path) -> None:
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon",))
        place.new_post("2026-11-21-anders", POST.replace("Grüße aus dem Tal", HOSTILE))
        place.crosspost("run", "--backfill")
        doubted(place)
        with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as ledger, ledger:
            ledger.execute("UPDATE deliveries SET draft = replace(draft, 'Grüße aus dem Tal', 'Etwas ganz Neues')")
            ledger.execute("UPDATE deliveries SET draft = replace(draft, 'gruesse', 'neues')")
        number = next(row.id for row in rows(place) if row.draft and "Etwas ganz Neues" in row.draft.text)
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            client = Client(port)
            client.post("/enter", ticket=serving.sessions_of(place.app).link())
            before = len(sandbox.requests)
            assert "See what is on the account now" in client.get(f"/deliveries/{number}").text
            assert len(sandbox.requests) == before, "looking at the page asks nobody"
            text = client.post(f"/deliveries/{number}/look").text
            assert "It was not recognised among these" in text
            assert "&amp; {{ 7*7 }} &#34;&gt;" in text, "what is there is text, and nothing else"
            url = text.partition('name="url" value="')[2].partition('"')[0]
            assert client.post(f"/deliveries/{number}/settle", decision="sent", url=url).status == 303
            assert url in client.get(f"/deliveries/{number}").text
            assert client.post(f"/deliveries/{number}/look").status == 303, "nothing waits there any more"


@pytest.mark.parametrize("fault", ["expired-token", "delay", "500-before", "bad-json"])
def test_a_network_in_trouble_is_told(fault: str, tmp_path: Path) -> None:
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon",))
        place.config.write_text(place.config.read_text("utf-8").replace("timeout = 5", "timeout = 1"), "utf-8")
        place.crosspost("run", "--backfill")
        doubted(place)
        (row,) = rows(place)
        sandbox.fault("mastodon", fault, times=9, match="GET /api/v1/accounts/*/statuses", seconds=5)
        seen = listed_posts.look(place.app, row)
    assert not seen.found
    assert seen.error.startswith("mastodon")
