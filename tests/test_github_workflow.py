"""The GitHub workflow to copy: when it runs, what it does beside carrying the ledger, and what it takes over."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cronsim import CronSim

from tests.app.ledger_branches.git_site import COPY, L, branches, git, new_remote, stored
from tests.build_job import GITHUB, Job, loaded, steps

#: what is tried here is the same on each Python
pytestmark = pytest.mark.long

COMMITS = 'echo links >> data.yml; git add data.yml; git commit --quiet -m "Where a post went"'


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None or shutil.which("bash") is None:
        pytest.skip("git or bash is not installed")
    return new_remote(tmp_path)


def job(remote: Path, name: str, publishes: str = "exit 0") -> Job:
    return Job(remote, name, publishes, file=GITHUB)


def test_it_never_overlaps_and_runs_on_schedule_and_push() -> None:
    said = loaded(GITHUB)
    assert said["concurrency"] == {"group": "crosspost-ledger", "cancel-in-progress": False}
    assert said["permissions"] == {}
    assert said["jobs"]["crosspost"]["permissions"] == {"contents": "write"}
    assert said["jobs"]["build"]["if"] == "always() && needs.crosspost.outputs.pushed == 'true'"
    when = said[True]  # YAML 1.1 reads the key `on` as a truth value
    assert set(when) == {"schedule", "push", "workflow_dispatch"}
    told = CronSim(when["schedule"][0]["cron"], datetime(2026, 11, 22, tzinfo=UTC)).explain()
    assert told.startswith("At minutes 17 and 47")
    asked = {step["name"]: step.get("if", "") for step in steps(GITHUB) if "name" in step}
    assert asked["Bring the ledger back"] == "always() && steps.take.outcome == 'success'"
    assert asked["Say that nothing was sent"] == "failure() && steps.take.outcome != 'success'"


def test_only_crosspost_itself_touches_the_ledger() -> None:
    carrying = {step["name"]: step["run"] for step in steps(GITHUB) if "ledger" in step.get("name", "")}
    assert set(carrying) == {"Take the ledger", "Bring the ledger back"}
    assert not [script for script in carrying.values() if "git " in script]


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_failed_run_is_seen(remote: Path, code: int) -> None:
    run = job(remote, "a", f"echo 'failed  x  neu'; exit {code}")
    assert run.step("Take the ledger").returncode == 0
    done = run.step("Publish what is due")
    assert done.returncode == code
    assert f"::error::crosspost ended with {code}" in done.stdout
    assert "failed  x  neu\n" in run.summary.read_text()


def as_it_was(remote: Path, **files: str) -> None:
    """A ledger's branch as the workflow's own scripts left it, before `crosspost ledger` was there."""
    folder = remote.parent / "before"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, "utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "After run 1")
    git(folder, "push", "--quiet", remote.as_uri(), f"HEAD:refs/heads/{L}")


def test_the_ledger_of_the_older_workflow_is_taken_over(remote: Path) -> None:
    as_it_was(remote, ledger_sqlite3="before\n")
    assert job(remote, "a").run() == [0, 0, 0]
    assert stored(remote)["ledger.sqlite3"] == b"before\na\n"
    assert branches(remote) == {L, COPY}


def test_a_run_of_the_older_workflow_that_died_still_stops_the_next(remote: Path) -> None:
    as_it_was(remote, ledger_sqlite3="before\n", RUNNING="https://git.example.org/verein/tal/actions/runs/1\n")
    refused = job(remote, "a")
    assert refused.run() == [3]
    assert "actions/runs/1 is at work, or died" in " ".join(refused.summary.read_text().split())
    looked = job(remote, "b")
    looked.env["LOOKED"] = "true"
    assert looked.run() == [0, 0, 0]
    assert stored(remote)["ledger.sqlite3"] == b"before\nb\n"


def test_a_server_that_does_not_answer_is_not_a_first_run(remote: Path) -> None:
    assert job(remote, "a").run() == [0, 0, 0]
    second = job(remote, "b")
    git(second.machine.folder, "remote", "set-url", "origin", (remote.parent / "gone.git").as_uri())
    assert second.run() == [1]
    assert not second.machine.ledger.exists()


def test_of_two_runs_at_once_one_sends(remote: Path) -> None:
    """GitHub's concurrency group failing, or the same workflow in two places."""
    assert job(remote, "a").run() == [0, 0, 0]
    second, third = job(remote, "b"), job(remote, "c")
    script = [step["run"] for step in steps(GITHUB) if step.get("name") == "Take the ledger"]
    both = [
        subprocess.Popen(["bash", "-eo", "pipefail", "-c", *script], cwd=one.machine.folder, env=one.env)
        for one in (second, third)
    ]
    assert sorted(one.wait() for one in both) == [0, 3]


def test_the_heartbeat_hears_of_a_ledger_that_was_not_taken(remote: Path) -> None:
    run, log = job(remote, "a"), remote.parent / "log"
    run.tool("curl", f'echo "$@" >> "{log}"')
    assert run.step("Say that nothing was sent").returncode == 0
    assert not log.exists(), "no heartbeat, no request"
    run.env["HEARTBEAT"] = "https://ping.example.org/1"
    assert run.step("Say that nothing was sent").returncode == 0
    assert log.read_text().endswith("https://ping.example.org/1/fail\n")


def test_what_was_written_back_is_pushed_and_the_site_built(remote: Path) -> None:
    one = job(remote, "a", COMMITS)
    assert one.run() == [0, 0, 0]
    assert one.links() == (0, "pushed=true\n")
    assert git(remote, "show", "main:data.yml") == "links\n"
    two = job(remote, "b")
    assert two.run() == [0, 0, 0]
    assert two.links() == (0, ""), "nothing was written, so nothing is built"


def test_what_others_pushed_meanwhile_stays(remote: Path) -> None:
    one, other = job(remote, "a", COMMITS), job(remote, "b")
    (other.machine.folder / "about.md").write_text("About us", "utf-8")
    git(other.machine.folder, "add", ".")
    git(other.machine.folder, "commit", "--quiet", "-m", "Other")
    git(other.machine.folder, "push", "--quiet")
    assert one.run() == [0, 0, 0]
    assert one.links() == (0, "pushed=true\n")
    assert {"about.md", "data.yml"} <= set(git(remote, "ls-tree", "--name-only", "main").split())


def test_links_in_conflict_fail_the_run_and_lose_nothing(remote: Path) -> None:
    one, other = job(remote, "a", COMMITS), job(remote, "b", COMMITS.replace("links", "others"))
    one.tool("sleep", "exit 0")
    assert other.run() == [0, 0, 0]
    assert other.links() == (0, "pushed=true\n")
    assert one.run() == [0, 0, 0]
    assert one.links() == (1, "")
    assert git(remote, "show", "main:data.yml") == "others\n"


def test_the_workflow_that_builds_the_site_is_started_else_a_build_is_asked_for(remote: Path) -> None:
    one, log = job(remote, "a"), remote.parent / "log"
    one.tool("gh", f'echo "$@" >> "{log}"')
    assert one.step("Ask for a build", "build").returncode == 0
    assert log.read_text("utf-8") == "api --silent --method POST repos/verein/tal/pages/builds\n"
    file = one.machine.folder / ".github/workflows/pages.yml"
    file.parent.mkdir(parents=True)
    file.write_text("      - uses: actions/deploy-pages@v4\n", "utf-8")
    assert one.step("Ask for a build", "build").returncode == 0
    assert log.read_text("utf-8").splitlines()[1] == "workflow run pages.yml --ref main"
