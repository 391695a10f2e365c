"""``crosspost cancel``: what waits does not go out, whoever runs afterwards; what is out stays out."""

import re

import pytest

from crosspost.testing.harness import NETWORKS, Place

FILE = "site/_posts/2026-11-22-neu.md"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    config = place.config.read_text("utf-8").replace("timeout = 5", 'timeout = 5\ndelay = "10m"')
    place.config.write_text(config, "utf-8")
    place.crosspost("run")
    place.new_post("2026-11-22-neu")


def runs(place: Place, *minutes: int) -> int:
    """How many posts are out after runs with so many minutes before each."""
    for number in minutes:
        place.clock.pass_by(minutes=number)
        place.crosspost("run")
    return len(place.sandbox.posts())


def cancelled(said: str) -> int:
    """Of how many accounts the output says so."""
    lines = [line for line in said.splitlines() if line.split()[:1] == ["cancelled"]]
    return sum(name in line.split(":")[0] for line in lines for name in NETWORKS)


def test_a_delay_is_counted_from_when_the_post_was_found(place: Place) -> None:
    ran = place.crosspost("run")
    (line,) = [line for line in ran.out.splitlines() if "10 min after the post (delay)" in line]
    assert [name in line for name in NETWORKS] == [True] * 3
    assert "`crosspost cancel FILE` stops a post as long as it waits" in ran.out
    assert runs(place, 5, 4) == 0
    assert runs(place, 2) == 3


def test_a_post_that_waits_is_cancelled_for_good(place: Place) -> None:
    place.crosspost("run")
    ran = place.crosspost("cancel", FILE)
    assert ran.code == 0
    assert cancelled(ran.out) == 3
    assert runs(place, 11, 60, 60 * 24) == 0
    assert "neu" not in place.crosspost("plan").out
    again = place.crosspost("cancel", FILE, "--json")
    assert again.code == 0
    assert {row["state"] for row in again.json["deliveries"]} == {"skipped"}


def test_it_may_be_cancelled_before_any_run_has_seen_it(place: Place) -> None:
    assert cancelled(place.crosspost("cancel", FILE).out) == 3
    assert runs(place, 0, 11, 60) == 0


def test_only_for_one_account(place: Place) -> None:
    place.crosspost("run")
    place.crosspost("cancel", FILE, "--to", "x")
    assert runs(place, 11) == 2
    assert place.sandbox.posts("x") == []


def test_it_goes_out_after_all_when_a_person_asks(place: Place) -> None:
    place.crosspost("run")
    place.crosspost("cancel", FILE)
    assert place.crosspost(FILE).code == 0
    assert len(place.sandbox.posts()) == 3
    assert runs(place, 11, 60) == 3


def test_what_is_out_is_not_touched(place: Place) -> None:
    place.crosspost(FILE, "--to", "mastodon")
    place.crosspost("run")
    ran = place.crosspost("cancel", FILE)
    assert ran.code == 3
    assert re.search(r"is out +mastodon .*`crosspost unpublish FILE`", ran.out)
    assert cancelled(ran.out) == 2
    assert runs(place, 11) == 1


def test_what_may_be_out_is_not_touched(place: Place) -> None:
    place.sandbox.fault("mastodon", "cut-after")
    place.sandbox.fault("mastodon", "500-before", times=9, match="GET")
    place.crosspost(FILE, "--to", "mastodon")
    ran = place.crosspost("cancel", FILE, "--to", "mastodon")
    assert ran.code == 3
    assert re.search("may be out|is out", ran.out)
    assert "cancelled" not in ran.out
    runs(place, 11, 60, 60)
    assert len(place.sandbox.posts("mastodon")) == 1


def test_the_file_may_be_gone_and_the_id_will_do(place: Place) -> None:
    place.crosspost("run")
    (place.root / FILE).unlink()
    assert cancelled(place.crosspost("cancel", "neu").out) == 3
    place.new_post("2026-11-22-neu")
    assert runs(place, 11, 60) == 0


def test_a_post_nobody_knows_is_told(place: Place) -> None:
    ran = place.crosspost("cancel", "site/_posts/2026-11-22-nie.md")
    assert ran.code == 2
    assert "does not know this post" in ran.err


def test_what_waits_for_a_digest_is_cancelled_too(place: Place) -> None:
    secrets = place.sandbox.accounts()["newsletter"]
    settings = 'sender = "a@example.org"\nto = "liste@example.org"\n'
    text = place.config.read_text("utf-8")
    mail = f'\n[accounts.newsletter]\nbase_url = "{secrets["base_url"]}"\ndigest = "weekly"\n{settings}'
    place.config.write_text(text + mail, "utf-8")
    place.crosspost("run")
    place.new_post("2026-11-22-zwei")
    place.crosspost("run")
    assert "cancelled" in place.crosspost("cancel", "site/_posts/2026-11-22-zwei.md", "--to", "newsletter").out
    runs(place, 60 * 24 * 8)
    assert place.sandbox.posts("newsletter") == []


def test_it_never_races_with_a_run(place: Place) -> None:
    from crosspost.ledger import run_lock

    lock = place.root / "config/state/ledger.sqlite3.lock"
    place.crosspost("run")
    with run_lock(lock, 0), pytest.MonkeyPatch.context() as patch:
        patch.setattr("crosspost.app.ledger_access.lock", lambda _house, wait=0: run_lock(lock, 0))
        ran = place.crosspost("cancel", FILE)
    assert ran.code == 1
    assert "nothing was changed" in ran.err
    assert runs(place, 11) == len(NETWORKS)
