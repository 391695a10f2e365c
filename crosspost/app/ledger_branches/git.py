"""Calls git for the ledger's branches: what the server has, and changing it only if it is still what was seen.

Nothing of the checked out site is touched: neither its index, nor its files, nor its branches.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from crosspost.app import git_command
from crosspost.errors import LedgerError

_REMOTE = "origin"


class Refused(LedgerError):
    """Git did not do it; the message is what git said first."""


class Git:
    """The repository around a folder, and the server it came from.

    :param folder: any folder inside the repository
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder, self._environ = folder, environ
        try:
            self.directory = Path(self.text("rev-parse", "--absolute-git-dir"))
        except Refused as error:
            if "not a git repository" not in str(error):
                raise
            raise Refused(f"{folder} is in no git repository; run this in a clone of your site's repository") from None

    def branches(self, *patterns: str) -> dict[str, str]:
        """The server's branches of these names, with their commits. A server that does not answer is an error.

        :raises Refused: when it does not answer
        """
        said = self.text("ls-remote", _REMOTE, *(f"refs/heads/{one}" for one in patterns))
        rows = (line.split("\t", 1) for line in said.splitlines())
        return {name.removeprefix("refs/heads/"): commit for commit, name in rows}

    def fetch(self, branches: Sequence[str]) -> dict[str, str]:
        """Get the newest commit of each of these branches, without what was before it: their commits.

        :raises Refused: when one of them is gone by now, or the server does not answer
        """
        if not branches:
            return {}
        here = {name: f"refs/crosspost/{name}" for name in branches}
        specs = (f"+refs/heads/{name}:{ref}" for name, ref in here.items())
        self.text("fetch", "--quiet", "--no-tags", "--depth=1", _REMOTE, *specs)
        return {name: self.text("rev-parse", f"{ref}^{{commit}}") for name, ref in here.items()}

    def push(self, commit: str, seen: Mapping[str, str]) -> None:
        """Set all of these branches to the commit, or none: only if the server still has what was seen of each.

        :param seen: branch → the commit that was seen there; "" for a branch that did not exist
        :raises Refused: when it has something else by now, or does not take it
        """
        leases = (f"--force-with-lease=refs/heads/{name}:{old}" for name, old in seen.items())
        specs = (f"{commit}:refs/heads/{name}" for name in seen)
        self.text("push", "--quiet", "--no-verify", "--atomic", *leases, _REMOTE, *specs)

    def commit(self, tree: str, message: str, parent: str = "") -> str:
        """A commit of this tree; without a parent it is the first of a history."""
        return self.text("commit-tree", tree, "-m", message, *(("-p", parent) if parent else ()))

    def text(self, *words: str, given: bytes = b"", index: Path | None = None) -> str:
        """What git answers, without the last line break.

        :raises Refused: when git does not want to
        """
        return os.fsdecode(self.data(*words, given=given, index=index)).rstrip("\n")

    def data(self, *words: str, given: bytes = b"", index: Path | None = None) -> bytes:
        """What git answers, byte for byte.

        :raises Refused: when git does not want to
        """
        try:
            done = git_command.run(
                self._folder, *words, environ=self._environ, given=given, index=index, config=("gc.auto=0",)
            )
        except git_command.GitUnavailableError as error:
            raise Refused(str(error)) from None
        if done.returncode:
            raise Refused(f"git {words[0]}: {git_command.reason(done.stderr)}")
        return done.stdout
