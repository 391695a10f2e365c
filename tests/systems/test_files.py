"""Files: replaced as a whole also where somebody reads them, on the disk for good, and by one name each."""

import os
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.ledger_branches import git_tree
from crosspost.app.ledger_branches.git import Git
from crosspost.app.running.idle_stamp import place
from crosspost.config import atomic_file
from crosspost.errors import LedgerError, SourceError
from crosspost.ledger.connection import _pragmas
from crosspost.ledger.counter_marks import Mark, Marks
from crosspost.ledger.location import here, same_place
from crosspost.sources import post_paths
from tests.app.ledger_branches.git_site import git
from tests.systems import windows


class Reader:
    """Somebody reads the file, so that Windows does not rename over it, for a number of tries."""

    def __init__(self, patch: pytest.MonkeyPatch, tries: int, code: int | None = 32) -> None:
        self.left, self.real = tries, Path.replace
        self.code = code

        def replace(source: Path, target: Path) -> Path:
            return self.renamed(source, target)  # a method of this object would not be told the source

        patch.setattr(Path, "replace", replace)
        patch.setattr(atomic_file, "_PAUSES", (0, 0, 0))

    def renamed(self, source: Path, target: Path) -> Path:
        if self.left > 0:
            self.left -= 1
            refused: Any = PermissionError(13, "The process cannot access the file")
            if self.code is not None:
                refused.winerror = self.code
            raise refused
        return self.real(source, target)


@pytest.mark.parametrize("code", [5, 32])
def test_a_file_that_somebody_reads_is_replaced_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    Reader(monkeypatch, 3, code)
    (tmp_path / "a").write_text("old")
    atomic_file.write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.parametrize(("tries", "code", "left"), [(99, 32, 95), (99, 1, 98), (99, None, 98)])
def test_what_stays_refused_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: int, code: int | None, left: int
) -> None:
    reader = Reader(monkeypatch, tries, code)
    (tmp_path / "a").write_text("old")
    with pytest.raises(PermissionError):
        atomic_file.write(tmp_path / "a", b"new")
    assert reader.left == left, "another refusal than that is not asked again"
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a", "old")]


def test_without_fcntl_the_system_is_asked_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acted, asked = windows.module("config/atomic_file"), list[int]()
    assert not acted.F_FULLFSYNC
    monkeypatch.setattr(os, "fsync", asked.append)
    acted.write(tmp_path / "a", b"new")
    assert len(asked) == 1
    acted.write(tmp_path / "b", b"new", durable=False)
    assert len(asked) == 1


@pytest.mark.parametrize("known", [True, False])
def test_on_macos_the_disk_is_asked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    asked: list[Any] = []

    def fcntl(handle: int, what: int) -> None:
        asked.append(what)
        if not known:
            raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr(atomic_file, "F_FULLFSYNC", 51)
    monkeypatch.setattr(atomic_file, "fcntl", fcntl, raising=False)
    monkeypatch.setattr(os, "fsync", lambda handle: asked.append("fsync"))
    atomic_file.write(tmp_path / "a", b"new")
    assert asked == ([51] if known else [51, "fsync"])


def test_on_macos_the_ledger_asks_the_disk_too() -> None:
    assert {"fullfsync=ON", "checkpoint_fullfsync=ON"} == set(_pragmas("darwin")) - set(_pragmas("linux"))


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_mark_is_found_however_the_path_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    home, ledger = tmp_path / "home", tmp_path / "Gärten/ledger.sqlite3"
    ledger.parent.mkdir()
    home.mkdir()
    Marks(ledger, home).write(Mark(ledger="one", count=1, at=datetime(2026, 11, 26, tzinfo=UTC), here=here(ledger)))
    typed = Path(str(tmp_path), unicodedata.normalize("NFD", "gÄRTEN"), "LEDGER.sqlite3")
    assert not list(Marks(typed, home).of_this_place()), "here capitals count"
    monkeypatch.setattr(sys, "platform", system)
    assert list(Marks(typed, home).of_this_place()) == [home / "one.json"]
    assert not same_place(str(ledger), str(ledger.with_name("other.sqlite3")))


@pytest.fixture
def any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk to which capitals and small letters are the same."""

    def real(path: Any) -> Path | None:
        found = Path("/")
        for part in Path(os.path.abspath(path)).parts[1:]:  # noqa: PTH100  # resolves no name
            there = [one for one in found.iterdir() if one.name.casefold() == part.casefold()] if found.is_dir() else []
            if not there:
                return None
            found = found / part if found / part in there else there[0]
        return found

    monkeypatch.setattr(os.path, "lexists", lambda path: real(path) is not None)
    monkeypatch.setattr(Path, "samefile", lambda one, other: real(one) == real(other))


@pytest.mark.usefixtures("any_case")
@pytest.mark.parametrize(
    "typed", ["_posts/2026-11-20-Rain.md", "_POSTS/2026-11-20-rain.MD", "../SITE/_posts/2026-11-20-RAIN.md"]
)
def test_a_post_has_one_name_however_it_is_typed(tmp_path: Path, typed: str) -> None:
    site = tmp_path / "Site"
    (site / "_posts").mkdir(parents=True)
    (site / "_posts/2026-11-20-Rain.md").write_text("Rain")
    assert post_paths.below(site / typed, site) == "_posts/2026-11-20-Rain.md"


@pytest.mark.usefixtures("any_case")
def test_what_is_outside_stays_outside(tmp_path: Path) -> None:
    for name in ("site", "site2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("a")
    with pytest.raises(SourceError, match="is not in"):
        post_paths.below(tmp_path / "SITE2/a.md", tmp_path / "site")


@pytest.mark.parametrize("name", ["..\\up", "C:\\up", "stream:up"])
def test_a_ledgers_branch_writes_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / name).write_text("up")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "A strange name")
    commit, to = git(tmp_path, "rev-parse", "HEAD").strip(), tmp_path / "state"
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(LedgerError, match="which is not a place in"):
        git_tree.write(Git(tmp_path, os.environ), commit, to)
    assert not list(to.iterdir())


def test_an_idle_run_leaves_its_stamp_where_windows_has_homes(tmp_path: Path) -> None:
    found = place({"USERPROFILE": str(tmp_path)}, None, None)
    assert found is not None
    assert found.is_relative_to(tmp_path)
