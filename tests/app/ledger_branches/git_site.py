"""A site on a bare repository, and checkouts of it as build machines make them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from crosspost.app.ledger_branches.branch import LedgerBranch

L, COPY = "crosspost-ledger", "crosspost-ledger-copy"
CONFIG = '[site]\npath = ".."\n[accounts.mastodon]\nbase_url = "https://social.example.org"\n'


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(["git", *who, *words], cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def new_remote(folder: Path) -> Path:
    """A bare repository with a site in it."""
    site = folder / "site"
    (site / "config").mkdir(parents=True)
    (site / "_config.yml").write_text("url: https://tal.example.org\n", "utf-8")
    (site / "config/crosspost.toml").write_text(CONFIG, "utf-8")
    (site / ".gitignore").write_text("config/state/\n*.sqlite3\n", "utf-8")
    (site / ".gitattributes").write_text("* text eol=crlf\n", "utf-8")
    git(site, "init", "--quiet")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "-m", "The site")
    git(folder, "clone", "--quiet", "--bare", str(site), "remote.git")
    return folder / "remote.git"


@dataclass
class Machine:
    """One empty build machine with a shallow checkout of the site."""

    remote: Path
    name: str

    def __post_init__(self) -> None:
        self.folder = self.remote.parent / self.name
        git(self.remote.parent, "clone", "--quiet", "--depth=1", self.remote.as_uri(), str(self.folder))
        self.ledger = self.folder / "config/state/ledger.sqlite3"
        self.pauses: list[float] = []

    @property
    def branch(self) -> LedgerBranch:
        return LedgerBranch(self.ledger, self.folder / "config", os.environ, sleep=self.pauses.append)

    def pull(self, *, looked: bool = False, wait: float = 0) -> str:
        return self.branch.pull(f"run {self.name}", looked=looked, wait=wait)

    def push(self) -> str:
        return self.branch.push()

    def send(self) -> None:
        """What a run does to the ledger."""
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        with self.ledger.open("ab") as file:
            file.write(f"{self.name}\r\n".encode())

    def run(self) -> None:
        self.pull()
        self.send()
        self.push()

    def crosspost(self, *words: str) -> "subprocess.Popen[str]":
        """The command, in a process of its own."""
        program = [sys.executable, "-m", "crosspost", *words]
        env = os.environ | {"CI": "true", "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.Popen(
            program,
            cwd=self.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def throw_away(self) -> None:
        shutil.rmtree(self.folder)


def stored(remote: Path, branch: str = L) -> dict[str, bytes]:
    """What a branch has, all at one moment."""
    commit = git(remote, "rev-parse", "--verify", branch).strip()
    names = git(remote, "ls-tree", "-r", "--name-only", commit).split()
    show = ["git", "cat-file", "blob"]
    return {
        name: subprocess.run([*show, f"{commit}:{name}"], cwd=remote, capture_output=True, check=True).stdout
        for name in names
    }


def senders(remote: Path, branch: str = L) -> list[str]:
    return stored(remote, branch)["ledger.sqlite3"].decode().split()


def branches(remote: Path) -> set[str]:
    return set(git(remote, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()) - {"main"}


def move_back(remote: Path, steps: int, branch: str = L) -> None:
    git(remote, "update-ref", f"refs/heads/{branch}", f"{branch}~{steps}")


def delete(remote: Path, *names: str) -> None:
    for name in names:
        git(remote, "update-ref", "-d", f"refs/heads/{name}")
