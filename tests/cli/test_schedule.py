"""``crosspost schedule`` as a user meets it: install, look, remove."""

import io
import itertools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.app.scheduling.job import PERIODS, cron_times
from crosspost.testing.harness import Clock, Place
from tests.app.scheduling.conftest import home, programs
from tests.app.scheduling.fakes import CRONTAB, LOGINCTL, SYSTEMCTL, program

__all__ = ["home", "programs"]


@pytest.fixture(autouse=True)
def _now(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands go by the test's clock."""
    for module in ("common", "doctor", "run"):
        monkeypatch.setattr(f"crosspost.cli.{module}.now", clock, raising=False)


@pytest.fixture
def cron(programs: Path) -> Path:
    program(programs, "crontab", CRONTAB)
    return programs / "crontab.txt"


def test_install_status_remove(place: Place, cron: Path, clock: Clock) -> None:
    assert "No schedule is installed" in place.crosspost("schedule", "status").out
    ran = place.crosspost("schedule", "install")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("A line in your crontab calls crosspost every 10 minutes.\n")
    assert str(place.config) in cron.read_text("utf-8")
    ran = place.crosspost("schedule", "status")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Your crontab calls crosspost every 10 minutes.",
        "Next run: in 10 minutes.",
        "Nothing has run here yet.",
    ]
    place.crosspost("run")
    clock.pass_by(minutes=4)
    said = place.crosspost("schedule", "status", "--json").json
    assert said["last"] == "2026-11-22T12:00:00Z"
    assert [one["kind"] for one in said["installed"]] == ["crontab"]
    assert place.crosspost("schedule", "remove").out == "The line is out of your crontab.\n"
    assert not cron.exists()
    assert "nothing was removed" in place.crosspost("schedule", "remove").out


def test_one_that_does_not_run_is_told(place: Place, cron: Path, clock: Clock) -> None:
    place.crosspost("schedule", "install", "--every", "30")
    clock.pass_by(minutes=74)
    assert place.crosspost("schedule", "status").code == 0, "not late enough to be sure"
    clock.pass_by(minutes=2)
    ran = place.crosspost("schedule", "status")
    assert ran.code == 1
    assert "nothing has run since it was installed: check whether cron is at work" in ran.err
    place.crosspost("run")
    assert place.crosspost("schedule", "status").code == 0
    clock.pass_by(hours=3)
    ran = place.crosspost("schedule", "status", "--json")
    assert (ran.code, "nothing runs any more" in ran.json["wrong"]) == (1, True)
    assert cron.exists()


def test_the_config_says_how_often_too(place: Place, cron: Path) -> None:
    before = place.config.read_text("utf-8")
    ran = place.crosspost("schedule", "install", "--every", "30")
    assert "says so too now: `every = 30`" in ran.out
    assert place.config.read_text("utf-8") == f"{before}\n[run]\nevery = 30\n"
    place.crosspost("schedule", "remove")
    place.crosspost("schedule", "install")
    assert "*/30 " in cron.read_text("utf-8"), "as the config says"
    place.config.write_text(before + "\n[run]\nevery = 7\n", "utf-8")
    ran = place.crosspost("schedule", "install")
    assert ran.code == 2
    assert "`every` = 7 fits no schedule; name the minutes with --every" in ran.err
    assert "take one of 1, 2, 3," in place.crosspost("schedule", "install", "--every", "7").err


def test_who_has_both_is_asked(place: Place, cron: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    program(cron.parent, "systemctl", SYSTEMCTL)
    program(cron.parent, "loginctl", LOGINCTL)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = place.crosspost("schedule", "install")
    assert ran.code == 2
    assert "give --kind KIND" in ran.err
    monkeypatch.setattr("sys.stdin", io.StringIO("3\n2\n"))
    ran = place.crosspost("schedule", "install")
    assert ran.code == 0
    assert "type a number from 1 to 2" in ran.err
    assert list((home / ".config/systemd/user").glob("*.timer"))
    assert place.crosspost("schedule", "install").code == 0, "what is there already is meant"
    ran = place.crosspost("schedule", "install", "--kind", "crontab")
    assert ran.code == 2
    assert "calls crosspost already (systemd); `crosspost schedule remove` takes that away first" in ran.err
    assert not cron.exists()


def test_a_machine_that_has_nothing_is_told_what_to_do(place: Place, programs: Path) -> None:
    assert os.environ["PATH"] == str(programs)
    ran = place.crosspost("schedule", "install")
    assert ran.code == 2
    for what in (
        "install cron",
        "no systemd on this machine",
        "is in no git repository",
        "`crosspost daemon` needs none",
    ):
        assert what in ran.err
    assert place.crosspost("schedule", "status").code == 0
    ran = place.crosspost("schedule", "install", "--kind", "systemd")
    assert "there is no systemd on this machine" in ran.err


def test_tokens_that_only_the_shell_knows_are_named(place: Place, cron: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = place.secrets.read_text("utf-8").splitlines()
    (token,) = (row for row in lines if row.startswith("CROSSPOST_MASTODON_ACCESS_TOKEN="))
    place.secrets.write_text("\n".join(row for row in lines if row != token), "utf-8")
    monkeypatch.setenv(*token.split("=", 1))
    ran = place.crosspost("schedule", "install")
    assert "Only your shell knows CROSSPOST_MASTODON_ACCESS_TOKEN;" in ran.out
    assert token.split("=", 1)[1] not in ran.out
    assert cron.exists()


def test_programs_that_print_tokens_are_found_by_cron(place: Place, cron: Path) -> None:
    tools = place.root / "my tools"
    program(tools, "vault", "print('token')")
    os.environ["PATH"] += f":{tools}"
    text = place.config.read_text("utf-8").replace(
        "[accounts.mastodon]", '[accounts.mastodon]\ntoken_cmd = "vault show"'
    )
    place.config.write_text(text, "utf-8")
    place.crosspost("schedule", "install")
    assert f"PATH='{tools}:/usr/bin:/bin' " in cron.read_text("utf-8")


def test_a_path_that_no_line_can_hold(place: Place, cron: Path) -> None:
    place.config = place.config.rename(place.config.with_name("a\\b.toml"))
    ran = place.crosspost("schedule", "install")
    assert ran.code == 2
    assert "rename that folder or file" in ran.err
    assert not cron.exists()


@pytest.mark.parametrize("every", PERIODS)
def test_runs_come_evenly(every: int) -> None:
    from cronsim import CronSim

    for first in (0, 17):
        fires = CronSim(cron_times(every, first), datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC))
        moments = [next(fires) for _ in range(100)]
        assert {later - one for one, later in itertools.pairwise(moments)} == {timedelta(minutes=every)}
