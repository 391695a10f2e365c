"""A ledger that is damaged, lost or put back: what is out is found out before anything is sent."""

import contextlib
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.ledger import counter_marks
from crosspost.testing.harness import Place

pytestmark = pytest.mark.long

LEDGER = "config/state/ledger.sqlite3"


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The first run is over, one post is out on three accounts; it is the next day."""
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    monkeypatch.chdir(place.root)
    place.crosspost("run")
    place.new_post("2026-11-21-eins")
    assert place.crosspost("run").code == 0
    place.clock.pass_by(days=1)
    return place


def titles(place: Place) -> list[str]:
    return sorted(f"{post['network']} {post['text'].splitlines()[0]}" for post in place.sandbox.posts())


def copies(place: Place) -> list[Path]:
    return sorted((place.root / "config/state/backups").iterdir())


def test_one_copy_a_day_kept_for_a_week_for_nobody_else_to_read(place: Place) -> None:
    previous = os.umask(0)
    try:
        for _ in range(10):
            for _ in range(3):
                place.crosspost("run")
            place.clock.pass_by(days=1)
    finally:
        os.umask(previous)
    assert [file.name for file in copies(place)] == [f"ledger-2026-{day}.sqlite3" for day in _days(place)]
    assert {file.stat().st_mode & 0o777 for file in copies(place)} == {0o600}
    assert {
        file.stat().st_mode & 0o077 for file in (place.root / "config/state").iterdir() if "ledger" in file.name
    } == {0}


def _days(place: Place) -> list[str]:
    return [f"{place.clock() - timedelta(days=back):%m-%d}" for back in range(7, 0, -1)]


def test_a_damaged_ledger_names_the_copy_and_the_copy_asks_the_accounts(place: Place) -> None:
    place.crosspost("run")
    place.new_post("2026-11-22-zwei")
    assert place.crosspost("run").code == 0
    kept = copies(place)[-1]
    ledger = place.root / LEDGER
    ledger.write_bytes(ledger.read_bytes()[:5000])
    ran = place.crosspost("run")
    assert ran.code == 1
    assert str(kept) in ran.err
    assert "ledger rebuild" in ran.err
    for beside in ledger.parent.glob("ledger.sqlite3-*"):
        beside.unlink()
    kept.replace(ledger)
    refused = place.crosspost("run")
    assert refused.code == 1
    assert "is a copy made at 2026-11-23" in refused.err
    assert place.crosspost("site/_posts/2026-11-22-zwei.md").code == 1
    before = titles(place)
    rebuilt = place.crosspost("ledger", "rebuild")
    assert rebuilt.code == 0
    assert rebuilt.out.count("zwei") == 3
    place.clock.pass_by(minutes=1)
    for _ in range(3):
        assert place.crosspost("run").code == 0
    assert place.crosspost("site/_posts/2026-11-22-zwei.md").out.count("already sent") == 3
    assert titles(place) == before
    place.new_post("2026-11-22-drei")
    assert place.crosspost("run").code == 0
    assert titles(place).count("x drei") == 1


def _put_back_unseen(copy: Path, ledger: Path) -> None:
    """Let the older state be there without any sign."""
    with contextlib.closing(sqlite3.connect(copy)) as opened:
        opened.execute("DELETE FROM facts WHERE name = 'copy'")
        opened.commit()
    marks = counter_marks.folder(os.environ)
    assert marks is not None
    for sign in (counter_marks.beside(ledger), *marks.glob("*.json"), *ledger.parent.glob("ledger.sqlite3-*")):
        sign.unlink(missing_ok=True)
    ledger.write_bytes(copy.read_bytes())  # the same file as before


@pytest.mark.parametrize("known", [True, False], ids=["a copy", "an image of the disk"])
def test_what_a_copy_still_has_before_it_is_found_or_waits_for_a_person(place: Place, known: bool) -> None:
    """The copy was made between planning and sending: it believes that the post is still to go out. Of an image of a
    disk only the person who rebuilds knows that it is old."""
    place.sandbox.fault("mastodon", "429", retry_after=3600)
    place.sandbox.fault("x", "429", retry_after=3600)
    place.new_post("2026-11-22-zwei")
    place.crosspost("run")
    kept = place.root / "copy.sqlite3"
    assert place.crosspost("ledger", "backup", str(kept)).code == 0
    place.clock.pass_by(hours=2)
    assert place.crosspost("run").code == 0
    gone = next(post for post in place.sandbox.store.posts if post.network == "x" and "zwei" in post.text)
    gone.deleted = True  # as if it could not be found
    if known:
        kept.replace(place.root / LEDGER)
    else:
        _put_back_unseen(kept, place.root / LEDGER)
        assert place.crosspost("ledger", "verify").code == 0, "nothing tells it"
    ran = place.crosspost("ledger", "rebuild")
    assert ran.code == 3
    assert "1 delivery was planned and may be out" in ran.out
    assert place.crosspost("run").code == 0
    assert "restored from a copy" in place.crosspost("status").out
    assert titles(place).count("mastodon zwei") == 1
    assert "x zwei" not in titles(place), "never sent on hope"


@pytest.mark.parametrize("backfill", ["", "[run]\nbackfill = true\n"])
def test_after_a_deletion_nothing_is_sent_before_the_accounts_were_looked_at(place: Place, backfill: str) -> None:
    place.config.write_text(place.config.read_text() + backfill)
    for file in (place.root / "config/state").glob("ledger.sqlite3*"):
        file.unlink()
    before = titles(place)
    for arguments in (("run",), ("run", "--backfill"), ("site/_posts/2026-11-21-eins.md",)):
        ran = place.crosspost(*arguments)
        assert ran.code == 1
        assert "is missing, although there was one" in ran.err
    assert not (place.root / LEDGER).exists()
    assert place.crosspost("ledger", "rebuild").code == 0
    for _ in range(2):
        assert place.crosspost("run", "--backfill").code == 0
    assert titles(place) == before
    place.new_post("2026-11-22-zwei")
    assert place.crosspost("run").code == 0
    assert titles(place).count("facebook zwei") == 1


def _states(ledger: Path) -> dict[int, str]:
    with contextlib.closing(sqlite3.connect(ledger)) as now:
        return dict(now.execute("SELECT id, state FROM deliveries"))


def test_an_older_schema_is_kept_before_it_is_moved_up(place: Place) -> None:
    ledger = place.root / LEDGER
    for beside in ledger.parent.glob("ledger.*"):
        beside.unlink()
    with sqlite3.connect(ledger) as old:
        old.executescript((Path(__file__).parents[1] / "ledger/fixtures/0001.sql").read_text("utf-8"))
        for name in ("mastodon", "x"):  # the accounts that are in it are those of the sandbox
            who = place.network(name).connect().id
            old.execute(f"UPDATE accounts SET identity = json_replace(identity, '$.id', '{who}') WHERE name = '{name}'")
    was, posts = _states(ledger), [row[0] for row in old.execute("SELECT id FROM posts")]
    old.close()
    for post in posts:
        place.new_post(f"2026-10-01-{post}")
    place.sandbox.reset()
    (place.root / "site/_posts/2026-11-21-eins.md").unlink()
    for pause in (0, 1, 1, 26, 26, 26):
        place.clock.pass_by(hours=pause)
        place.crosspost("run")
    now = _states(ledger)
    assert not set(now.values()) & {"planned", "sending", "unknown"}, "what was under way is settled"
    settled = ("before", "sent", "failed", "skipped")
    assert {number: now[number] for number in was if was[number] in settled} == {
        number: state for number, state in was.items() if state in settled
    }
    assert len(titles(place)) == len(set(titles(place)))
    kept = ledger.with_name("ledger.sqlite3.schema-0001")
    assert kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(kept) as same:
        assert same.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    same.close()
