"""Who may work on the ledger that lies on a branch: one run at a time, and never with an old ledger.

Two branches hold the same commit, the ledger and its copy. Beside the ledger's files stand LATEST, a number that grows
with each taking and bringing back and a word that only this run knows, and RUNNING while a run is at work. A server
changes both branches together, and only if they still are what the run has seen; so of any number of runs one begins.
A ledger that was moved back, or is gone, has another number than its copy. What cannot be put back is kept on a branch
of its own, and nothing is sent until a person has looked.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from crosspost.app.ledger_branches import git_tree
from crosspost.app.ledger_branches.checkout_note import Claim, Note
from crosspost.app.ledger_branches.git import Git, Refused
from crosspost.app.ledger_branches.git_tree import LATEST, RUNNING
from crosspost.errors import ConfigError, LedgerError

BRANCH = "crosspost-ledger"
#: seconds before each try to bring the ledger back; all of them fit into the five minutes of a cancelled job
_PAUSES = (0, 5, 15, 45, 90)
_LOOK_AGAIN = 5
#: how often a server that is in the middle of another push is asked again, a second apart
_TRIES = 3
_HELP = "See `crosspost help build-services`"


class Held(LedgerError):
    """Nothing may be sent until a person has looked."""


class _Seen(NamedTuple):
    """A branch as the server has it."""

    commit: str
    number: int
    word: str
    running: str
    files: Mapping[str, str]


class LedgerBranch:
    """The ledger's branch of one site.

    :param ledger: the ledger's file
    :param inside: a folder in the site's repository
    """

    def __init__(
        self,
        ledger: Path,
        inside: Path,
        environ: Mapping[str, str],
        *,
        branch: str = BRANCH,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._git = Git(inside, environ)
        self._ledger, self._folder = ledger.absolute(), ledger.parent.absolute()  # git has a folder of its own
        if self._folder.resolve() == inside.resolve():
            raise ConfigError(f"to be carried, the ledger needs a folder of its own, not {inside}; see [state]")
        self._branch, self._copy, self._sleep = branch, f"{branch}-copy", sleep
        self._note = Note(self._git.directory)

    def pull(self, by: str, *, looked: bool = False, wait: float = 0) -> str:
        """Take the ledger for one run, which must bring it back.

        :param by: what a person finds that run by, such as its address
        :param looked: a person has looked what the run that died has sent
        :param wait: seconds to wait for a run that is at work
        :returns: a sentence
        :raises Held: when nothing may be sent
        :raises LedgerError: when the ledger cannot be taken
        """
        self._refuse_what_is_here()
        until = time.monotonic() + wait
        while True:
            seen = self._settled()
            ledger = self._usable(seen)
            if ledger is None or not ledger.running or looked:
                if self._claim(seen, by):
                    break
            elif time.monotonic() + _LOOK_AGAIN > until:
                raise Held(
                    f"{ledger.running} is at work, or died and did not bring its ledger back. Nothing was sent. If "
                    "it does not run any more, look which of its posts are out, then take the ledger with --looked. "
                    f"{_HELP}"
                )
            else:
                self._sleep(_LOOK_AGAIN)
        if ledger is None:
            return f"There is no branch {self._branch} yet: this is the first run, and what is there now counts as old."
        return f"Took the ledger from the branch {self._branch} (number {ledger.number})."

    def push(self) -> str:
        """Bring the ledger back, as often as it takes. May be called again.

        :returns: a sentence
        :raises Held: when others changed the branch meanwhile: the ledger is safe, and a person must look
        :raises LedgerError: when it could not be brought back
        """
        claim = self._note.read()
        if claim is None:
            raise ConfigError("no ledger was taken here; `crosspost ledger pull` comes first")
        if claim.tree:
            return "The ledger was brought back already."
        if claim.full and not self._ledger.is_file():
            raise LedgerError(
                f"{self._ledger} is gone, so it cannot be brought back. The next run sends nothing. {_HELP}"
            )
        kept = {LATEST: f"{claim.number + 1} {claim.word}"}
        tree, last = git_tree.tree(self._git, self._folder, kept), Refused("")
        for pause in _PAUSES:
            self._sleep(pause)
            try:
                said = self._bring(tree, claim)
            except Refused as error:
                last = error
                continue
            self._note.write(msgspec.structs.replace(claim, tree=git_tree.tree(self._git, self._folder, {})))
            if said:
                raise Held(said)
            return f"The ledger is on the branch {self._branch} (number {claim.number + 1})."
        raise LedgerError(
            f"the ledger could not be pushed ({last}). The next run sends nothing, and says what to do. Keep this "
            f"machine if you can, and call `crosspost ledger push` again. {_HELP}"
        )

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _settled(self) -> dict[str, _Seen]:
        """Both branches, as they are between two pushes: a server shows one of them changed before the other.

        :raises Held: when a ledger lies on a branch of its own
        """
        seen = self._look()
        for _ in range(_TRIES):
            if len({(one.number, one.word) for one in seen.values()}) < 2:
                break
            self._sleep(1)
            seen = self._look()
        return seen

    def _look(self) -> dict[str, _Seen]:
        """Both branches as they are now, without those that do not exist.

        :raises Held: when a ledger lies on a branch of its own
        """
        lost = f"{self._branch}-lost-"
        there = self._git.branches(self._branch, self._copy, f"{lost}*")
        if beside := sorted(name for name in there if name.startswith(lost)):
            raise Held(
                f"two runs sent at the same time, and the ledger of one of them is on the branch {beside[0]}. Nothing "
                f"is sent while that branch exists. {_HELP}"
            )
        return self._fetched(name for name in there if not name.startswith(lost))

    def _fetched(self, names: Iterable[str]) -> dict[str, _Seen]:
        commits = self._git.fetch(list(names))
        return {name: self._seen(commit) for name, commit in commits.items()}

    def _seen(self, commit: str) -> _Seen:
        found = git_tree.read(self._git, commit)
        number, _, word = (git_tree.text(self._git, found[LATEST]) if LATEST in found else "0").partition(" ")
        running = git_tree.text(self._git, found[RUNNING]) if RUNNING in found else ""
        return _Seen(commit, int(number) if number.isdecimal() else 0, word, running, found)

    def _usable(self, seen: Mapping[str, _Seen]) -> _Seen | None:
        """The ledger, if it is the newest one there ever was; None before the first run.

        :raises Held: when it is not
        """
        ledger, copy = seen.get(self._branch), seen.get(self._copy)
        if copy is None:
            return ledger
        if ledger is not None and (
            ledger.number > copy.number or (ledger.number, ledger.word) == (copy.number, copy.word)
        ):
            return ledger
        what = "is gone" if ledger is None else f"was changed: it has number {ledger.number}, not {copy.number}"
        raise Held(
            f"the branch {self._branch} {what}. What went out since is not in it, so nothing was sent. The newest "
            f"ledger is on the branch {self._copy}: `git fetch origin {self._copy} && git push --force origin "
            f"FETCH_HEAD:{self._branch}` puts it back. {_HELP}"
        )

    def _claim(self, seen: Mapping[str, _Seen], by: str) -> bool:
        """Begin a run; False when another one was quicker.

        :raises Refused: when the server does not take it
        """
        ledger = seen.get(self._branch)
        claim = Claim(
            number=max((one.number for one in seen.values()), default=0) + 1,
            word=secrets.token_hex(8),
            full=ledger is not None and self._ledger.name in ledger.files,
        )
        if ledger is not None:
            git_tree.write(self._git, ledger.commit, self._folder)
        tree = git_tree.tree(self._git, self._folder, {LATEST: f"{claim.number} {claim.word}", RUNNING: by})
        parent = ledger.commit if ledger is not None else ""
        commit = self._git.commit(tree, f"Take the ledger ({claim.number})", parent)
        self._note.write(claim)  # before: if the answer is lost, this run still knows that it is the one
        if self._pushed(
            commit, {name: seen[name].commit if name in seen else "" for name in (self._branch, self._copy)}
        ):
            return True
        self._note.write(msgspec.structs.replace(claim, tree=git_tree.tree(self._git, self._folder, {})))
        return False

    def _pushed(self, commit: str, seen: Mapping[str, str]) -> bool:
        """Whether the branches are at this commit now; False when others changed them.

        :raises Refused: when nobody changed them, and yet the server does not take it
        """
        for last in (*(False,) * _TRIES, True):
            try:
                self._git.push(commit, seen)
            except Refused:
                now = self._git.branches(*seen)
                if all(now.get(name) == commit for name in seen):
                    break  # it came, only the answer was lost
                if any(now.get(name, "") != old for name, old in seen.items()):
                    return False
                if last:
                    raise
                self._sleep(1)  # another push may hold the server's lock
            else:
                break
        return True

    def _bring(self, tree: str, claim: Claim) -> str:
        """Push the ledger to where it belongs, or to where it is safe: "" or what a person must know.

        :raises Refused: when it has to be tried again
        """
        seen = self._fetched(self._git.branches(self._branch, self._copy))
        ledger = seen.get(self._branch)
        message = f"Bring the ledger back ({claim.number + 1})"
        if any(one.number >= claim.number and one.word != claim.word for one in seen.values()):
            name = f"{self._branch}-lost-{claim.word}"
            self._git.push(self._git.commit(tree, message), {name: self._git.branches(name).get(name, "")})
            return (
                f"another run began meanwhile. What this run sent is on the branch {name}; nothing is sent until you "
                f"looked. {_HELP}"
            )
        mine = [one.commit for one in seen.values() if one.word == claim.word]
        commit = self._git.commit(
            tree, message, ledger.commit if ledger and ledger.commit in mine else next(iter(mine), "")
        )
        moved = ledger is not None and ledger.commit not in mine
        to = (self._copy,) if moved else (self._branch, self._copy)
        if not self._pushed(commit, {name: seen[name].commit if name in seen else "" for name in to}):
            raise Refused("others changed the branch at the same time")
        if moved:
            return (
                f"the branch {self._branch} was changed by somebody else during the run, and was left as it is. What "
                f"was sent is on the branch {self._copy}; nothing is sent until you looked. {_HELP}"
            )
        return ""

    def _refuse_what_is_here(self) -> None:
        """:raises LedgerError: when this checkout has a ledger that would be lost"""
        claim = self._note.read()
        if not git_tree.some(self._folder):
            return
        if claim is not None and not claim.tree:
            raise LedgerError(
                f"{self._folder} has the ledger of an earlier run, which was not brought back. `crosspost ledger push` "
                "does that"
            )
        if claim is None or claim.tree != git_tree.tree(self._git, self._folder, {}):
            raise LedgerError(
                f"{self._folder} has a ledger that did not come from the branch {self._branch}. Move that folder away, "
                "or go on without `crosspost ledger pull`"
            )
