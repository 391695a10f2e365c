"""The workflow that comments: it trusts nothing that the check has kept, and finds the pull request on its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crosspost.cli.check import _comment
from tests.build_job import ACTION, CHECK, COMMENT, loaded, steps

GOOD = _comment(["Rain @everyone\n![x](https://tracker.example/p.png)"], "No post differs.")
NOTHING = _comment([], "No post differs from the branch main.")
PULLS = [{"number": 7, "head": {"sha": "c0ffee"}}, {"number": 8, "head": {"sha": "0ld"}}]
OURS = {"id": 41, "user": {"login": "github-actions[bot]"}, "body": GOOD}
THEIRS = {"id": 40, "user": {"login": "mallory"}, "body": GOOD}
OTHER = {"id": 39, "user": {"login": "github-actions[bot]"}, "body": "Deployed."}

#: what stands for GitHub's program: it notes what it was asked, and answers with what the test has laid down
_GH = """
import json, os, sys
from pathlib import Path
here, words = Path(os.environ["RUNNER_TEMP"]), sys.argv[1:]
asked = {"words": words}
if "--input" in words:
    asked["body"] = json.loads(Path(words[words.index("--input") + 1]).read_text("utf-8"))["body"]
with (here / "asked").open("a", encoding="utf-8") as file:
    file.write(json.dumps(asked) + chr(10))
if words[-1].endswith("/comments") and "--paginate" in words:
    print((here / "comments.json").read_text("utf-8"))
elif any(word.endswith("/pulls") for word in words):
    print((here / "pulls.json").read_text("utf-8"))
"""


class Runner:
    """A machine of GitHub's, after the check has kept a comment."""

    def __init__(self, folder: Path, kept: str | bytes, comments: list[dict[str, Any]]) -> None:
        if shutil.which("jq") is None or shutil.which("bash") is None:
            pytest.skip("jq or bash is not installed")
        self.folder = folder
        (folder / "kept").mkdir()
        data = kept.encode() if isinstance(kept, str) else kept
        (folder / "kept/crosspost-comment.md").write_bytes(data)
        (folder / "pulls.json").write_text(json.dumps(PULLS), "utf-8")
        # as `gh api --paginate` prints several pages
        (folder / "comments.json").write_text("".join(json.dumps([one]) for one in comments), "utf-8")
        (folder / "gh.py").write_text(_GH, "utf-8")
        (folder / "gh").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder}/gh.py" "$@"\n', "utf-8")
        (folder / "gh").chmod(0o755)

    def step(self, name: str, **env: str) -> "subprocess.CompletedProcess[str]":
        (script,) = (step["run"] for step in steps(COMMENT, "comment") if step.get("name") == name)
        given = {"RUNNER_TEMP": str(self.folder), "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}
        given |= {"GITHUB_REPOSITORY": "verein/tal", "GH_TOKEN": "t"}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, env=given | env, capture_output=True, text=True, check=False)

    def looks(self) -> bool:
        return self.step("Look at what was kept").returncode == 0

    def writes(self, branch: str = "rain") -> list[dict[str, Any]]:
        done = self.step("Write it below the pull request", OWNER="stranger", BRANCH=branch, COMMIT="c0ffee")
        assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
        return [json.loads(line) for line in (self.folder / "asked").read_text("utf-8").splitlines()]


def test_the_first_comment_is_written_below_the_pull_request_that_was_checked(tmp_path: Path) -> None:
    runner = Runner(tmp_path, GOOD, [OTHER, THEIRS])
    assert runner.looks()
    found, listed, written = runner.writes()
    assert found["words"][-4:] == ["--raw-field", "state=open", "--raw-field", "head=stranger:rain"]
    assert listed["words"][-1] == "repos/verein/tal/issues/7/comments"
    assert written["words"][2:5] == ["--method", "POST", "repos/verein/tal/issues/7/comments"]
    assert written["body"] == GOOD


