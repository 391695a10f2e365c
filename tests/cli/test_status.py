"""``crosspost status`` and ``crosspost posts``: what is out with its links, when things happen, what is old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.app import preview_model
from crosspost.app.doctor import site_check as doctor_site
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import NETWORKS, Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An old post, one that is out, one that is still to come; all on a Sunday at one o'clock in Berlin."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = Place(tmp_path, sandbox, clock=clock)
    made.crosspost("run")
    made.new_post("2026-11-22-neu")
    made.crosspost("run")
    made.new_post("2026-11-22-spaeter", '---\ntitle: Später\ncrosspost: {at: "2026-11-23 17:06"}\n---\nText\n')
    made.crosspost("run")
    return made


def links(place: Place) -> dict[str, str]:
    return {row["account"]: row["url"] for row in place.crosspost("history", "--json").json}


def test_status_shows_the_links_of_what_is_out(place: Place) -> None:
    ran = place.crosspost("status")
    assert ran.code == 0
    assert set(links(place)) == set(NETWORKS)
    assert all(url in ran.out for url in links(place).values())
    latest = place.crosspost("status", "--json").json["latest"]
    assert {(row["account"], row["state"], row["url"]) for row in latest} == {
        (account, "sent", url) for account, url in links(place).items()
    }


def test_times_are_words_in_the_sites_zone(place: Place) -> None:
    out = place.crosspost("status").out
    assert "x (sandbox), mastodon (sandbox), facebook (sandbox): tomorrow 17:06" in out, (
        "said once, not once an account"
    )
    place.clock.now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert "today 17:06 (in 2 hours)" in place.crosspost("status").out


def test_a_pause_ends_at_a_time_in_words(place: Place) -> None:
    place.sandbox.fault("x", "429", retry_after=29 * 3600)
    place.new_post("2026-11-22-noch-eins")
    ran = place.crosspost("run").out
    out = place.crosspost("status").out
    for told in (ran, out):
        assert "the account is paused until tomorrow 18:00: X says: Too Many Requests" in " ".join(told.split())
        assert "tried again soon" not in told, "its delivery is due before that, and waits for the end of the pause"
    assert "x (sandbox) is paused until tomorrow 18:00: " in out
    assert any("paused until tomorrow 18:00: " in one.said for one in doctor_site.ledger(place.app))
    place.clock.now += timedelta(hours=28, minutes=50)
    assert "x (sandbox) is paused for 10 minutes: " in place.crosspost("status").out


def test_posts_shows_what_is_out_where_and_what_is_old(place: Place) -> None:
    place.new_post("2999-01-01-zukunft")
    rows = {row["id"]: row for row in place.crosspost("posts", "--json").json}
    assert {name: row["state"] for name, row in rows.items()} == {
        "gruesse": "old",
        "neu": "sent",
        "spaeter": "ready",
        "2999-01-01-zukunft.md" if "2999-01-01-zukunft.md" in rows else "zukunft": "skipped",
    }
    assert {one["account"]: one["url"] for one in rows["neu"]["out"]} == links(place)
    assert rows["spaeter"]["out"] == []
    out = place.crosspost("posts").out
    assert all(url in out for url in links(place).values())
    assert [line.split()[0] for line in out.splitlines() if line[0] != " "].count("sent") == 1


def test_a_renamed_file_is_still_the_post_that_is_out(place: Place) -> None:
    (place.root / "site/_posts/2026-11-22-neu.md").rename(place.root / "site/_posts/2026-11-22-anders.md")
    states = [row["state"] for row in place.crosspost("posts", "--json").json]
    assert sorted(states) == ["old", "ready", "sent"]


def test_counts_do_not_call_old_posts_to_publish(place: Place) -> None:
    (found,) = [
        one for one in place.crosspost("doctor", "--offline", "--json").json["findings"] if one["about"] == "site"
    ]
    assert found["said"].endswith("3 posts: 1 out, 1 old, 1 to go out; 0 skipped, 0 refused")
    lines = place.crosspost("status").out.splitlines()
    assert lines[0].split() == ["account", "sent", "later", "in", "doubt", "waits", "failed", "old", "who"]
    assert lines[1].split()[:8] == ["x", "(sandbox)", "1", "1", "0", "0", "0", "1"]


def test_posts_can_be_listed_without_a_ledger_that_can_be_read(place: Place) -> None:
    (place.root / "config/state/ledger.sqlite3").write_bytes(b"x" * 5000)
    ran = place.crosspost("posts")
    assert (ran.code, ran.out.count("ready")) == (0, 3)
    assert "damaged" in ran.err


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_does_not_exist_is_null_and_not_zero(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path / "b", sandbox, networks=("newsletter", "x", "instagram"), clock=clock)
    file = place.new_post("2026-11-22-ohne-bild")
    rows = {row["account"]: row for row in place.crosspost("preview", str(file), "--json").json[0]["accounts"]}
    assert (rows["newsletter"]["limit"], rows["x"]["limit"]) == (None, 280)
    (card,) = rows["instagram"]["images"]
    assert (card["title_card"], card["source_bytes"], card["source_width"], card["source_height"]) == (
        True,
        None,
        None,
        None,
    )
    refused = preview_model.row(preview_model.AccountPreview(network=place.network("newsletter"), error="no"))
    assert (refused["length"], refused["limit"]) == (None, None), "nothing is said, so it has no length"
