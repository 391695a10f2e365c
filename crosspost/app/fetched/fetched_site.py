"""The posts of a site whose ``git`` names an address: what was fetched last, and fetching what is new.

Below the state folder each such site has a folder: the repository (without history), a tree for each commit that was
fetched lately, and the name of the one that counts. A tree is whole before it counts and never changes, so nobody reads
half of it. What cannot be fetched leaves all that as it is.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.app import git_command
from crosspost.app.fetched import git_objects, git_remote
from crosspost.app.git_command import GitUnavailableError
from crosspost.config import atomic_file, file_lock
from crosspost.config.sites import MAIN
from crosspost.config.small_file import read_small
from crosspost.errors import CrosspostError, SourceError
from crosspost.model import Value
from crosspost.model.value import ready

if TYPE_CHECKING:
    from crosspost.config.credentials import Credentials
    from crosspost.config.settings import Settings

#: seconds that fetching may take, and that another process is waited for that fetches the first time
PATIENCE = 300
#: the longest time in seconds between two attempts while fetching fails
_SELDOM = 900
#: seconds after which a tree that does not count any more is deleted; a run that reads it has ended by then
_LEFT = 7200
#: packs after which the repository is made anew, instead of being tidied up
_PACKS = 40
_FETCHED, _CURRENT = "refs/crosspost/fetched", "refs/crosspost/current"


class Failed(Value, frozen=True, kw_only=True):
    """Fetching has failed since then, the last time for this reason."""

    since: datetime
    said: str


class FetchedSite:
    """One site. Creating one does no I/O.

    :param said: the config, as this site has it
    :param state: the folder in which crosspost keeps what is its own
    :param environ: the user's; git's credentials may be in it
    """

    def __init__(
        self, said: "Settings", state: Path, credentials: "Credentials | None", environ: Mapping[str, str]
    ) -> None:
        self._site, self._name = said.site, said.name or MAIN
        self._place = said.place("site", "git")
        self._credentials, self._environ = credentials, environ
        self._folder = state / "fetched" / self._name
        self._repository = self._folder.absolute() / "repository"  # git looks from there

    @property
    def folder(self) -> Path:
        """Where its posts are; a folder that is not there, as long as nothing was fetched."""
        return self._tree(self._counts()) / self._site.path

    @property
    def failed(self) -> Failed | None:
        """Since when fetching fails; None when it went well the last time."""
        try:
            return msgspec.json.decode(read_small(self._folder / "failed.json"), type=ready(Failed))
        except (OSError, msgspec.MsgspecError, ValueError):
            return None

    def fetch(self, now: datetime, *, needed: bool, told: datetime | None = None) -> None:
        """Fetch what is new, unless that was done within ``git_every`` minutes or another process is doing it. What
        fails is tried again after as long as it has failed, a quarter of an hour at most.

        :param needed: whether there is something to do only where nothing was fetched yet
        :param told: when somebody last said that there is something new; after that the minutes do not count
        :raises SourceError: when nothing was fetched yet and that does not work; else :attr:`failed` says so
        """
        there = self._counts()
        if there and (needed or self._lately(now, told)):
            return
        try:
            with self._alone(0 if there else PATIENCE) as mine:
                if not mine or (not there and self._counts()):  # another process has just fetched it
                    return
                self._asked(now)
                self._fetch()
                (self._folder / "failed.json").unlink(missing_ok=True)
        except (CrosspostError, OSError) as error:
            why = (error.strerror or "unknown reason") if isinstance(error, OSError) else str(error)
            said = f"{self._place}: the posts could not be fetched from {self._site.git}: {why}"
            self._note(now, said)
            if not there:
                raise SourceError(said) from None

    def _fetch(self) -> None:
        """Fetch, and let the new commit count once all of it is there."""
        with git_remote.reached(self._site, self._name, self._credentials, self._environ) as way:
            if len(list(self._repository.glob("objects/pack/*.pack"))) > _PACKS:
                shutil.rmtree(self._repository)
            if not (self._repository / "HEAD").exists():
                self._repository.mkdir(parents=True, exist_ok=True)
                self._git(way, "init", "--quiet", "--bare", "--template=")
            self._git(way, *git_remote.words(self._site, _FETCHED))
            commit = self._git(way, "rev-parse", "--verify", f"{_FETCHED}^{{commit}}").decode().strip()
            if commit == self._counts() and self._tree(commit).is_dir():
                return
            self._write(way, commit)
            self._git(way, "update-ref", _CURRENT, commit)
        self._tidy(commit)

    def _write(self, way: git_remote.Way, commit: str) -> None:
        def git(*words: str, given: bytes = b"") -> bytes:
            return self._git(way, *words, given=given)

        wanted = git_objects.files(git, commit)
        if self._site.path not in ("", ".") and not any(_is_in(one.path, self._site.path) for one in wanted):
            raise SourceError(f"it has no folder {self._site.path}; correct `path`")
        old = self._counts()
        try:
            before = {one.path: one.content for one in git_objects.files(git, old)} if old else {}
        except CrosspostError:  # the repository was made anew, without the old commit
            before = {}
        unfinished = self._folder / f".{commit}.{os.urandom(4).hex()}"
        try:
            unfinished.mkdir(parents=True)
            git_objects.write(git, wanted, unfinished, before, self._tree(old) if old else None)
            if hasattr(os, "sync"):
                os.sync()  # a name must not outlive what it stands for when the power fails
            target = self._tree(commit)
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(exist_ok=True)
            unfinished.rename(target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        atomic_file.write(self._folder / "counts", commit.encode())
        if old and old != commit:
            os.utime(self._tree(old))  # from now on it is kept for those who read it still

    def _git(self, way: git_remote.Way, *words: str, given: bytes = b"") -> bytes:
        """What git says.

        :raises SourceError: when it fails
        """
        environ = {**way.environ, "GIT_DIR": str(self._repository)}
        try:
            done = git_command.run(
                self._repository, *words, environ=environ, given=given, config=way.config, patience=PATIENCE
            )
        except GitUnavailableError as error:
            raise SourceError(str(error)) from None
        if done.returncode:
            raise SourceError(way.meaning(done.stderr))
        return done.stdout

    def _tidy(self, commit: str) -> None:
        """Delete trees that nobody reads any more."""
        for tree in (self._folder / "trees").iterdir():
            with contextlib.suppress(OSError):
                if tree.name != commit and time.time() - tree.stat().st_mtime > _LEFT:
                    shutil.rmtree(tree, ignore_errors=True)
        for left in self._folder.glob(".*.*"):  # of a process that was killed; nobody else is at work now
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)

    def _counts(self) -> str:
        """The commit whose tree counts; "" when there is none."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            commit = read_small(self._folder / "counts").decode("ascii").strip()
            if commit.isalnum() and self._tree(commit).is_dir():
                return commit
        return ""

    def _tree(self, commit: str) -> Path:
        return self._folder / "trees" / (commit or "nothing-yet")

    def _lately(self, now: datetime, told: datetime | None) -> bool:
        try:
            asked = (self._folder / "asked").stat().st_mtime
        except OSError:
            return False
        if told is not None and asked <= told.timestamp() <= now.timestamp():
            return False
        failing = min(asked - failed.since.timestamp(), _SELDOM) if (failed := self.failed) is not None else 0
        return 0 <= now.timestamp() - asked < max(self._site.git_every * 60, failing)

    def _asked(self, now: datetime) -> None:
        file = self._folder / "asked"
        file.touch()
        os.utime(file, (now.timestamp(), now.timestamp()))

    def _note(self, now: datetime, said: str) -> None:
        before = self.failed
        failed = Failed(since=before.since if before is not None else now, said=said)
        with contextlib.suppress(OSError):  # a full disk is told by whatever else is written
            atomic_file.write(self._folder / "failed.json", msgspec.json.encode(failed))

    @contextlib.contextmanager
    def _alone(self, wait: float) -> Iterator[bool]:
        """Whether no other process fetches this site now."""
        with file_lock.opened(self._folder / "lock") as handle:
            deadline = time.monotonic() + wait
            while True:
                try:
                    file_lock.take(handle)
                except OSError as error:
                    if error.errno not in file_lock.HELD:
                        raise
                    if time.monotonic() >= deadline:
                        yield False
                        return
                    time.sleep(0.1)
                else:
                    break
            yield True


def _is_in(path: str, folder: str) -> bool:
    return path.startswith(f"{Path(folder).as_posix()}/")
