"""A timer of the user's systemd: what is written, what systemd is told, and what is said when it cannot be told."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app.scheduling.base import Machine
from crosspost.app.scheduling.job import PERIODS, Job
from crosspost.app.scheduling.systemd_units import calendar, service_text, timer_text, unit_name
from crosspost.app.scheduling.systemd_user import SystemdUser
from crosspost.errors import ConfigError
from tests.app.scheduling.fakes import LOGINCTL, SYSTEMCTL, program

ANALYZE = shutil.which("systemd-analyze")
NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
OWNER = '/home/me/Grüne "Wiese" 100% $HOME/config/crosspost.toml'


def job(every: int = 10, owner: str = OWNER) -> Job:
    environment = {"PATH": "/opt/my tools/bin:/usr/bin"}
    words = ("/bin/true", "run", "--quiet", "--config", owner)
    return Job(owner=owner, command=words, every=every, environment=environment, log="/tmp/run.log")


def no(question: str) -> bool:
    raise AssertionError(f"nobody is to be asked: {question}")


@pytest.fixture
def systemd(programs: Path) -> SystemdUser:
    program(programs, "systemctl", SYSTEMCTL)
    program(programs, "loginctl", LOGINCTL)
    return SystemdUser(Machine(dict(os.environ), lambda: NOW))


def files(home: Path) -> dict[str, bytes]:
    folder = home / ".config/systemd/user"
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.is_dir() else {}


def test_in_twice_and_out(systemd: SystemdUser, home: Path, programs: Path) -> None:
    (home / ".config/systemd/user").mkdir(parents=True)
    (home / ".config/systemd/user/other.timer").write_text("mine", "utf-8")
    done = systemd.install(job(), no)
    assert done.changed
    name = unit_name(OWNER)
    assert set(files(home)) == {f"{name}.service", f"{name}.timer", "other.timer"}
    assert json.loads((programs / "on.json").read_text()) == [f"{name}.timer"]
    assert "It runs only while you are logged in. To have it always: `loginctl enable-linger me`." in done.notes
    before = files(home)
    again = systemd.install(job(), no)
    assert (again.changed, files(home)) == (False, before)
    found = systemd.find(OWNER)
    assert found is not None
    assert (found.every, found.changed, found.asleep) == (10, False, "")
    assert found.next == datetime.fromtimestamp(1795437000, UTC)
    assert systemd.remove(OWNER, no).changed
    assert files(home) == {"other.timer": b"mine"}
    assert json.loads((programs / "on.json").read_text()) == []
    assert systemd.find(OWNER) is None
    assert systemd.remove(OWNER, no).changed is False


def test_who_lingers_is_told_nothing(systemd: SystemdUser, programs: Path) -> None:
    (programs / "lingers").touch()
    assert systemd.install(job(), no).notes == ()


def test_two_sites_are_two_timers(systemd: SystemdUser) -> None:
    other = "/home/me/grüne-wiese/config/crosspost.toml"
    systemd.install(job(), no)
    systemd.install(job(60, other), no)
    assert unit_name(other) != unit_name(OWNER)
    systemd.remove(OWNER, no)
    found = systemd.find(other)
    assert found is not None
    assert (found.every, found.asleep) == (60, "")


def test_another_period_is_told_to_systemd(systemd: SystemdUser) -> None:
    systemd.install(job(), no)
    assert systemd.install(job(30), no).changed
    found = systemd.find(OWNER)
    assert found is not None
    assert (found.every, found.asleep) == (30, "")


def test_what_a_person_changed_is_only_touched_when_they_agree_and_is_kept(systemd: SystemdUser, home: Path) -> None:
    systemd.install(job(), no)
    timer = home / f".config/systemd/user/{unit_name(OWNER)}.timer"
    mine = timer.read_text("utf-8").replace("*:0/10", "Mon..Fri *:0/5")
    timer.write_text(mine, "utf-8")
    found = systemd.find(OWNER)
    assert found is not None
    assert (found.changed, found.every, found.line) == (True, None, "Mon..Fri *:0/5")
    before = files(home)
    for touch in (lambda: systemd.install(job(), lambda _: False), lambda: systemd.remove(OWNER, lambda _: False)):
        with pytest.raises(ConfigError, match="nothing was changed"):
            touch()
        assert files(home) == before
    done = systemd.install(job(), lambda _: True)
    (copy,) = re.findall(r"What a file was before is in (.+)\.$", "\n".join(done.notes), re.MULTILINE)
    assert Path(copy).read_text("utf-8") == mine
    assert "OnCalendar=*:0/10" in timer.read_text("utf-8")


def test_somebody_elses_file_of_that_name_stays(systemd: SystemdUser, home: Path) -> None:
    file = home / f".config/systemd/user/{unit_name(OWNER)}.service"
    file.parent.mkdir(parents=True)
    file.write_text("[Service]\nExecStart=/bin/true\n", "utf-8")
    before = files(home)
    with pytest.raises(ConfigError, match="was not written by `crosspost schedule`; move it away first"):
        systemd.install(job(), lambda _: True)
    assert files(home) == before


def test_one_that_is_switched_off_is_told(systemd: SystemdUser, programs: Path) -> None:
    systemd.install(job(), no)
    (programs / "on.json").write_text("[]")
    found = systemd.find(OWNER)
    assert found is not None
    assert found.asleep.startswith("it is switched off; `systemctl --user enable --now crosspost-")
    assert systemd.install(job(), no).changed, "it switches it on again"
    found = systemd.find(OWNER)
    assert found is not None
    assert found.asleep == ""


def test_without_a_way_to_systemd_nothing_is_promised(systemd: SystemdUser, programs: Path, home: Path) -> None:
    (programs / "no-bus").touch()
    assert "systemd does not answer for you here (Failed to connect to bus: No medium found)" in systemd.lacking()
    done = systemd.install(job(), no)
    assert "It does not run yet" in done.notes[0]
    found = systemd.find(OWNER)
    assert found is not None
    assert found.asleep
    done = systemd.remove(OWNER, no)
    assert "systemd could not be told" in done.notes[0]
    assert files(home) == {}
    (programs / "systemctl").unlink()
    assert systemd.lacking() == "there is no systemd on this machine (no `systemctl`)"
    assert systemd.find(OWNER) is None


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("every", PERIODS)
def test_systemd_itself_understands_the_units(tmp_path: Path, every: int) -> None:
    assert ANALYZE is not None
    (tmp_path / "crosspost.service").write_text(service_text(job(every)), "utf-8")
    (tmp_path / "crosspost.timer").write_text(timer_text(job(every)), "utf-8")
    units = [str(tmp_path / name) for name in ("crosspost.service", "crosspost.timer")]
    done = subprocess.run([ANALYZE, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, [row for row in done.stderr.splitlines() if "crosspost" in row]) == (0, [])
    times = [ANALYZE, "calendar", "--iterations=3", "--base-time=2026-11-22 00:00:30 UTC", calendar(every)]
    said = subprocess.run(
        times, capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin"}
    ).stdout
    fires = [datetime.fromisoformat(one) for one in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?= UTC)", said)]
    assert (fires[1] - fires[0]).total_seconds() / 60 == every
    assert (fires[2] - fires[1]).total_seconds() / 60 == every
