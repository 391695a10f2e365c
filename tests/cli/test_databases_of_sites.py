"""Several sites with their ledgers in PostgreSQL, as commands meet them."""

from pathlib import Path

import pytest

from crosspost.config.sites import MAIN
from crosspost.testing.harness import Place
from tests.cli.databases import at
from tests.postgresql_server import Server
from tests.several_sites import Sites

pytestmark = pytest.mark.long


def test_the_ledgers_of_all_sites_move_each_to_its_place(place: Place, server: Server, tmp_path: Path) -> None:
    import psycopg

    url = server.address(server.new_database())
    sites = Sites(place, {"club": "", "youth": ""})
    place.crosspost("run")
    sites.post("club", "new")
    place.crosspost("run")
    before = place.crosspost("status").out
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "club"')
        partly = place.crosspost("ledger", "copy", "--to", url)
        assert partly.code == 1
        assert "not every ledger was moved. Leave [state] in the config as it is" in " ".join(partly.err.split())
        connection.execute('CREATE SCHEMA "youth"')
    moved = place.crosspost("ledger", "copy", "--to", url)
    assert (moved.code, moved.err) == (0, "")
    assert f'Before the next run, write `database = "{url}"` under [state]' in " ".join(moved.out.split())
    text = place.config.read_text("utf-8")
    at(place, url)
    assert place.crosspost("status").out == before
    assert place.crosspost("run").out.count("Nothing is due.") == 2
    back = tmp_path / "back/ledger.sqlite3"
    one = place.crosspost("ledger", "copy", "--site", "club", "--to", str(back))
    assert "move the others before you change it: youth." in " ".join(one.out.split())
    assert place.crosspost("ledger", "copy", "--to", str(back)).code == 0
    place.config.write_text(f'{text}\n[state]\nledger = "{back}"\n', "utf-8")
    assert place.crosspost("status").out == before
    assert place.crosspost("ledger", "verify").out.count("is whole") == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("public", "what all sites share is in the schema `public`"),
        ("postgres", "what all sites share is in the schema `postgres`"),  # the user's own comes before public
        ("pg_club", "PostgreSQL keeps the schema `pg_club` to itself"),
        ("c" * 64, "has 63 characters at most, as its schemas have; this one has 64"),
    ],
)
def test_no_two_sites_have_one_ledger(place: Place, server: Server, name: str, said: str) -> None:
    database = server.new_database()
    sites = Sites(place, {MAIN: "", name: ""})
    if name == "postgres":
        server.ask("CREATE SCHEMA postgres", database)
    at(place, server.address(database))
    ran = place.crosspost("run")
    assert ran.code == 2
    told = " ".join(ran.err.split())
    assert f"{name}: " in told
    assert said in told
    sites.post(MAIN, "new")
    assert "sent      mastodon" in place.crosspost("run").out, "the others go on"


def test_each_of_several_sites_is_in_the_schema_of_its_name(place: Place, server: Server) -> None:
    import psycopg

    url = server.address(server.new_database())
    sites = Sites(place, {"club": "", "Youth-2": ""})
    at(place, url)
    missing = place.crosspost("run")
    assert missing.code == 1
    assert '`CREATE SCHEMA "Youth-2"` makes one' in " ".join(missing.err.split())
    with psycopg.connect(url, autocommit=True) as connection:
        for name in sites.tables:
            connection.execute(f'CREATE SCHEMA "{name}"'.encode())
    assert place.crosspost("run").code == 0
    for name in sites.tables:
        sites.post(name, "new")
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert sorted({(site, title) for site, _, title in sites.out()}) == [("Youth-2", "new"), ("club", "new")]
    assert len(sites.out()) == 6
    at(place, f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dpublic")
    assert "has `options` in it" in " ".join(place.crosspost("run").err.split())
