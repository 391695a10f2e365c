"""Real runs on fresh machines, with a real ledger and stand-ins of the networks: each post goes out once."""

import os
import shutil
from pathlib import Path

import pytest

from crosspost.testing.harness import Place
from tests.app.ledger_branches.git_site import git, move_back


def clone(place: Place, name: str) -> Path:
    """A fresh machine takes the place of the last one."""
    folder = place.root / name
    git(place.root, "clone", "--quiet", "--depth=1", (place.root / "remote.git").as_uri(), str(folder))
    place.config = folder / "config/crosspost.toml"
    (folder / "config/secrets.env").chmod(0o600)
    return folder


@pytest.fixture
def remote(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    place.name_the_ledger()
    repo = place.root / "repo"
    repo.mkdir()
    for name in ("site", "config"):
        shutil.move(place.root / name, repo / name)
    (repo / ".gitignore").write_text("config/state/\n", "utf-8")
    git(repo, "init", "--quiet")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "-m", "The site")
    git(place.root, "clone", "--quiet", "--bare", str(repo), "remote.git")
    return place.root / "remote.git"


def add_post(place: Place, folder: Path, name: str) -> None:
    post = folder / f"site/_posts/{name}.md"
    post.write_text(f"---\ntitle: {name[11:]}\n---\n\nText von {name}.\n", "utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", name)
    git(folder, "push", "--quiet", "origin", "HEAD:main")


def job(place: Place, name: str) -> list[int]:
    clone(place, name)
    pulled = place.crosspost("ledger", "pull", "--by", name)
    if pulled.code:
        return [pulled.code]
    ran = place.crosspost("run", "--json")
    assert ran.code == 0, ran.out + ran.err
    return [0, ran.code, place.crosspost("ledger", "push").code]


def test_each_post_goes_out_once_from_machines_that_begin_empty(place: Place, remote: Path) -> None:
    assert job(place, "a") == [0, 0, 0]
    writer = clone(place, "writer")
    add_post(place, writer, "2026-11-21-regen")
    for name in "bcd":
        assert job(place, name) == [0, 0, 0]
    seen = {name: len(place.sandbox.posts(name)) for name in place.networks}
    assert set(seen.values()) == {1}, "one each, and the old post not at all"
    move_back(remote, 4)
    assert job(place, "e") == [3], "an older ledger would send it again"
