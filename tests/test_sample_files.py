"""The samples in ``config/`` that run crosspost: they parse, and the workflow's ledger survives what can go wrong."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim

CONFIG = Path(__file__).parents[1] / "config"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


# ── cron and systemd ──────────────────────────────────────────────────────────────────────────────────────────────


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


# ── the workflow ──────────────────────────────────────────────────────────────────────────────────────────────────


def workflow() -> dict[Any, Any]:
    found = yaml.safe_load((CONFIG / "github-workflow.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_workflow_never_overlaps_and_runs_on_schedule_and_push() -> None:
    said = workflow()
    assert said["concurrency"] == {"group": "crosspost-ledger", "cancel-in-progress": False}
    assert said["permissions"] == {}
    assert said["jobs"]["crosspost"]["permissions"] == {"contents": "write"}
    assert said["jobs"]["build"]["if"] == "always() && needs.crosspost.outputs.pushed == 'true'"
    when = said[True]  # YAML 1.1 reads the key `on` as a truth value
    assert set(when) == {"schedule", "push", "workflow_dispatch"}
    assert CronSim(when["schedule"][0]["cron"], NOW).explain().startswith("At minutes 17 and 47")
    steps = {step.get("name"): step for step in said["jobs"]["crosspost"]["steps"]}
    assert "always()" in steps["Bring the ledger back"]["if"]


def steps() -> list[dict[str, Any]]:
    found = workflow()["jobs"]["crosspost"]["steps"]
    assert isinstance(found, list)
    return found


@dataclass
class Job:
    """One run of the workflow on an empty machine: a fresh clone, the steps' own scripts, a `crosspost` that notes."""

    folder: Path
    remote: Path
    number: int
    publishes: str = "exit 0"

    def __post_init__(self) -> None:
        git(self.folder.parent, "clone", "--quiet", "--depth=1", self.remote.as_uri(), str(self.folder))
        tools = self.folder.parent / f"tools-{self.number}"
        tools.mkdir()
        self.log, self.output = tools / "log", tools / "output"
        self.output.touch()
        note = f'echo "sent by {self.number}" >> config/state/ledger.sqlite3; touch config/state/ledger.sqlite3.lock'
        login = "mkdir -p config/state/sessions; echo hush > config/state/sessions/bluesky.json"
        tool(tools / "crosspost", f'echo ran >> "{self.log}"\n{note}\n{login}\n{self.publishes}')
        tool(tools / "sleep", "exit 0")
        said = workflow()
        self.env = os.environ | said["env"] | {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_RUN_ID": str(self.number),
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_REPOSITORY": "verein/tal",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": git(self.folder, "rev-parse", "HEAD").strip(),
            "GITHUB_OUTPUT": str(self.output),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip
        self.steps = {step["name"]: step["run"] for step in steps() if "run" in step}

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        """As the runner does it: ``shell: bash``."""
        script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.steps[name]]
        return subprocess.run(script, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)

    def take(self) -> subprocess.CompletedProcess[str]:
        return self.step("Take the ledger")

    def run(self, *, dies: bool = False) -> list[int]:
        """The whole job; the runner goes on after a failed step with those that say ``always()``."""
        codes = [self.take().returncode]
        if codes == [0]:
            codes.append(self.step("Publish what is due").returncode)
            if not dies:
                codes.append(self.step("Bring the ledger back").returncode)
        return codes

    def links(self) -> tuple[int, str]:
        """Push the links: the exit code, and what it puts out for other jobs."""
        code = self.step("Push the links into the site").returncode
        return code, self.output.read_text("utf-8")

    @property
    def ran(self) -> bool:
        return self.log.exists()


