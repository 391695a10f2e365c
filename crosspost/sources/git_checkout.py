"""Reads which branch of a git repository is checked out, because on another branch posts may look deleted.

It needs no git program; the files are described in gitrepository-layout(5)."""

from pathlib import Path

from crosspost.config.small_file import read_small
from crosspost.model import Value

#: the branch when none is checked out
DETACHED = "(no branch)"
#: files and folders git keeps during an operation → the operation
_BUSY = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
}


class Checkout(Value, frozen=True, kw_only=True):
    """The state of a working tree: its ``branch``, and the git operation in progress ("" for none)."""

    branch: str
    busy: str = ""


def checkout(folder: Path) -> Checkout | None:
    """The state of the working tree at a folder; None when it is not in a repository, or cannot be determined."""
    try:
        git_dir = git_folder(folder)
        if git_dir is None:
            return None
        head = read_small(git_dir / "HEAD").decode("utf-8", "replace").strip()
    except (OSError, RuntimeError):
        return None
    if head == "ref: refs/heads/.invalid":  # a repository in "reftable" format stores it elsewhere
        return None
    branch = head.removeprefix("ref: ").removeprefix("refs/heads/") if head.startswith("ref: ") else DETACHED
    return Checkout(
        branch=branch, busy=next((operation for name, operation in _BUSY.items() if (git_dir / name).exists()), "")
    )


def git_folder(folder: Path) -> Path | None:
    """The git directory of a folder: its own, or that of a worktree or submodule; None when it is in no repository.

    :raises OSError: when it cannot be read
    :raises RuntimeError: when links lead in a circle
    """
    start = folder.resolve()
    for above in (start, *start.parents):
        found = above / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            content = read_small(found).decode("utf-8", "replace").strip()
            return (above / content.removeprefix("gitdir:").strip()) if content.startswith("gitdir:") else None
    return None
