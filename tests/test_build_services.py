"""The action and the files for build services: safe to use, and each step does in a checkout what its name says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.ledger_branches.git_site import COPY, L, branches, git, new_remote, stored
from tests.build_job import ACTION, CHECK, FORGEJO, GITHUB, GITLAB, ROOT, Job, loaded, steps

#: what is tried here is the same on each Python
pytestmark = pytest.mark.long

LISTED = ROOT / "config/build-services.txt"


@pytest.mark.parametrize("file", [ACTION, FORGEJO], ids=["action", "forgejo"])
def test_actions_are_pinned_and_no_text_of_others_is_in_a_script(file: Path) -> None:
    for step in steps(file):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", f"a@{'0' * 40}"))
        assert "${{" not in step.get("run", "")
        given = "github.token" in str(step) or "inputs.token" in str(step)
        assert given == (step.get("name") in {"Check the pull request", "Take the ledger", "Bring the ledger back"})


@pytest.mark.parametrize("file", [ACTION, FORGEJO], ids=["action", "forgejo"])
def test_a_pull_request_is_checked_and_nothing_else(file: Path) -> None:
    asked = {step["name"]: step.get("if", "") for step in steps(file) if "run" in step}
    assert asked["Check the pull request"] == "github.event_name == 'pull_request'"
    assert asked["Take the ledger"] == asked["Publish what is due"] == "github.event_name != 'pull_request'"
    assert asked["Bring the ledger back"] == "always() && steps.take.outcome == 'success'"


def test_what_is_installed_is_a_part_of_the_whole_list_and_has_every_network() -> None:
    def blocks(file: Path) -> dict[str, str]:
        found = re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", file.read_text("utf-8"), re.MULTILINE)
        return {re.split(r"[=;\[ ]", block)[0].lower(): block for block in found}

    part, whole = blocks(LISTED), blocks(ROOT / "requirements.txt")
    assert {name: whole.get(name) for name in part} == part, "take the blocks of requirements.txt over"
    assert {"requests", "mastodon-py", "tweepy", "facebook-sdk", "nostr-sdk", "apprise"} <= set(part)
    assert "pytest" not in part


# ── the steps, run ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None or shutil.which("bash") is None:
        pytest.skip("git or bash is not installed")
    return new_remote(tmp_path)


on_github = pytest.mark.parametrize("file", [ACTION, GITHUB], ids=["action", "workflow"])


@on_github
def test_each_run_finds_what_the_last_one_left_and_tells_it_on_its_page(remote: Path, file: Path) -> None:
    jobs = [Job(remote, name, file=file) for name in "ab"]
    assert [job.run() for job in jobs] == [[0, 0, 0]] * 2
    assert stored(remote)["ledger.sqlite3"] == b"a\nb\n"
    assert branches(remote) == {L, COPY}
    assert "sent to mastodon" in jobs[1].summary.read_text()


@on_github
def test_a_failed_run_is_seen_and_its_ledger_comes_back(remote: Path, file: Path) -> None:
    assert Job(remote, "a", "exit 3", file=file).run() == [0, 3, 0]
    assert stored(remote)["ledger.sqlite3"] == b"a\n"


@on_github
def test_after_a_machine_died_nothing_is_sent_until_a_person_looked(remote: Path, file: Path) -> None:
    assert Job(remote, "a", file=file).run() == [0, 0, 0]
    assert Job(remote, "b", file=file).run(dies=True) == [0, 0]
    refused = Job(remote, "c", file=file)
    assert refused.run() == [3]
    told = " ".join(refused.summary.read_text().split())
    assert "https://git.example.org/verein/tal/actions/runs/b is at work, or died" in told
    looked = Job(remote, "d", file=file)
    looked.env["LOOKED"] = "true"
    assert looked.run() == [0, 0, 0]
    assert stored(remote)["ledger.sqlite3"] == b"a\nd\n"


@pytest.mark.parametrize(("file", "part"), [(ACTION, "crosspost"), (CHECK, "check")], ids=["action", "workflow"])
def test_a_pull_request_shows_its_posts_and_fails_for_one_that_would_be_refused(
    remote: Path, file: Path, part: str
) -> None:
    old = Job(remote, "a", file=file)
    assert old.step("Check the pull request", part).returncode == 0
    assert "No post differs from the branch main" in old.summary.read_text()
    assert (
        (old.temp / "crosspost-comment.md").read_text().startswith("<!-- crosspost: nothing -->\n\n    No post differs")
    )
    job, posts = Job(remote, "b", file=file), remote.parent / "b/_posts"
    posts.mkdir()
    (posts / "2026-11-20-rain.md").write_text("---\ntitle: Rain ``` <b>\n---\n\nIt rained.\n", "utf-8")
    git(job.machine.folder, "add", ".")
    git(job.machine.folder, "commit", "--quiet", "-m", "A post")
    done = job.step("Check the pull request", part)
    assert (done.returncode, done.stderr) == (0, "")
    said = job.summary.read_text()
    assert "https://tal.example.org/2026/11/20/rain.html" in said
    assert said.startswith("````text\n"), "what a stranger wrote is no Markdown"
    comment = (job.temp / "crosspost-comment.md").read_text()
    assert comment.startswith("<!-- crosspost -->\n\n    1 post would be new or changed:\n\n    Rain ```\n")
    (posts / "2026-11-21-broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    git(job.machine.folder, "add", ".")
    git(job.machine.folder, "commit", "--quiet", "-m", "A broken post")
    assert job.step("Check the pull request", part).returncode == 1
    assert "2026-11-21-broken.md" in job.summary.read_text()
    assert "2026-11-21-broken.md" in (job.temp / "crosspost-comment.md").read_text()
    assert branches(remote) == set(), "it took no ledger"
    (posts / "2026-11-22-link.md").symlink_to("nowhere.md")
    (posts / "2026-11-23-linked.md").symlink_to("2026-11-20-rain.md")
    (posts / os.fsdecode(b"2026-11-24-\xff.md")).write_bytes(b"---\r\ntitle: Sun\r\n---\r\n")
    git(job.machine.folder, "add", ".")
    git(job.machine.folder, "commit", "--quiet", "-m", "Names and links")
    assert job.step("Check the pull request", part).returncode == 1
    comment = (job.temp / "crosspost-comment.md").read_text()
    assert "5 posts would be new or changed:" in comment
    assert "2026-11-22-link.md: is a broken link" in comment
    assert "_posts/2026-11-23-linked.md → " in comment
    assert "2026-11-24-<FF>.md: its name is not UTF-8 (shown as <…>); rename it" in comment


def test_events_that_mix_secrets_with_strangers_are_refused(remote: Path) -> None:
    job = Job(remote, "a")
    job.env["GITHUB_EVENT_NAME"] = "pull_request_target"
    done = job.step("Refuse events that mix secrets with the code of others")
    assert done.returncode == 1
    assert "::error::crosspost does not run on pull_request_target" in done.stdout


def test_installing_makes_a_program_that_takes_no_file_of_the_site_for_a_module(remote: Path) -> None:
    job = Job(remote, "a")
    venv = 'mkdir -p "$3/bin"; printf \'#!/bin/sh\\n[ "$2" = pip ] || exec "%s" "$@"\\necho "$@" >> "%s"\\n\' '
    python = job.tool(
        "python", f'{venv} "{sys.executable}" "{job.temp}/log" > "$3/bin/python"; chmod +x "$3/bin/python"'
    )
    job.env["PYTHON"] = str(python)
    done = job.step("Install")
    assert (done.returncode, done.stderr) == (0, "")
    log = (job.temp / "log").read_text()
    assert "--require-hashes --only-binary :all:" in log
    assert str(LISTED) in log
    (job.machine.folder / "click.py").write_text("raise SystemExit('hijacked')\n", "utf-8")
    command = [str(job.temp / "crosspost/bin/crosspost"), "--version"]
    said = subprocess.run(command, cwd=job.machine.folder, capture_output=True, text=True, check=False)
    assert said.stdout.startswith("crosspost, version"), said.stderr


def gitlab_scripts() -> Callable[[str], str]:
    job = loaded(GITLAB)["crosspost"]
    return lambda part: "\n".join(job[part])


def test_on_gitlab_the_ledger_comes_back_also_when_a_post_failed(remote: Path) -> None:
    script = gitlab_scripts()
    for name, code in (("a", 1), ("b", 0)):
        job = Job(remote, name, f"exit {code}")
        (remote.parent / "crosspost").unlink(missing_ok=True)
        (remote.parent / "crosspost").symlink_to(job.temp / "crosspost")
        env = job.env | {"CI_PROJECT_URL": remote.as_uri().removesuffix(".git"), "CI_JOB_URL": f"https://lab/{name}"}
        bash = ["bash", "-eo", "pipefail", "-c"]
        codes = [
            subprocess.run([*bash, script(part)], cwd=job.machine.folder, env=env, check=False).returncode
            for part in ("script", "after_script")
        ]
        assert codes == [code, 0]
    assert stored(remote)["ledger.sqlite3"] == b"a\nb\n"
    said = loaded(GITLAB)
    assert said["crosspost"]["resource_group"] == "crosspost"
    assert said[".crosspost"]["interruptible"] is False
    assert "CROSSPOST_" not in str(said["crosspost-check"]), "a merge request has no tokens"