def tool(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *who, *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None or shutil.which("bash") is None:
        pytest.skip("git or bash is not installed")
    site = tmp_path / "site"
    (site / "config").mkdir(parents=True)
    (site / "config/crosspost.toml").write_text('[site]\npath = ".."\n', "utf-8")
    (site / ".gitignore").write_text("config/state/\n", "utf-8")
    git(site, "init", "--quiet")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "-m", "The site")
    git(tmp_path, "clone", "--quiet", "--bare", str(site), "remote.git")
    return tmp_path / "remote.git"


def job(remote: Path, number: int, publishes: str = "exit 0") -> Job:
    return Job(remote.parent / f"job-{number}", remote, number, publishes)


def stored(remote: Path) -> dict[str, str]:
    names = git(remote, "ls-tree", "--name-only", "crosspost-ledger").split()
    return {name: git(remote, "show", f"crosspost-ledger:{name}") for name in names}


def test_each_run_finds_what_the_last_one_left(remote: Path) -> None:
    assert [job(remote, n).run() for n in (1, 2, 3)] == [[0, 0, 0]] * 3
    assert stored(remote) == {"ledger.sqlite3": "sent by 1\nsent by 2\nsent by 3\n"}
    assert git(remote, "ls-tree", "-r", "--name-only", "main").split() == [".gitignore", "config/crosspost.toml"]


def test_the_ledger_comes_back_when_a_post_failed(remote: Path) -> None:
    assert job(remote, 1, "exit 1").run() == [0, 1, 0]
    assert stored(remote) == {"ledger.sqlite3": "sent by 1\n"}


def test_after_a_machine_died_nothing_is_sent_until_a_person_looked(remote: Path) -> None:
    job(remote, 1).run()
    job(remote, 2).run(dies=True)
    third = job(remote, 3)
    refused = third.take()
    assert refused.returncode == 1
    assert "::error::https://git.example.org/verein/tal/actions/runs/2 did not bring its ledger back" in refused.stdout
    assert not third.ran
    assert set(stored(remote)) == {"RUNNING", "ledger.sqlite3"}
    # the person deletes the file on the branch
    mend = remote.parent / "mend"
    git(remote.parent, "clone", "--quiet", "--branch", "crosspost-ledger", str(remote), str(mend))
    git(mend, "rm", "--quiet", "RUNNING")
    git(mend, "commit", "--quiet", "-m", "Looked")
    git(mend, "push", "--quiet")
    assert job(remote, 4).run() == [0, 0, 0]
    assert stored(remote) == {"ledger.sqlite3": "sent by 1\nsent by 4\n"}


def test_a_person_who_has_looked_lets_it_go_on(remote: Path) -> None:
    job(remote, 1).run()
    job(remote, 2).run(dies=True)
    third = job(remote, 3)
    third.env["LOOKED"] = "false"  # what a schedule hands in
    assert third.take().returncode == 1
    fourth = job(remote, 4)
    fourth.env["LOOKED"] = "true"
    assert fourth.run() == [0, 0, 0]
    assert stored(remote) == {"ledger.sqlite3": "sent by 1\nsent by 4\n"}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_failed_run_is_seen(remote: Path, tmp_path: Path, code: int) -> None:
    run = job(remote, 1, f"echo 'failed  x  neu'; exit {code}")
    run.env["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary")
    run.take()
    done = run.step("Publish what is due")
    assert done.returncode == code
    assert f"::error::crosspost ended with {code}" in done.stdout
    assert (tmp_path / "summary").read_text() == "failed  x  neu\n"


def test_the_heartbeat_hears_of_a_ledger_that_was_not_taken(remote: Path) -> None:
    run = job(remote, 1)
    tool(run.log.parent / "curl", f'echo "$@" >> "{run.log}"')
    assert run.step("Say that nothing was sent").returncode == 0
    assert not run.ran, "no heartbeat, no request"
    run.env["HEARTBEAT"] = "https://ping.example.org/1"
    assert run.step("Say that nothing was sent").returncode == 0
    assert run.log.read_text().endswith("https://ping.example.org/1/fail\n")
    steps = {step.get("name"): step for step in workflow()["jobs"]["crosspost"]["steps"]}
    assert steps["Say that nothing was sent"]["if"] == "failure() && steps.take.outcome != 'success'"


