"""``crosspost plan`` with what is not simply a post: digests, pauses, and what one run leaves for the next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A weekly newsletter, a monthly listmonk and Mastodon, after their first run on a Wednesday."""
    clock.now = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = Place(tmp_path, sandbox, networks=("mastodon", "newsletter", "listmonk"), clock=clock)
    text = made.config.read_text("utf-8").replace("[accounts.newsletter]", '[accounts.newsletter]\ndigest = "weekly"')
    made.config.write_text(text.replace("[accounts.listmonk]", '[accounts.listmonk]\ndigest = "monthly"'), "utf-8")
    assert made.crosspost("run").code == 0
    return made


def setting(place: Place, account: str, line: str) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace(f"[accounts.{account}]\n", f"[accounts.{account}]\n{line}\n"), "utf-8")


def planned(place: Place, *accounts: str) -> list[tuple[str, str, str, str]]:
    lines: list[dict[str, Any]] = place.crosspost("plan", "--json").json
    return [
        (line["at"][5:16], line["post"], line["late"], line["why"]) for line in lines if line["account"] in accounts
    ]


def test_the_next_digest_has_its_moment_and_its_posts(place: Place) -> None:
    nothing = "the weekly digest, 0 posts so far: without any it is left out"
    assert planned(place, "newsletter") == [("11-22T23:00", "digest/newsletter/2026-W47", "skip", nothing)]
    place.new_post("2026-11-18-eins")
    place.crosspost("run")
    place.new_post("2026-11-18-zwei")  # the next run notes it
    place.new_post("2026-11-18-nie", "---\ntitle: Nie\ncrosspost: {newsletter: {skip: true}}\n---\nText\n")
    assert planned(place, "newsletter") == [
        ("11-22T23:00", "digest/newsletter/2026-W47", "send", "the weekly digest, 2 posts so far")
    ]
    assert planned(place, "listmonk") == [
        ("11-30T23:00", "digest/listmonk/2026-11", "send", "the monthly digest, 3 posts so far")
    ]
    calendar = place.root / "plan.ics"
    place.crosspost("plan", "--ics", str(calendar))
    assert "newsletter: the weekly digest\\, 2 posts so far" in calendar.read_text("utf-8")


def test_what_is_promised_is_what_happens(place: Place) -> None:
    place.new_post("2026-11-18-eins")
    place.crosspost("run")
    setting(place, "newsletter", 'slots = ["Mon 09:00"]')  # nobody wants a mail at midnight
    ((at, _, _, why),) = planned(place, "newsletter")
    assert (at, why) == ("11-23T08:00", "the weekly digest, 1 post so far, next slot Mon 09:00")
    place.clock.now = datetime(2026, 11, 22, 23, 5, tzinfo=UTC)
    place.crosspost("run")
    assert place.sandbox.posts("newsletter") == []
    made = [line for line in planned(place, "newsletter") if line[1].endswith("W47")]
    assert made == [("11-23T08:00", "digest/newsletter/2026-W47", "send", "the digest, 1 post, next slot Mon 09:00")]
    place.clock.now = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    place.crosspost("run")
    assert len(place.sandbox.posts("newsletter")) == 1


def test_a_digest_nobody_sent_in_time_goes_with_the_next_run(place: Place) -> None:
    place.new_post("2026-11-18-eins")
    place.crosspost("run")
    place.clock.pass_by(days=6)
    assert planned(place, "newsletter") == [
        ("11-24T12:00", "digest/newsletter/2026-W47", "send", "the weekly digest, 1 post"),
        # the sample post of the twentieth is new to it
        ("11-29T23:00", "digest/newsletter/2026-W48", "send", "the weekly digest, 1 post so far"),
    ]


def test_one_run_sends_so_many_and_the_next_the_rest(place: Place) -> None:
    setting(place, "mastodon", "max_per_run = 2")
    place.config.write_text(place.config.read_text("utf-8") + "[run]\nevery = 30\n", "utf-8")
    for number in range(5):
        place.new_post(f"2026-11-18-beitrag{number}")
    lines = planned(place, "mastodon")
    assert [at[6:] for at, _, _, _ in lines] == ["12:00", "12:00", "12:30", "12:30", "13:00"]
    assert lines[0][3] == "at once"
    assert {why for _, _, _, why in lines[2:]} == {"with the next run, because one run sends at most 2 (max_per_run)"}
    for expected in (2, 4, 5, 5):
        place.crosspost("run")
        assert len(place.sandbox.posts("mastodon")) == expected
        place.clock.pass_by(minutes=30)


def test_a_paused_account_waits(place: Place) -> None:
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    until = place.clock() + timedelta(hours=5)
    ledger.note("mastodon", paused_until=until, paused_for="rate", paused_why="too many")
    ledger.close()
    place.new_post("2026-11-18-eins")
    ((at, _, _, why),) = planned(place, "mastodon")
    assert (at, why) == ("11-18T17:00", "the account is paused until then")
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    ledger.note("mastodon", paused_for="auth")
    ledger.close()
    assert planned(place, "mastodon")[0][3].startswith("the login is refused")


def test_moments_are_in_the_sites_time_zone_as_in_status(place: Place) -> None:
    """Also those of an account without times of its own, and of one that keeps the times of another zone."""
    place.new_post("2026-11-18-spaeter", '---\ntitle: Später\ncrosspost: {at: "2026-11-19 17:06"}\n---\nText\n')
    assert "── tomorrow 17:06\nSpäter (spaeter)\n  goes out  mastodon" in place.crosspost("plan").out
    setting(place, "mastodon", 'timezone = "America/New_York"')
    assert "── tomorrow 17:06\nSpäter (spaeter)\n  goes out  mastodon" in place.crosspost("plan").out
    place.crosspost("run")
    assert "tomorrow 17:06" in place.crosspost("status").out
