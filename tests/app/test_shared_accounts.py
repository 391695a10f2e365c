"""Sites that share an account, at work at the same time: one limit, one pause, one turn, and nothing said twice."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crosspost.app import loading
from crosspost.app.application import App
from crosspost.app.ledger_access import open_ledger
from crosspost.ledger import Ledger
from crosspost.ledger.postgresql.account_locks import SharedTurns
from crosspost.ledger.postgresql.address import Address
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.postgresql_server import Server
from tests.several_sites import Sites


@pytest.fixture
def sites(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Sites:
    """Two sites that have said nothing yet, after their first run."""
    made = Sites(Place(tmp_path, sandbox, networks=("mastodon", "x"), clock=clock), {"club": "", "youth": ""})
    made.place.name_the_ledger()
    assert made.place.crosspost("run").code == 0
    return made


def app_of(sites: Sites, name: str) -> App:
    return loading.load(config=sites.place.config, site=Path(name), environ={}, clock=sites.place.clock)


@pytest.fixture
def ledgers(sites: Sites) -> "dict[str, Ledger]":
    found = {name: open_ledger(app_of(sites, name)) for name in sites.tables}
    yield found  # type: ignore[misc]
    for ledger in found.values():
        ledger.close()


def test_a_pause_of_another_site_counts_from_the_next_look(sites: Sites, ledgers: "dict[str, Ledger]") -> None:
    club, youth = ledgers["club"], ledgers["youth"]
    until = sites.place.clock() + timedelta(minutes=15)
    youth.note("x", paused_until=until, paused_for="rate", paused_why="x: X says: too many requests")
    assert club.elsewhere.look("x")
    assert not club.elsewhere.look("bluesky"), "no other site has it"
    assert club.account("x").paused_until == until
    assert club.account("mastodon").paused_until is None


def test_of_several_pauses_the_longest_counts_and_none_that_is_over_or_a_site_s_own(
    sites: Sites, ledgers: "dict[str, Ledger]"
) -> None:
    now, club, youth = sites.place.clock(), ledgers["club"], ledgers["youth"]

    def heard(minutes: int, why: str) -> "datetime | None":
        youth.note("x", paused_until=now + timedelta(minutes=minutes), paused_for=why, paused_why="X says: no")
        club.elsewhere.look("x")
        return club.account("x").paused_until

    assert heard(-1, "rate") is None
    assert heard(5, "auth") is None, "a login is refused to each site by itself"
    assert heard(20, "trouble") == now + timedelta(minutes=20)
    assert "its server was in trouble" in club.account("x").paused_why
    assert heard(5, "rate") == now + timedelta(minutes=20)
    assert heard(30, "rate") == now + timedelta(minutes=30)
    assert "X says" not in club.account("x").paused_why, "what went wrong there is not for everybody"


def test_what_two_other_sites_know_is_put_together(sites: Sites, ledgers: "dict[str, Ledger]") -> None:
    sites.add("third")
    assert sites.place.crosspost("run").code == 0
    third = open_ledger(app_of(sites, "third"))
    for name, account, minutes in (("club", "x", 9), ("youth", "x", 5), ("youth", "mastodon", 7)):
        until = sites.place.clock() + timedelta(minutes=minutes)
        ledgers[name].note(account, paused_until=until, paused_for="rate")
    third.close()
    third = open_ledger(app_of(sites, "third"))
    rests = {account: third.account(account).paused_until for account in ("x", "mastodon")}
    third.close()
    assert rests == {
        account: sites.place.clock() + timedelta(minutes=minutes) for account, minutes in (("x", 9), ("mastodon", 7))
    }


def test_what_another_site_says_meanwhile_counts_for_the_gap(sites: Sites, ledgers: "dict[str, Ledger]") -> None:
    club = ledgers["club"]
    assert club.moments("x", planned=False) == []
    sites.post("youth", "fair")
    assert sites.place.crosspost("run", "--site", "youth").code == 0
    club.elsewhere.look("x")
    assert len(club.moments("x", planned=False)) == 1
    assert club.elsewhere.moments("bluesky") == club.elsewhere.said("bluesky", "bluesky") == []
    assert club.elsewhere.waiting("bluesky", sites.place.clock()) == 0


def test_the_same_words_of_two_sites_are_said_once_where_that_is_forbidden(sites: Sites) -> None:
    for name in sites.tables:
        said = 'crosspost: { x: { text: "Frohe Weihnachten euch allen!" } }\n'
        sites.post(name, "christmas", said=said)
    ran = sites.place.crosspost("run")
    on_x = [post for post in sites.place.sandbox.posts() if post["network"] == "x"]
    assert len(on_x) == 1
    assert len([post for post in sites.place.sandbox.posts() if post["network"] == "mastodon"]) == 2
    assert "another site of this installation has said the same" in ran.out + ran.err
    assert "`text` under `crosspost: x:`" in " ".join((ran.out + ran.err).split())


def test_two_sites_do_not_work_on_one_account_at_the_same_time(sites: Sites, ledgers: "dict[str, Ledger]") -> None:
    sites.post("youth", "fair")
    assert ledgers["club"].turns.take("x")
    try:
        sites.place.crosspost("run", "--site", "youth")
        assert sites.out() == [("youth", "mastodon", "fair")]
    finally:
        ledgers["club"].turns.give_back("x")
    sites.place.crosspost("run", "--site", "youth")
    assert sites.out() == [("youth", "mastodon", "fair"), ("youth", "x", "fair")]


def test_turns_are_those_of_all_schemas_of_a_database(server: Server, tmp_path: Path) -> None:
    url = server.address(server.new_database())
    addresses = [Address(f"{url}&options=-csearch_path%3D{name}", tmp_path / name) for name in ("public", "pg_catalog")]
    one, other = map(SharedTurns, addresses)
    try:
        assert one.take("x")
        assert not other.take("x")
        one.give_back("x")
        assert other.take("x")
    finally:
        one.close()
        other.close()


def test_what_a_network_said_of_its_limit_is_known_to_both(sites: Sites) -> None:
    sites.post("youth", "fair")
    assert sites.place.crosspost("run", "--site", "youth").code == 0
    sites.place.crosspost("run", "--site", "club")
    facts = []
    for name in sites.tables:
        ledger = open_ledger(app_of(sites, name), read_only=True)
        facts.append(ledger.fact("limits:mastodon"))
        ledger.close()
    assert facts[0] == facts[1] != ""
