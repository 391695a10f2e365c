"""Which branch of a git repository a folder shows, read from its files: a site that is checked out elsewhere looks as
if posts had been deleted. No git is needed for that; the files are described in gitrepository-layout(5)."""

from pathlib import Path

from crosspost.config.small_file import read_small
from crosspost.model import Value

#: what is on no branch
DETACHED = "(no branch)"
#: files and folders git keeps while it is in the middle of something → what that is
_BUSY = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
}


class Checkout(Value, frozen=True, kw_only=True):
    """What a folder shows of its repository: ``branch``, and what git is in the middle of ("" for nothing)."""

    branch: str
    busy: str = ""


def checkout(folder: Path) -> Checkout | None:
    """What is checked out in a folder; None where there is no git, or it cannot be told."""
    try:
        place = _repository(folder.resolve())
        if place is None:
            return None
        head = read_small(place / "HEAD").decode("utf-8", "replace").strip()
    except (OSError, RuntimeError):
        return None
    if head == "ref: refs/heads/.invalid":  # a repository of the "reftable" kind keeps it elsewhere
        return None
    branch = head.removeprefix("ref: ").removeprefix("refs/heads/") if head.startswith("ref: ") else DETACHED
    return Checkout(branch=branch, busy=next((what for name, what in _BUSY.items() if (place / name).exists()), ""))


def _repository(folder: Path) -> Path | None:
    """The folder in which git keeps what this folder shows: its own, or that of a worktree or submodule."""
    for above in (folder, *folder.parents):
        found = above / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            said = read_small(found).decode("utf-8", "replace").strip()
            return (above / said.removeprefix("gitdir:").strip()) if said.startswith("gitdir:") else None
    return None
