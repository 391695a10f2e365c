"""The samples in ``config/`` that run crosspost: they parse, and say what their names promise."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cronsim import CronSim

CONFIG = Path(__file__).parents[1] / "config"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_crontab() -> None:
    lines = [line for line in (CONFIG / "crontab").read_text("utf-8").splitlines() if line and line[0] != "#"]
    *settings, job = lines
    assert all("=" in line.split(" ")[0] for line in settings)
    *when, command = job.split(maxsplit=5)
    assert CronSim(" ".join(when), NOW).explain() == "Every 10th minute of every hour"
    assert command.endswith("crosspost run --quiet")


def test_systemd_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    shutil.copy(CONFIG / "crosspost.timer", tmp_path)
    unit = (CONFIG / "crosspost.service").read_text("utf-8")
    assert "/opt/crosspost/bin/crosspost run --quiet" in unit
    daemon = (CONFIG / "crosspost-daemon.service").read_text("utf-8")
    assert "/opt/crosspost/bin/crosspost daemon" in daemon
    # the program is not installed there on the machine that tests
    for name, text in (("crosspost.service", unit), ("crosspost-daemon.service", daemon)):
        (tmp_path / name).write_text(text.replace("/opt/crosspost/bin/crosspost", "/bin/true"), "utf-8")
    names = [str(tmp_path / name) for name in ("crosspost.service", "crosspost.timer", "crosspost-daemon.service")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if "crosspost" in line]
    assert (done.returncode, complaints) == (0, [])


def test_the_daemon_is_locked_in_like_a_run_and_watched() -> None:
    def settings(name: str) -> dict[str, str]:
        lines = (CONFIG / name).read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[0] not in "#[")

    run, daemon = settings("crosspost.service"), settings("crosspost-daemon.service")
    hardening = [key for key in run if key.startswith(("Protect", "Restrict", "Private", "Memory", "System", "NoNew"))]
    assert len(hardening) > 15
    assert {key: daemon.get(key) for key in hardening} == {key: run[key] for key in hardening}
    assert (daemon["Type"], daemon["Restart"], daemon["WatchdogSec"]) == ("notify", "on-failure", "3min")


def test_the_table_names_every_file() -> None:
    said = (CONFIG / "README.md").read_text("utf-8")
    private = {"README.md", "crosspost.toml", "secrets.env", "state"}
    assert [path.name for path in CONFIG.iterdir() if path.name not in private and f"`{path.name}" not in said] == []