@pytest.mark.parametrize("kept", [GOOD, NOTHING], ids=["posts", "none"])
def test_the_next_one_takes_its_place(tmp_path: Path, kept: str) -> None:
    runner = Runner(tmp_path, kept, [THEIRS, OTHER, OURS])
    assert runner.looks()
    written = runner.writes()[-1]
    assert written["words"][2:5] == ["--method", "PATCH", "repos/verein/tal/issues/comments/41"]
    assert written["body"] == kept


def test_a_pull_request_without_posts_gets_no_comment(tmp_path: Path) -> None:
    runner = Runner(tmp_path, NOTHING, [THEIRS])
    assert runner.looks()
    assert len(runner.writes()) == 2


@pytest.mark.parametrize("branch", ["$(touch pwned)", "@/etc/passwd", "a&state=closed", "'\"; exit 1 #"])
def test_a_branch_is_only_a_word(tmp_path: Path, branch: str) -> None:
    runner = Runner(tmp_path, GOOD, [])
    assert runner.looks()
    assert runner.writes(branch)[0]["words"][-1] == f"head=stranger:{branch}"
    assert not list(tmp_path.glob("pwned"))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "@everyone",
        f"{GOOD}@everyone\n",
        GOOD.replace("    Rain", "Rain"),
        GOOD.replace("    Rain", "    \r@everyone\r"),
        GOOD.replace("    Rain", "    \0"),
        GOOD.replace("crosspost", "crosspost: @everyone", 1),
        GOOD.replace(" -->", " --> ![x](https://tracker.example/p.png)", 1),
        GOOD.replace("-->\n\n", "-->\n", 1),
        GOOD.removesuffix("\n"),
        GOOD + "    x\n" * 14_000,
        '{"body": "@everyone"}',
        b"<!-- crosspost -->\n\n\xff\xfe@everyone\n",
    ],
)
def test_what_our_check_does_not_write_is_not_written(tmp_path: Path, kept: str | bytes) -> None:
    runner = Runner(tmp_path, kept, [])
    assert not runner.looks()


def test_it_has_no_right_but_to_comment_and_runs_nothing_of_the_pull_request() -> None:
    said = loaded(COMMENT)
    assert said["permissions"] == {}
    assert said["jobs"]["comment"]["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert "secrets." not in COMMENT.read_text("utf-8")
    uses = [step["uses"].partition("@")[0] for step in steps(COMMENT, "comment") if "uses" in step]
    assert uses == ["actions/download-artifact"]
    assert not [step["name"] for step in steps(COMMENT, "comment") if "${{" in step.get("run", "")]
    assert [step.get("if") for step in steps(COMMENT, "comment")[1:]] == [
        "steps.kept.outcome == 'success'",
        "steps.look.outcome == 'success'",
    ]


def test_it_takes_what_the_check_keeps() -> None:
    (taken,) = (step["with"] for step in steps(COMMENT, "comment") if "uses" in step)
    for file, job in ((ACTION, ""), (CHECK, "check")):
        (kept,) = (step for step in steps(file, job) if step.get("name") == "Keep the comment")
        assert kept["with"]["name"] == taken["name"]
        assert kept["if"] == "always() && steps.check.outcome != 'skipped'"
        (script,) = (step["run"] for step in steps(file, job) if step.get("name") == "Check the pull request")
        assert '--comment "$RUNNER_TEMP/crosspost-comment.md"' in script
        assert kept["with"]["path"] == "${{ runner.temp }}/crosspost-comment.md"
    assert loaded(COMMENT)[True]["workflow_run"]["workflows"] == [loaded(CHECK)["name"]]


def test_the_check_has_no_secret_and_may_only_read() -> None:
    assert loaded(CHECK)[True] == "pull_request"
    assert loaded(CHECK)["jobs"]["check"]["permissions"] == {"contents": "read"}
    assert "secrets." not in CHECK.read_text("utf-8")
    assert not [step["name"] for step in steps(CHECK, "check") if "${{" in step.get("run", "")]
    holders = [step["name"] for step in steps(CHECK, "check") if "github.token" in str(step)]
    assert holders == ["Check the pull request"]
