"""Another branch in the site's folder is not a deletion; what was taken back and is there again is told once."""

import shutil
import subprocess
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.sources.git_checkout import Checkout, checkout
from crosspost.testing.harness import Clock
from tests.delivery.followed import FILE, Followed

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
WHO = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.org",
    "-c",
    "init.defaultBranch=main",
    "-c",
    "commit.gpgsign=false",
]


def git(folder: Path, *arguments: str, fine: bool = True) -> None:
    subprocess.run(["git", *WHO, *arguments], cwd=folder, check=fine, capture_output=True)


@pytest.fixture
def site(root: Path, sandbox: Sandbox, clock: Clock) -> Followed:
    """A post is out, and taken back when its file is gone; the site is a repository with a branch without the post."""
    site = Followed(root, sandbox, clock, "mastodon", "x", on_delete="unpublish", on_edit="update")
    folder = root / "site"
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "all")
    git(folder, "checkout", "--quiet", "-b", "without")
    git(folder, "rm", "--quiet", str(site.file))
    git(folder, "commit", "--quiet", "-m", "without")
    git(folder, "checkout", "--quiet", "main")
    assert site.changes() == {}
    return site


def wait(site: Followed) -> list[dict[str, tuple[str, str]]]:
    """What comes up in runs over half an hour."""
    found = []
    for _ in range(4):
        found.append(site.changes())
        site.clock.pass_by(minutes=10)
    return found


def out(site: Followed) -> int:
    return sum(len(site.posts(name)) for name in ("mastodon", "x", "bluesky"))


@needs_git
@pytest.mark.parametrize("where", [["without"], ["--detach", "without"], ["-b", "new", "without"]])
def test_another_branch_takes_nothing_back(site: Followed, where: list[str]) -> None:
    git(site.place.root / "site", "checkout", "--quiet", *where)
    ran = site.run()
    assert "not main as before, and 1 post that is out cannot be found" in ran.err
    assert "not main as before" not in site.run().err, "told once"
    assert wait(site) == [{}] * 4
    assert out(site) == 2
    git(site.place.root / "site", "checkout", "--quiet", "main")
    assert wait(site) == [{}] * 4
    assert out(site) == 2
    assert site.place.crosspost("status").code == 0


@needs_git
def test_a_deletion_on_the_branch_itself_counts_as_ever(site: Followed) -> None:
    git(site.place.root / "site", "rm", "--quiet", str(site.file))
    git(site.place.root / "site", "commit", "--quiet", "-m", "gone")
    assert {"mastodon": ("delete", "done"), "x": ("delete", "done")} in wait(site)
    assert out(site) == 0


@needs_git
def test_a_branch_that_is_confirmed_is_the_site(site: Followed) -> None:
    git(site.place.root / "site", "checkout", "--quiet", "without")
    wait(site)
    site.place.crosspost("run", "--accept-branch")
    assert {"mastodon": ("delete", "done"), "x": ("delete", "done")} in wait(site)
    assert out(site) == 0


@needs_git
def test_a_branch_that_has_every_post_is_taken_without_a_word(site: Followed) -> None:
    git(site.place.root / "site", "checkout", "--quiet", "-b", "master")
    assert site.run().err == ""
    site.file.unlink()
    assert {"mastodon": ("delete", "done"), "x": ("delete", "done")} in wait(site)


@needs_git
def test_an_edit_on_another_branch_waits_too(site: Followed) -> None:
    folder = site.place.root / "site"
    git(folder, "checkout", "--quiet", "without")
    git(folder, "checkout", "--quiet", "main", "--", str(folder / "_posts/2026-11-10-alt10.md"))
    other = site.place.new_post("2026-11-13-alt13", "---\ntitle: Anders\n---\n\nGanz anders.\n")
    assert wait(site) == [{}] * 4
    assert other.exists()


