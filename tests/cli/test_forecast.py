"""What a dry run says is what the run then does: first runs, backfill, limits, schedules, digests."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

HOLD = '---\ntitle: Später\ncrosspost: {at: "2026-12-24 09:00"}\n---\nText\n'
NOT_X = "---\ntitle: Nicht auf X\ncrosspost: {x: {skip: true}}\n---\nText\n"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = Place(tmp_path, sandbox, networks=("x", "mastodon", "newsletter"), clock=clock)
    for number in range(8):
        made.new_post(f"2026-0{number + 1}-01-post{number}")
    made.new_post("2026-09-01-nicht-auf-x", NOT_X)
    made.new_post("2026-09-02-spaeter", HOLD)
    made.new_post("2026-09-03-kaputt", "---\ntitle: A: B\n---\n\nT\n")
    return made


def configured(place: Place, *lines: str, run: str = "") -> None:
    text = place.config.read_text("utf-8").replace("[accounts.mastodon]\n", "[accounts.mastodon]\n" + "\n".join(lines))
    place.config.write_text(f"{text}\n[run]\n{run}\n", "utf-8")


def foretold(place: Place, *arguments: str) -> list[tuple[str, str]]:
    found = place.crosspost("run", "--dry-run", "--json", *arguments).json
    return sorted((row["account"], row["post"]) for row in found["deliveries"])


def done(place: Place, *arguments: str) -> list[tuple[str, str]]:
    rows = place.crosspost("run", "--json", *arguments).json["deliveries"]
    return sorted((row["account"], row["post"]) for row in rows if row["state"] == "sent")


@pytest.mark.parametrize(
    ("run", "asked", "account"),
    [
        ("", (), ""),
        ("", ("--backfill",), ""),
        ("backfill = true", (), 'slots = ["Mon-Fri 09:00"]\n'),
        ("backfill = true\nmax_per_run = 2", (), 'min_gap = "2h"\n'),
        ("max_per_run = 50", ("--backfill",), 'quiet = "08:00-20:00"\n'),
        ("backfill = true\nmax_per_run = 50", (), 'late = "skip after 48h"\n'),
    ],
)
def test_a_dry_run_says_what_the_run_does(place: Place, run: str, asked: tuple[str, ...], account: str) -> None:
    configured(place, account, run=run)
    sends = 0
    for _ in range(3):
        before = foretold(place, *asked)
        assert done(place, *asked) == before
        sends += len(before)
        place.clock.pass_by(minutes=10)
    assert (sends > 0) == bool(asked or "backfill" in run)
    place.new_post("2026-11-22-neu")
    before = foretold(place, *asked)
    assert before
    assert done(place, *asked) == before


def test_backfill_in_the_config_is_no_silence(place: Place) -> None:
    configured(place, run="backfill = true")
    dry = place.crosspost("run", "--dry-run")
    assert dry.out.count("would send") >= 3
    assert "Nothing is due" not in dry.out
    assert "existing posts are sent too" in dry.out
    assert "at most 3 posts to an account" in dry.out
    assert "2026-09-03-kaputt.md:2" in dry.err
    real = place.crosspost("run")
    assert "not sent" not in real.out
    assert "existing posts are sent too" in real.out


def test_without_backfill_both_say_that_posts_count_as_old(place: Place) -> None:
    said = "First run for x, mastodon, newsletter: existing posts count as old and are not sent."
    assert said in place.crosspost("run", "--dry-run").out
    assert said in place.crosspost("run").out
    assert "First run" not in place.crosspost("run", "--dry-run").out


def test_an_account_that_is_new_later_has_a_first_run_of_its_own(place: Place) -> None:
    text = place.config.read_text("utf-8")
    configured(place, "enabled = false\n")
    place.crosspost("run")
    place.config.write_text(f"{text}\n[run]\nbackfill = true\n", "utf-8")
    before = foretold(place)
    assert {account for account, _ in before} == {"mastodon"}
    assert "First run for mastodon: existing posts are sent too." in place.crosspost("run", "--dry-run").out
    assert done(place) == before


def test_a_digest_that_is_due_is_foretold(place: Place) -> None:
    text = place.config.read_text("utf-8").replace("[accounts.newsletter]", '[accounts.newsletter]\ndigest = "weekly"')
    place.config.write_text(text, "utf-8")
    place.crosspost("run")
    place.new_post("2026-11-22-neu")
    place.crosspost("run")
    place.clock.pass_by(days=2)
    before = foretold(place)
    assert [post for account, post in before if account == "newsletter"] == ["digest/newsletter/2026-W47"]
    assert done(place) == before
