"""A run of a build service on an empty machine, by the steps of ``action.yml`` or of a workflow in ``config/``."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.app.ledger_branches.git_site import Machine, git

ROOT = Path(__file__).parents[1]
ACTION, GITHUB = ROOT / "action.yml", ROOT / "config/github-workflow.yml"
CHECK, COMMENT = ROOT / "config/github-check.yml", ROOT / "config/github-comment.yml"
FORGEJO, GITLAB = ROOT / "config/forgejo-workflow.yml", ROOT / "config/gitlab-ci.yml"


def loaded(file: Path) -> dict[Any, Any]:
    found = yaml.safe_load(file.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def steps(file: Path, job: str = "crosspost") -> list[dict[str, Any]]:
    said = loaded(file)
    found = said["runs"]["steps"] if file == ACTION else said["jobs"][job]["steps"]
    assert isinstance(found, list)
    return found


class Job:
    """The file's own scripts; `crosspost run` is a stand-in that notes its name in the ledger, all else is real.

    :param publishes: what the stand-in does after that
    """

    def __init__(self, remote: Path, name: str, publishes: str = "exit 0", *, file: Path = ACTION) -> None:
        self.file = file
        self.machine = Machine(remote, name)
        self.temp = remote.parent / f"temp-{name}"
        self.summary, self.output = self.temp / "summary.md", self.temp / "output"
        self.tools = self.temp / "crosspost/bin"
        self.tools.mkdir(parents=True)
        self.output.touch()
        note = f"mkdir -p config/state; echo {name} >> config/state/ledger.sqlite3"
        run = f"{note}; echo 'sent to mastodon'; {publishes}"
        real = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m crosspost "$@"'
        self.tool("crosspost", f'if [ "$1" = run ]; then {run}; else {real}; fi')
        self.env = os.environ | (loaded(file).get("env") or {}) | {
            "CI": "true",
            "PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_REPOSITORY": "verein/tal",
            "GITHUB_RUN_ID": name,
            "GITHUB_BASE_REF": "main",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": git(self.machine.folder, "rev-parse", "HEAD").strip(),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "CONFIG": "config/crosspost.toml",
            "LOOKED": "false",
        }  # fmt: skip

    def tool(self, name: str, script: str) -> Path:
        """A program of this machine."""
        file = self.tools / name
        file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        file.chmod(0o755)
        return file

    def step(self, name: str, job: str = "crosspost") -> "subprocess.CompletedProcess[str]":
        """As the runner does it: ``shell: bash``."""
        (script,) = (step["run"] for step in steps(self.file, job) if step.get("name") == name)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        folder = self.machine.folder
        return subprocess.run(command, cwd=folder, env=self.env, capture_output=True, text=True, check=False)

    def run(self, *, dies: bool = False) -> list[int]:
        """The whole job; the runner goes on after a failed step with those that say ``always()``."""
        codes = [self.step("Take the ledger").returncode]
        if codes == [0]:
            codes.append(self.step("Publish what is due").returncode)
            if not dies:
                codes.append(self.step("Bring the ledger back").returncode)
        return codes

    def links(self) -> tuple[int, str]:
        """Push the links: the exit code, and what it puts out for other jobs."""
        return self.step("Push the links into the site").returncode, self.output.read_text("utf-8")
