"""Signs that a ledger may be an older copy are weak: what no account shows at once proves nothing."""

import re
from pathlib import Path

import msgspec
import pytest

from crosspost.ledger import location as places
from crosspost.model import Prepared
from crosspost.testing.harness import Place
from tests.cli.older_ledgers import BLIND, ONCE, after_the_first_run, kept, put_back, settled, times


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    return after_the_first_run(place, monkeypatch)


# ── weak signs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_start_of_the_machine_accounts_are_looked_at_and_nothing_is_held(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot of the whole machine: ledger, marks and all are those of before."""
    monkeypatch.setenv("XDG_STATE_HOME", str(place.root / "config/state/home"))  # goes back with the rest
    place.crosspost("ledger", "adopt")
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    place.clock.pass_by(hours=3)
    put_back(place, copy, whole=True)
    boot = tmp_path / "boot_id"
    boot.write_text("another start")
    monkeypatch.setattr(places, "_BOOT", boot)
    ran = place.crosspost("run")
    assert ran.code == 0, ran.err
    assert times(place, "eins") == ONCE | dict.fromkeys(BLIND, 2), "where nobody can look, nothing tells"
    before = len(place.sandbox.requests_to("mastodon"))
    place.new_post("2026-11-21-zwei")
    place.crosspost("run")
    looks = [
        r
        for r in place.sandbox.requests_to("mastodon")[before:]
        if r["path"].endswith("/statuses") and r["method"] == "GET"
    ]
    assert looks == [], "once a start of the machine"
    assert times(place, "zwei") == ONCE


def test_what_was_sent_a_moment_ago_and_is_not_shown_yet_is_waited_for(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """X shows a post up to two minutes late: until then that it is not there proves nothing."""
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    put_back(place, copy, whole=False)
    late = [post for post in place.sandbox.store.posts if post.network == "x"]
    for post in late:
        post.deleted = True
    place.crosspost("run")
    assert "x: what was sent a moment ago may not be shown yet" in caplog.text
    for post in late:
        post.deleted = False
    settled(place)
    assert times(place, "eins") == ONCE


def test_more_posts_than_a_look_shows_prove_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person has said much by hand since: what the account shows does not reach back to the post."""
    monkeypatch.setattr("crosspost.networks.post_search.PAGES", 1)
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    place.clock.pass_by(minutes=30)
    mastodon = place.network("mastodon")
    for number in range(41):
        draft = msgspec.structs.replace(mastodon.draft(place.the_post()), text=f"Von Hand {number}", images=(), link="")
        mastodon.publish(Prepared(draft=draft, handle=f"by hand {number}"))
    put_back(place, copy, whole=False)
    settled(place)
    assert times(place, "eins") == ONCE
    assert "more posts than were read" in " ".join(place.crosspost("status").out.split())


@pytest.mark.parametrize("whole", [False, True], ids=["the file", "the folder"])
def test_a_newsletter_that_was_under_way_writes_to_nobody_twice(place: Place, whole: bool) -> None:
    """One mail a run: the copy is made after the first person's, and put back after the second's."""
    people = ("eins@example.org", "zwei@example.org", "drei@example.org")
    place.write("config/people.csv", "\n".join(people))
    text = place.config.read_text("utf-8")
    config = re.sub(r'(?m)^to = ".*"\n', "", text) + 'recipients = "people.csv"\nat_once = 1\n'
    place.config.write_text(config, "utf-8")
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    assert len(mailed(place)) == 1
    copy = kept(place)
    place.clock.pass_by(hours=1)
    place.crosspost("run")
    assert len(mailed(place)) == 2
    put_back(place, copy, whole=whole)
    settled(place)
    assert len(mailed(place)) == len(set(mailed(place))), "nobody has it twice"
    waits = [row for row in place.crosspost("status", "--json").json["open"] if row["account"] == "newsletter"]
    assert [row["state"] for row in waits] == ["held"]


def mailed(place: Place) -> list[str]:
    """Who got the post by mail, once for each mail."""
    return [post["extra"]["to"] for post in place.sandbox.posts("newsletter")]