def test_of_two_runs_at_once_one_sends(remote: Path) -> None:
    """GitHub's concurrency group failing, or the same workflow in two places: the push decides."""
    job(remote, 1).run()
    second, third = job(remote, 2), job(remote, 3)
    script = second.steps["Take the ledger"]
    before, push = script.rsplit("git push", 1)
    second.steps["Take the ledger"] = before  # held just before its push, while the other one begins
    assert second.take().returncode == 0
    assert third.take().returncode == 0
    second.steps["Take the ledger"] = "git push" + push
    assert second.take().returncode != 0
    assert not second.ran


def test_a_server_that_does_not_answer_is_not_a_first_run(remote: Path) -> None:
    job(remote, 1).run()
    second = job(remote, 2)
    git(second.folder, "remote", "set-url", "origin", (remote.parent / "gone.git").as_uri())
    assert second.run() == [128]
    assert not second.ran


def test_a_ledger_that_cannot_be_pushed_stops_the_next_run(remote: Path) -> None:
    first = job(remote, 1)
    assert first.take().returncode == 0
    assert first.step("Publish what is due").returncode == 0
    tool(remote / "hooks/pre-receive", "exit 1")
    last = first.step("Bring the ledger back")
    assert last.returncode == 1
    assert "::error::The ledger could not be pushed" in last.stdout
    (remote / "hooks/pre-receive").unlink()
    assert job(remote, 2).run() == [1]


COMMITS = 'echo links >> data.yml; git add data.yml; git commit --quiet -m "Where a post went"'


def test_what_was_written_back_is_pushed_and_the_site_built(remote: Path) -> None:
    one = job(remote, 1, COMMITS)
    one.run()
    assert one.links() == (0, "pushed=true\n")
    assert git(remote, "show", "main:data.yml") == "links\n"
    two = job(remote, 2)
    two.run()
    assert two.links() == (0, ""), "nothing was written, so nothing is built"


def test_what_others_pushed_meanwhile_stays(remote: Path) -> None:
    one = job(remote, 1, COMMITS)
    other = job(remote, 2)
    (other.folder / "about.md").write_text("About us", "utf-8")
    git(other.folder, "add", ".")
    git(other.folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "Other")
    git(other.folder, "push", "--quiet")
    one.run()
    assert one.links() == (0, "pushed=true\n")
    assert {"about.md", "data.yml"} <= set(git(remote, "ls-tree", "--name-only", "main").split())


def test_links_in_conflict_fail_the_run_and_lose_nothing(remote: Path) -> None:
    one, other = job(remote, 1, COMMITS), job(remote, 2, COMMITS.replace("links", "others"))
    other.run()
    other.links()
    one.run()
    code, said = one.links()
    assert (code, said) == (1, "")
    assert git(remote, "show", "main:data.yml") == "others\n"


def test_the_workflow_that_builds_the_site_is_started_else_a_build_is_asked_for(remote: Path) -> None:
    one = job(remote, 1)
    (step,) = (step for step in workflow()["jobs"]["build"]["steps"] if "run" in step)
    tool(one.log.parent / "gh", f'echo "$@" >> "{one.log}"')
    one.steps["Ask for a build"] = step["run"]
    assert one.step("Ask for a build").returncode == 0
    assert one.log.read_text("utf-8") == "api --silent --method POST repos/verein/tal/pages/builds\n"
    file = one.folder / ".github/workflows/pages.yml"
    file.parent.mkdir(parents=True)
    file.write_text("      - uses: actions/deploy-pages@v4\n", "utf-8")
    assert one.step("Ask for a build").returncode == 0
    assert one.log.read_text("utf-8").splitlines()[1] == "workflow run pages.yml --ref main"
