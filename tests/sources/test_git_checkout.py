"""What git has checked out, read from its files alone."""

import os
import subprocess
from pathlib import Path

import pytest

from crosspost.sources.git_checkout import DETACHED, Checkout, checkout, git_folder


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environ, check=True, capture_output=True, timeout=60)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    (tmp_path / "a").write_text("a", "utf-8")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "--quiet", "--message", "a")
    return tmp_path


def test_the_branch_that_is_checked_out(site: Path) -> None:
    assert checkout(site) == Checkout(branch="main")
    git(site, "switch", "--quiet", "--create", "posts/refs/heads/x")
    (site / "below").mkdir()
    assert checkout(site / "below") == Checkout(branch="posts/refs/heads/x")
    git(site, "switch", "--quiet", "--detach")
    assert checkout(site) == Checkout(branch=DETACHED)


@pytest.mark.parametrize("name", ["MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "BISECT_LOG"])
def test_what_git_is_in_the_middle_of(site: Path, name: str) -> None:
    (site / ".git" / name).write_text("x", "utf-8")
    found = checkout(site)
    assert found is not None
    assert found.busy


def test_a_worktree_has_a_branch_of_its_own(site: Path) -> None:
    git(site, "worktree", "add", "--quiet", "-b", "other", "there")
    assert checkout(site / "there") == Checkout(branch="other")
    assert checkout(site) == Checkout(branch="main")


def test_without_a_repository_there_is_no_branch(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("something else\n", "utf-8")
    assert git_folder(tmp_path) is None
    assert checkout(tmp_path) is None
    (tmp_path / ".git").write_text("gitdir: nowhere\n", "utf-8")
    assert checkout(tmp_path) is None, "it leads nowhere"