@needs_git
def test_a_merge_that_was_begun_waits_for_its_end(site: Followed) -> None:
    folder = site.place.root / "site"
    site.file.write_text(site.file.read_text("utf-8") + "\nMehr.\n", "utf-8")
    git(folder, "commit", "--quiet", "-am", "more")
    site.run()
    git(folder, "merge", "without", fine=False)  # a conflict: changed here, deleted there
    site.file.unlink(missing_ok=True)
    assert "in the middle of a merge" in site.run().err
    assert wait(site) == [{}] * 4
    git(folder, "merge", "--abort")
    git(folder, "checkout", "--quiet", "--", ".")
    wait(site)
    assert out(site) == 2


@needs_git
def test_a_rebase_that_was_begun_waits_for_its_end(site: Followed) -> None:
    folder = site.place.root / "site"
    (folder / ".git/rebase-merge").mkdir()
    site.file.unlink()
    assert "in the middle of a rebase" in site.run().err
    assert wait(site) == [{}] * 4
    (folder / ".git/rebase-merge").rmdir()
    assert {"mastodon": ("delete", "done"), "x": ("delete", "done")} in wait(site)


def test_without_git_there_is_no_branch_to_accept(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    ran = site.place.crosspost("run", "--accept-branch")
    assert ran.code == 2
    assert "no git repository" in ran.err


# ── what is back ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["deleted", "unpublished"])
def test_a_post_that_comes_back_is_told_once_with_what_to_do(
    root: Path, sandbox: Sandbox, clock: Clock, how: str
) -> None:
    site = Followed(root, sandbox, clock, "mastodon", "bluesky", on_delete="unpublish")
    text = site.file.read_text("utf-8")
    if how == "deleted":
        site.file.unlink()
    else:
        site.front("published: false")
    wait(site)
    assert out(site) == 0
    site.file.write_text(text, "utf-8")
    ran = site.run()
    (line,) = [line for line in ran.out.splitlines() if f"`crosspost publish --again {FILE}` sends it again" in line]
    assert "mastodon" in line
    assert "bluesky" in line
    assert ran.code == 0
    assert site.run().out == "Nothing is due.\n"
    from crosspost.app.ledger_access import open_ledger
    from crosspost.app.running.run_notifications import alerts

    ledger = open_ledger(site.place.app)
    told = [matter.sentence for matter in alerts(site.place.app, ledger, []) if matter.key.startswith("back")]
    ledger.close()
    assert len(told) == 1
    assert "was taken back from bluesky, mastodon when its file was gone. The file is back." in told[0]
    assert site.place.crosspost("publish", "--again", FILE).code == 0
    assert out(site) == 2
    assert site.run().out == "Nothing is due.\n"


def test_what_a_person_took_back_while_the_file_is_there_is_no_news(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    site.place.crosspost("unpublish", "--yes", FILE)
    assert site.run().out == "Nothing is due.\n"


# ── reading the repository ────────────────────────────────────────────────────────────────────────────────────────


def test_the_branch_is_read_from_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "repo/site"
    folder.mkdir(parents=True)
    assert checkout(folder) is None
    place = tmp_path / "repo/.git"
    place.mkdir()
    assert checkout(folder) is None
    (place / "HEAD").write_text("ref: refs/heads/feature/x\n")
    assert checkout(folder) == Checkout(branch="feature/x")
    (place / "HEAD").write_text("0123456789abcdef0123456789abcdef01234567\n")
    assert checkout(folder) == Checkout(branch="(no branch)")
    (place / "BISECT_LOG").touch()
    assert checkout(folder) == Checkout(branch="(no branch)", busy="a bisect")
    (place / "HEAD").write_text("ref: refs/heads/.invalid\n")
    assert checkout(folder) is None


@needs_git
def test_worktrees_are_read_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "main")
    git(tmp_path / "main", "commit", "--quiet", "--allow-empty", "-m", "x")
    git(tmp_path / "main", "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "wt"))
    assert checkout(tmp_path / "wt") == Checkout(branch="other")
    assert checkout(tmp_path / "main") == Checkout(branch="main")
