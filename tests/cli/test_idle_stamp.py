"""A run that finds by its stamp that nothing changed does nothing; whatever may matter is noticed."""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app import loading
from crosspost.app.running import idle_stamp
from crosspost.app.running.last_run import last_run
from crosspost.testing.harness import Place

Runs = Callable[[], bool]


@pytest.fixture
def works(place: Place, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Runs once: whether the config was opened. Files count as old at once, so that no test has to wait."""
    opened: list[bool] = []
    really = loading.load_each

    def watched(*arguments: object, **named: object) -> object:
        opened.append(True)
        return really(*arguments, **named)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(loading, "load_each", watched)
    monkeypatch.setattr(idle_stamp, "FRESH", -(10**12))
    place.name_the_ledger()
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)

    def run() -> bool:
        opened.clear()
        ran = place.crosspost("run")
        assert ran.code == 0, ran
        if not opened:
            assert ran.out == "Nothing is due.\n"
        return bool(opened)

    return run


def rest(works: Runs) -> None:
    """Come to the point at which a run has nothing to do."""
    for _ in range(3):
        if not works():
            return
    pytest.fail("no run left a stamp")


def stamps() -> list[Path]:
    return list(Path(os.environ["XDG_STATE_HOME"], "crosspost/idle").glob("*"))


def test_the_second_idle_run_reads_nothing_and_is_noted(place: Place, works: Runs) -> None:
    rest(works)
    place.clock.pass_by(minutes=7)
    assert not works()
    assert last_run(place.app) == place.clock()


def another_post(place: Place) -> None:
    place.new_post("2026-11-21-neu")


def an_edit(place: Place) -> None:
    text, stat = place.post.read_text("utf-8"), place.post.stat()
    place.post.write_text(text.replace("e", "a", 1), "utf-8")
    os.utime(place.post, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as a copying program does


def a_deletion(place: Place) -> None:
    place.post.unlink()


def another_name(place: Place) -> None:
    place.post.rename(place.post.with_name("2026-11-20-anders.md"))


def another_picture(place: Place) -> None:
    picture = place.root / "site/images/beet.jpg"
    picture.write_bytes(picture.read_bytes() + b"\0")


def another_setting_of_the_site(place: Place) -> None:
    place.write("site/_config.yml", f"url: {place.url}\ntitle: Der Berg\n")


def another_setting(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8") + "\n[run]\nmax_per_run = 2\n", "utf-8")


def another_secret(place: Place) -> None:
    place.secrets.write_text(place.secrets.read_text("utf-8") + "A=b\n", "utf-8")


def another_ledger_row(place: Place) -> None:
    opened = sqlite3.connect(place.app.ledger_path())
    with opened:
        opened.execute("INSERT INTO facts VALUES ('about', 'a test')")
    opened.close()


def another_config_nearer_by(place: Place) -> None:
    place.write("site/crosspost.toml", "")


def half_an_hour(place: Place) -> None:
    place.clock.pass_by(minutes=30)


def a_clock_put_back(place: Place) -> None:
    place.clock.pass_by(minutes=-1)


def no_stamp(_: Place) -> None:
    for file in stamps():
        file.unlink()


def a_damaged_stamp(_: Place) -> None:
    for file in stamps():
        file.write_bytes(b"\xff\n1\n")


def a_lost_ledger_pulse(place: Place) -> None:
    idle_stamp.pulse_of(place.app.ledger_path()).unlink()


CHANGES = (
    *(another_post, an_edit, a_deletion, another_name, another_picture, another_setting_of_the_site, another_setting),
    *(another_secret, another_ledger_row, another_config_nearer_by, half_an_hour, a_clock_put_back, no_stamp),
    *(a_damaged_stamp, a_lost_ledger_pulse),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_may_matter_is_noticed(place: Place, works: Runs, change: Callable[[Place], None]) -> None:
    rest(works)
    change(place)
    assert works()


def test_another_environment_is_noticed(works: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    rest(works)
    monkeypatch.setenv("CROSSPOST_X_TOKEN", "another")
    assert works()


def test_what_a_terminal_sets_is_not(works: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    rest(works)
    monkeypatch.setenv("SHLVL", "7")
    assert not works()


def test_stamps_of_yesterday_are_removed_once_an_hour(works: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0
    monkeypatch.setattr(idle_stamp.time, "monotonic", lambda: passed)
    rest(works)
    (old,) = stamps()
    os.utime(old, (1, 1))
    monkeypatch.setenv("CROSSPOST_X_TOKEN", "another")
    rest(works)
    assert len(stamps()) == 2
    passed = 3600.0
    monkeypatch.setenv("CROSSPOST_X_TOKEN", "one more")
    rest(works)
    assert not old.exists()
    assert len(stamps()) == 2


def test_another_branch_is_noticed(place: Place, works: Runs) -> None:
    head = place.write("site/.git/HEAD", "ref: refs/heads/main\n")
    rest(works)
    head.write_text("ref: refs/heads/other\n", "utf-8")
    assert works()


def test_a_new_post_goes_out_once(place: Place, works: Runs) -> None:
    rest(works)
    another_post(place)
    works()
    rest(works)
    assert len(place.sandbox.posts()) == len(list(place.networks))


def test_a_post_of_the_near_future_goes_out_in_time(place: Place, works: Runs) -> None:
    rest(works)
    at = datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
    assert place.clock() < at
    place.new_post("2026-11-22-bald", f"---\ntitle: Soon\ndate: {at:%Y-%m-%d %H:%M:%S %z}\n---\n\nSoon.\n")
    works()
    rest(works)
    place.clock.now = at
    assert works()
    assert place.sandbox.posts()


@pytest.fixture
def hugo(place: Place) -> Place:
    """The same with a Hugo site."""
    for file in (place.post, place.root / "site/_config.yml"):
        file.unlink()
    place.post.parent.rmdir()
    place.write("site/hugo.toml", f'baseURL = "{place.url}/"\ntitle = "Das Tal"\n')
    place.write("site/content/posts/alt.md", "---\ntitle: Alt\ndate: 2026-11-01\n---\n\nWorte.\n")
    return place


def test_a_hugo_site_rests_too_until_something_changes(hugo: Place, works: Runs) -> None:
    rest(works)
    hugo.write("site/content/posts/neu.md", "---\ntitle: Neu\ndate: 2026-11-22\n---\n\nWorte.\n")
    assert works()
    rest(works)
    assert len(hugo.sandbox.posts()) == len(list(hugo.networks))
    hugo.write("site/hugo.toml", f'baseURL = "{hugo.url}/"\ntitle = "Der Berg"\n')
    assert works()


@pytest.mark.parametrize("said", ["publishDate", "expiryDate"])
def test_a_hugo_page_comes_and_goes_in_time(hugo: Place, works: Runs, said: str) -> None:
    at = datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
    assert hugo.clock() < at
    front = f"title: Neu\ndate: 2026-11-21T08:00:00Z\n{said}: {at:%Y-%m-%dT%H:%M:%SZ}"
    hugo.write("site/content/posts/neu.md", f"---\n{front}\n---\n\nWorte.\n")
    works()
    rest(works)
    hugo.clock.now = at
    assert works()


def test_a_hugo_site_that_reads_outside_of_its_folder_is_looked_at(hugo: Place, works: Runs) -> None:
    hugo.write("site/hugo.toml", f'baseURL = "{hugo.url}/"\nstaticDir = "../static"\n')
    assert [works() for _ in range(4)] == [True] * 4


def test_while_a_post_is_missing_for_a_short_time_each_run_looks(place: Place, works: Runs) -> None:
    another_post(place)
    rest(works)
    place.post.unlink()
    assert [works() for _ in range(4)] == [True] * 4


def test_a_folder_that_a_link_leads_to_is_not_compared(place: Place, works: Runs) -> None:
    elsewhere = place.root / "elsewhere"
    elsewhere.mkdir()
    (place.root / "site/more").symlink_to(elsewhere)
    assert [works() for _ in range(4)] == [True] * 4


def test_files_changed_a_moment_ago_leave_no_stamp(works: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_stamp, "FRESH", 10**12)
    assert [works() for _ in range(4)] == [True] * 4


@pytest.mark.parametrize("more", ['[notify]\nheartbeat = "http://127.0.0.1:9/x"\n', "[state]\nmoves = true\n"])
def test_who_waits_for_each_run_gets_each_run(place: Place, works: Runs, more: str) -> None:
    text = place.config.read_text("utf-8")
    state = more.removeprefix("[state]\n")
    place.config.write_text(text.replace("[state]\n", more) if state != more else text + more, "utf-8")
    assert [works() for _ in range(4)] == [True] * 4
