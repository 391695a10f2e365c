"""When somebody changes the branch that the ledger is carried on: nothing is lost, and nothing goes out twice."""

import shutil
from pathlib import Path

import pytest

from crosspost.app.ledger_branches.branch import Held
from tests.app.ledger_branches.git_site import COPY, L, Machine, delete, git, move_back, new_remote, senders


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return new_remote(tmp_path)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_branch_that_was_moved_back_is_not_taken(remote: Path, steps: int) -> None:
    for name in "ab":
        Machine(remote, name).run()
    newest = git(remote, "rev-parse", L)
    move_back(remote, steps)
    three = Machine(remote, "c")
    with pytest.raises(Held, match=rf"was changed: it has number {4 - steps}, not 4.*so nothing was sent"):
        three.pull(looked=True)
    git(three.folder, "fetch", "--quiet", "origin", COPY)
    git(three.folder, "push", "--quiet", "--force", "origin", f"FETCH_HEAD:{L}")
    assert git(remote, "rev-parse", L) == newest
    three.run()
    assert senders(remote) == ["a", "b", "c"]


def test_a_branch_that_is_gone_is_missed(remote: Path) -> None:
    Machine(remote, "a").run()
    delete(remote, L)
    with pytest.raises(Held, match="the branch crosspost-ledger is gone"):
        Machine(remote, "b").pull()
    delete(remote, COPY)
    assert "first run" in Machine(remote, "c").pull(), "who deletes both begins anew, and is told so"


def test_without_its_copy_the_ledger_is_taken_and_has_one_again(remote: Path) -> None:
    Machine(remote, "a").run()
    delete(remote, COPY)
    Machine(remote, "b").run()
    assert senders(remote, COPY) == ["a", "b"]


def test_a_commit_of_a_person_on_the_branch_is_no_harm(remote: Path) -> None:
    one = Machine(remote, "a")
    one.run()
    two = Machine(remote, "b")
    two.pull()
    two.send()
    git(one.folder, "fetch", "--quiet", "origin", L)
    git(one.folder, "checkout", "--quiet", "FETCH_HEAD")
    git(one.folder, "rm", "--quiet", "RUNNING")
    git(one.folder, "commit", "--quiet", "-m", "Looked")
    git(one.folder, "push", "--quiet", "origin", f"HEAD:refs/heads/{L}")
    two.push()
    assert (senders(remote), senders(remote, COPY)) == (["a", "b"], ["a", "b"])
    assert "Looked" in git(remote, "log", "--format=%s", L), "it stays in the history"


@pytest.mark.parametrize("gone", [(L,), (COPY,), (L, COPY)])
def test_branches_deleted_during_a_run_come_back(remote: Path, gone: tuple[str, ...]) -> None:
    Machine(remote, "a").run()
    two = Machine(remote, "b")
    two.pull()
    two.send()
    delete(remote, *gone)
    git(remote, "reflog", "expire", "--expire=now", "--all")
    git(remote, "gc", "--quiet", "--prune=now")
    two.push()
    assert (senders(remote), senders(remote, COPY)) == (["a", "b"], ["a", "b"])
    Machine(remote, "c").run()


def test_a_branch_moved_back_during_a_run_is_left_and_the_next_run_refuses(remote: Path) -> None:
    for name in "ab":
        Machine(remote, name).run()
    three = Machine(remote, "c")
    three.pull()
    three.send()
    move_back(remote, 3)
    with pytest.raises(Held, match=f"was changed by somebody else during the run.*on the branch {COPY}"):
        three.push()
    assert senders(remote) == ["a"]
    assert senders(remote, COPY) == ["a", "b", "c"]
    with pytest.raises(Held, match="was changed: it has number 2, not 6"):
        Machine(remote, "d").pull()
