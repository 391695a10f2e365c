"""An account that several sites have: its limits, its pauses, and what is told of it."""

import json

import pytest

from tests.several_sites import Sites, run


def shared(sites: Sites, text: str) -> None:
    sites._rest = sites._rest.replace("[accounts.x]\n", f"[accounts.x]\n{text}\n")
    sites.write()


def x(sites: Sites) -> list[str]:
    return [site for site, network, _ in sites.out() if network == "x"]


def test_its_limits_count_for_both(sites: Sites) -> None:
    shared(sites, "max_per_day = 1")
    for name in sites.tables:
        sites.post(name, "new")
    for _ in range(3):
        run(sites)
    assert len(x(sites)) == 1
    sites.place.clock.pass_by(hours=25)
    run(sites)
    assert sorted(x(sites)) == ["club", "youth"]


def test_one_with_many_posts_starves_nobody(sites: Sites) -> None:
    """An importer with a hundred posts on an account that says one a day: the other gets every second day."""
    shared(sites, "max_per_day = 1")
    for number in range(100):
        sites.post("club", f"many{number:03}", said="date: 2026-11-23\n")
    for number in range(3):
        sites.post("youth", f"few{number}", said="date: 2026-11-23\n")
    sites.place.clock.pass_by(days=2)
    for _ in range(6):
        run(sites)
        sites.place.clock.pass_by(hours=25)
    assert sorted(x(sites)) == ["club"] * 3 + ["youth"] * 3


def test_a_pause_of_its_network_counts_for_both(sites: Sites) -> None:
    for name in sites.tables:
        sites.post(name, "new")
    sites.place.sandbox.fault("x", "429", retry_after=1800)
    run(sites, code=1)
    status = json.loads(sites.place.crosspost("status", "--json").out)
    paused = [row["paused_until"] for site in status.values() for row in site["accounts"] if row["account"] == "x"]
    assert len(set(paused)) == 1
    assert paused[0]
    assert x(sites) == []


def test_without_a_shared_account_nobody_looks_at_the_others(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, own in (("club", "mastodon"), ("youth", "bluesky")):
        sites.tables[name] = f'accounts = ["{own}"]'
    sites.write()
    monkeypatch.setattr(
        "crosspost.app.sites.shared_accounts.read_only", lambda _: pytest.fail("looked at another site")
    )
    for name in sites.tables:
        sites.post(name, "new")
    run(sites)
    assert len(sites.out()) == 2


def test_a_message_names_the_table_of_its_site(sites: Sites) -> None:
    sites.tables["youth"] = 'accounts = ["x", "bluesky"]\nsource = "feed"'
    sites.write()
    for arguments in (
        ["run"],
        ["posts", "--site", "youth"],
        ["doctor", "--offline"],
        ["doctor", "--json", "--offline"],
    ):
        ran = sites.place.crosspost(*arguments)
        assert "under [sites.youth]" in " ".join((ran.out + ran.err).split())
        assert "[site]" not in ran.out + ran.err


def test_doctor_says_which_rule_takes_no_post(sites: Sites) -> None:
    config = sites.place.config
    rule = '[accounts.bluesky]\ntakes = { tags = ["jugnd"] }'
    config.write_text(config.read_text("utf-8").replace("[accounts.bluesky]", rule), "utf-8")
    said = " ".join(sites.place.crosspost("doctor", "--offline", "--site", "youth").out.split())
    assert "bluesky takes only posts with the tag “jugnd”; none of 1 post is like that" in said
    assert "correct `takes` and `leaves_out` under [accounts.bluesky]" in said
    assert "takes only" not in sites.place.crosspost("doctor", "--offline", "--site", "club").out
