"""Commits what was written into the site, and pushes it: these files only, under a name of its own.

What cannot be done without a person is told, and tried again.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from crosspost.app import git_command
from crosspost.app.git_command import reason
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

#: how often a push is tried, others pushing meanwhile
_TRIES = 3
_REJECTED = (b"fetch first", b"non-fast-forward", b"cannot lock ref", b"failed to update ref")


class GitError(CrosspostError):
    """Git could not do it; says why, and what a person can do."""


class Repository:
    """The git repository that a site's folder is in.

    :param folder: the site's folder
    :raises GitError: when there is none, or something is under way in it
    """

    def __init__(self, folder: Path) -> None:
        from crosspost.sources.git_checkout import DETACHED, checkout

        self._folder = folder
        state = checkout(folder)
        if state is None:
            raise GitError(f"write_back_git: {folder} is in no git repository")
        if state.busy:
            raise GitError(f"nothing was written back: {state.busy} is under way in {folder}; finish it")
        if state.branch == DETACHED:
            raise GitError(f"nothing was written back: no branch is checked out in {folder}")
        self._branch = state.branch

    def changed(self, files: Sequence[Path]) -> set[Path]:
        """Those of the files that are not as git knows them."""
        if not files:
            return set()
        top = Path(self._git("rev-parse", "--show-toplevel")).resolve()
        words = ("status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--")
        said = self._git(*words, *(str(file.resolve()) for file in files))
        different = {top / line[3:] for line in said.split("\0") if line}
        return {file for file in files if file.resolve() in different}

    def refuse_ignored(self, file: Path) -> None:
        """:raises GitError: when git leaves this file out, so that nothing would ever be committed"""
        if self._run("check-ignore", "--quiet", "--", str(file.resolve())).returncode == 0:
            raise GitError(f"write_back_git: {file} is never committed, since a .gitignore names it; take it out there")

    def commit(self, files: Sequence[Path], message: str) -> None:
        """Commit these files, and nothing else that may be staged."""
        mine = sorted(str(file.resolve()) for file in self.changed(files))
        if mine:
            self._git("add", "--", *mine)
            self._git("commit", "--quiet", "--message", message, "--only", "--", *mine)

    def push(self) -> None:
        """Push our commits to where the branch comes from; what others pushed meanwhile goes before them.

        :raises GitError: when that is not possible, or would push what a person has not pushed yet
        """
        self.upstream()
        for _ in range(_TRIES):
            self._refuse_foreign()
            answer = self._run("push", "--quiet")
            if answer.returncode == 0:
                return
            if not any(said in answer.stderr for said in _REJECTED):
                raise GitError(f"nothing was pushed: {reason(answer.stderr)}")
            self._behind_others()
        raise GitError("nothing was pushed: others were faster, several times; the next run tries again")

    def upstream(self) -> str:
        """Where the branch is pushed to, such as ``origin/main``.

        :raises GitError: when nowhere
        """
        found = self._git("for-each-ref", "--format=%(upstream:short)", f"refs/heads/{self._branch}")
        if not found:
            raise GitError(f"nothing was pushed: the branch {self._branch} has no upstream; `git push -u` gives it one")
        return found

    def _refuse_foreign(self) -> None:
        """:raises GitError: when there are commits of a person that are not pushed"""
        others = set(self._git("log", "--format=%an", "@{upstream}..HEAD").splitlines()) - {self._author()}
        if others:
            raise GitError(
                f"nothing was pushed: the branch {self._branch} has commits by {', '.join(sorted(others))} that are "
                "not pushed yet; push them, and what crosspost wrote goes along"
            )

    def _behind_others(self) -> None:
        """Take over what others pushed, with our commits behind it.

        :raises GitError: when that is in conflict with ours, or with what a person is at work on
        """
        if self._git("status", "--porcelain", "--untracked-files=no"):
            raise GitError(
                f"nothing was pushed: others pushed meanwhile, and {self._folder} has changes that are not committed; "
                "commit them, then `git pull --rebase` and `git push`"
            )
        answer = self._run("pull", "--quiet", "--rebase")
        if answer.returncode:
            self._run("rebase", "--abort")
            why = reason(answer.stderr or answer.stdout)
            raise GitError(
                f"nothing was pushed: what others pushed is in conflict with what crosspost wrote in {self._folder} "
                f"({why}); `git pull --rebase`, settle it, and `git push`"
            )

    def _git(self, *words: str) -> str:
        """:raises GitError: when git does not want to"""
        answer = self._run(*words)
        if answer.returncode:
            raise GitError(f"git {words[0]} in {self._folder}: {reason(answer.stderr or answer.stdout)}")
        return os.fsdecode(answer.stdout).strip("\n")

    def _run(self, *words: str) -> CompletedProcess[bytes]:
        try:
            return git_command.run(self._folder, *words, environ=os.environ)
        except git_command.GitUnavailableError as error:
            raise GitError(str(error)) from None

    def _author(self) -> str:
        return os.environ.get("GIT_AUTHOR_NAME") or git_command.NAME


def brought(app: "App", files: Sequence[Path], message: str) -> list[str]:
    """Commit and push these files, where ``write_back_git`` asks for that.

    :returns: what could not be done, sentences
    """
    said = app.settings.site.write_back_git if app.settings is not None else ""
    if not said or not files:
        return []
    try:
        repository = Repository(app.site)
        if not repository.changed(files):
            return []
        repository.commit(files, message)
        if said == "push":
            repository.push()
    except GitError as error:
        return [str(error)]
    return []
