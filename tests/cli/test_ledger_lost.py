"""A ledger that is gone, empty or another one is no first run: nothing old is said again, nothing new is lost."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.app.running.run_notifications import after_failure
from crosspost.daemon import Health
from crosspost.daemon.ticks import Standing
from crosspost.errors import SourceError
from crosspost.testing.harness import Place
from tests.notifications.receiving import configure, told_by_mail

NETWORKS = ("mastodon", "telegram")


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """One post is out on two accounts; the next is written."""
    made = Place(
        place.root / "blog", place.sandbox, networks=NETWORKS, clock=place.clock, more="[run]\nbackfill = true\n"
    )
    monkeypatch.setattr("crosspost.cli.common.now", made.clock)
    monkeypatch.chdir(made.root)
    assert made.crosspost("run").code == 0
    assert len(titles(made)) == 2
    made.new_post("2026-11-21-eins")
    return made


def titles(place: Place) -> list[str]:
    return sorted(f"{post['network']} {post['text'].splitlines()[0]}" for post in place.sandbox.posts())


def state(place: Place) -> Path:
    return place.root / "config/state"


def without_wal(ledger: Path) -> None:
    for beside in ledger.parent.glob("ledger.sqlite3-*"):
        beside.unlink()


def emptied(ledger: Path) -> None:
    ledger.write_bytes(b"")


def database_without_tables(ledger: Path) -> None:
    ledger.unlink()
    with contextlib.closing(sqlite3.connect(ledger)) as made:
        made.executescript("PRAGMA user_version = 1; CREATE TABLE t (a); DROP TABLE t;")


def of_another_program(ledger: Path) -> None:
    ledger.unlink()
    with contextlib.closing(sqlite3.connect(ledger)) as made:
        made.execute("CREATE TABLE bookmarks (url)")


def without_rows(ledger: Path) -> None:
    with contextlib.closing(sqlite3.connect(ledger)) as wiped:
        for table in ("changes", "deliveries", "posts", "accounts", "notices", "facts"):
            wiped.execute(f"DELETE FROM {table}")
        wiped.commit()


def a_new_one(ledger: Path) -> None:
    ledger.unlink()
    from crosspost.ledger import Ledger
    from crosspost.testing.harness import Clock

    Ledger(ledger, Clock()).close()


def removed(ledger: Path) -> None:
    ledger.unlink()


ACCIDENTS = (emptied, database_without_tables, of_another_program, without_rows, a_new_one, removed)
#: what reads the ledger and sends nothing
READING = (
    ("status",),
    ("history",),
    ("ledger", "verify"),
    ("run", "--dry-run"),
    ("doctor", "--offline"),
    ("retry", "--all"),
    ("unpublish", "site/_posts/2026-11-21-eins.md"),
    ("update", "site/_posts/2026-11-21-eins.md"),
)


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda one: one.__name__)
def test_what_is_no_ledger_any_more_is_told_by_every_command_and_nothing_is_sent(
    place: Place, accident: Callable[[Path], None]
) -> None:
    before = titles(place)
    ledger = state(place) / "ledger.sqlite3"
    without_wal(ledger)
    accident(ledger)
    for arguments in (("run",), ("run", "--backfill"), ("site/_posts/2026-11-21-eins.md",)):
        ran = place.crosspost(*arguments)
        assert ran.code == 1, accident
        assert "although there was" in ran.err
        assert "crosspost ledger rebuild" in ran.err
        assert "crosspost ledger adopt" in ran.err
    if accident not in (without_rows, a_new_one):  # these have the form of a ledger: only a run finds nothing in them
        for arguments in READING:
            ran = place.crosspost(*arguments)
            assert ran.code == 1
            assert "although there was" in ran.err + ran.out, arguments
    assert titles(place) == before


@pytest.mark.parametrize("accident", [emptied, database_without_tables, without_rows, a_new_one, removed])
def test_it_is_made_anew_from_the_accounts(place: Place, accident: Callable[[Path], None]) -> None:
    before = titles(place)
    ledger = state(place) / "ledger.sqlite3"
    without_wal(ledger)
    accident(ledger)
    ran = place.crosspost("ledger", "rebuild")
    assert ran.code == 0, ran.err
    assert ran.out.count("found  ") == 1
    for _ in range(2):
        assert place.crosspost("run", "--backfill").code == 0
    assert titles(place) == before
    place.new_post("2026-11-21-zwei")
    assert place.crosspost("run").code == 0
    assert [title for title in titles(place) if "zwei" in title] == ["mastodon zwei", "telegram zwei"]


def test_the_whole_folder_is_missed_and_backfill_says_nothing_again(place: Place) -> None:
    before = titles(place)
    shutil.rmtree(state(place))
    ran = place.crosspost("run")
    assert ran.code == 1
    assert "is missing, although there was one" in ran.err
    assert "is missing" in place.crosspost("status").err
    begun = place.crosspost("ledger", "adopt")
    assert "every post of today counts as old" in begun.out
    for _ in range(2):
        assert place.crosspost("run", "--backfill").code == 0
    assert titles(place) == before
    place.new_post("2026-11-21-zwei")
    assert place.crosspost("run").code == 0
    assert titles(place).count("telegram zwei") == 1


def test_a_first_run_asks_nothing_and_may_be_cut_off_anywhere(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Place(tmp_path / "new", place.sandbox, networks=NETWORKS, clock=place.clock)
    ledger = made.root / "config/state/ledger.sqlite3"
    ledger.parent.mkdir()
    ledger.touch()  # killed between making the file and making the tables
    with monkeypatch.context() as broken:  # then after the listing was remembered, before anything was noted
        broken.setattr("crosspost.delivery.make_plan", lambda listed, *_more, **_named: [*listed, 1 / 0])
        assert made.crosspost("run").code != 0
    assert ledger.with_name("posts.cache").exists()
    for _ in range(2):
        ran = made.crosspost("run")
        assert ran.code == 0, ran.err
    made.new_post("2026-11-21-neu")
    assert made.crosspost("run").code == 0
    assert titles(made).count("telegram neu") == 1


def test_a_site_may_be_moved_and_another_one_begun_in_its_place(place: Place) -> None:
    moved = place.root.with_name("moved")
    place.root.rename(moved)
    config, place.config = place.config, moved / "config/crosspost.toml"
    assert place.crosspost("run").code == 0
    begun = Place(place.root, place.sandbox, networks=NETWORKS, clock=place.clock)
    assert begun.config == config
    assert begun.crosspost("run").err == ""


def test_a_rebuild_that_is_cut_off_is_told_until_it_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = titles(place)
    shutil.rmtree(state(place))
    with monkeypatch.context() as broken:
        broken.setattr("crosspost.delivery.rebuild.leave_the_rest", lambda *_, **__: 1 / 0)
        assert place.crosspost("ledger", "rebuild").code != 0
    ran = place.crosspost("run")
    assert ran.code == 1
    assert "`crosspost ledger rebuild` again" in ran.err
    assert place.crosspost("ledger", "rebuild").code == 0
    assert place.crosspost("run").code == 0
    assert titles(place) == before


def test_images_does_not_take_every_post_for_a_new_one(place: Place) -> None:
    other = Place(place.root / "other", place.sandbox, networks=("instagram",), clock=place.clock)
    assert other.crosspost("run").code == 0
    without_wal(state(other) / "ledger.sqlite3")
    removed(state(other) / "ledger.sqlite3")
    ran = other.crosspost("images", "--all", "--check")
    assert ran.code == 1
    assert "though there was" in ran.err


def test_the_daemon_is_not_well_and_a_run_that_failed_says_why_nobody_is_told(place: Place) -> None:
    configure(place, told_by_mail(place))
    ledger = state(place) / "ledger.sqlite3"
    without_wal(ledger)
    removed(ledger)
    app, warnings = place.app, []
    well, _ = Health(60, place.clock, lambda: Standing().now(app)).report()
    assert not well
    after_failure(app, SourceError("the site cannot be read"), warnings.append)
    (warning,) = warnings
    assert "nobody could be told" in warning
    assert "though there was" in warning
    assert not ledger.exists()
