"""``write_back_git``: what was written is committed and pushed, and nothing else is."""

import os
import subprocess
from pathlib import Path

import pytest

from crosspost.testing.harness import Place
from tests.app.write_back.conftest import Ask

DATA = "_data/crosspost.yml"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def origin(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The site is a clone of this repository, made by Ann."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.org\n[init]\ndefaultBranch = main\n")
    bare, site = tmp_path / "origin.git", place.root / "site"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    git(site, "init", "--quiet")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "-m", "The site")
    git(site, "remote", "add", "origin", str(bare))
    git(site, "push", "--quiet", "-u", "origin", "main")
    return bare


def sent(place: Place, name: str = "2026-11-22-neu") -> str:
    """Commit, push and publish a new post: what went to standard error."""
    if not (place.root / "config/state").exists():
        place.crosspost("run")
    site = place.root / "site"
    place.new_post(name)
    git(site, "add", ".")
    git(site, "commit", "--quiet", "-m", name)
    git(site, "push", "--quiet")
    place.clock.pass_by(minutes=5)
    ran = place.crosspost("run")
    assert ran.code == 0
    return " ".join(ran.err.split())


def log(repository: Path) -> list[str]:
    return git(repository, "log", "--format=%an: %s", "main").splitlines()


def other(origin: Path, tmp_path: Path, file: str, text: str) -> None:
    """Somebody else pushes."""
    clone = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (clone / file).parent.mkdir(exist_ok=True)
    (clone / file).write_text(text, "utf-8")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "Something else")
    git(clone, "push", "--quiet")


@pytest.mark.parametrize("form", ["data", "front-matter"])
def test_it_is_committed_and_pushed_under_a_name_of_its_own(place: Place, ask: Ask, origin: Path, form: str) -> None:
    ask(write_back=form, write_back_git="push")
    site = place.root / "site"
    assert sent(place) == ""
    assert log(origin)[0] == "crosspost: Where a post went, by crosspost"
    assert git(site, "status", "--porcelain") == ""
    changed = git(site, "show", "--name-only", "--format=").split()
    assert changed == ([DATA] if form == "data" else ["_posts/2026-11-22-neu.md"])
    place.clock.pass_by(minutes=30)
    assert place.crosspost("run").out == "Nothing is due.\n"
    assert len(log(origin)) == 3
    assert len(place.sandbox.posts()) == 3


def test_what_a_person_is_at_work_on_is_neither_committed_nor_lost(place: Place, ask: Ask, origin: Path) -> None:
    ask(write_back="data", write_back_git="push")
    site = place.root / "site"
    (site / "_config.yml").write_text("url: https://tal.example.org\ntitle: Anders\n", "utf-8")
    place.write("site/draft.md", "Ein Entwurf.")
    place.crosspost("run")
    place.crosspost("publish", str(place.post))
    git(site, "add", "draft.md")  # staged by hand
    assert git(site, "show", "--name-only", "--format=").split() == [DATA]
    assert git(site, "status", "--porcelain").split("\n")[0].split() == ["M", "_config.yml"]
    assert log(origin)[0].startswith("crosspost: ")


def test_a_post_that_a_person_is_changing_is_left_to_them(place: Place, ask: Ask, origin: Path) -> None:
    ask(write_back="front-matter", write_back_git="push")
    place.crosspost("run")
    text = place.post.read_text("utf-8") + "\nNoch nicht fertig.\n"
    place.post.write_text(text, "utf-8")
    ran = place.crosspost("publish", str(place.post))
    assert "commit it yourself" in " ".join(ran.err.split())
    assert "syndication" in place.post.read_text("utf-8")
    assert len(log(origin)) == 1


def test_what_others_pushed_meanwhile_goes_before(place: Place, ask: Ask, origin: Path, tmp_path: Path) -> None:
    ask(write_back="data", write_back_git="push")
    place.crosspost("run")
    other(origin, tmp_path, "about.md", "Über uns")
    assert place.crosspost("publish", str(place.post)).err == ""
    assert log(origin) == ["crosspost: Where a post went, by crosspost", "Ann: Something else", "Ann: The site"]


def test_a_conflict_is_told_and_nothing_is_lost(place: Place, ask: Ask, origin: Path, tmp_path: Path) -> None:
    ask(write_back="data", write_back_git="push")
    place.crosspost("run")
    other(origin, tmp_path, DATA, "# Another machine's\n")
    ran = place.crosspost("publish", str(place.post))
    assert ran.code == 0, "the post is out all the same"
    assert "is in conflict with what crosspost wrote" in " ".join(ran.err.split())
    site = place.root / "site"
    assert not (site / ".git/rebase-merge").exists()
    assert "gruesse" in (site / DATA).read_text("utf-8")
    git(site, "pull", "--quiet", "--rebase", "-X", "theirs")
    git(site, "push", "--quiet")
    place.crosspost("run")
    assert "conflict" not in place.crosspost("status").out


def test_commits_of_a_person_are_not_pushed_for_them(place: Place, ask: Ask, origin: Path) -> None:
    ask(write_back="data", write_back_git="push")
    site = place.root / "site"
    place.crosspost("run")
    place.write("site/draft.md", "Ein Entwurf.")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "-m", "Not for the web yet")
    ran = place.crosspost("publish", str(place.post))
    assert "has commits by Ann that are not pushed yet" in " ".join(ran.err.split())
    assert len(log(origin)) == 1
    git(site, "push", "--quiet")
    place.crosspost("run")
    assert log(origin)[0].startswith("crosspost: ")
    assert "not pushed" not in place.crosspost("status").out


def test_while_no_server_answers_the_commit_waits(place: Place, ask: Ask, origin: Path) -> None:
    ask(write_back="data", write_back_git="push")
    place.crosspost("run")
    away = origin.with_name("away.git")
    origin.rename(away)
    ran = place.crosspost("publish", str(place.post))
    assert ran.code == 0
    assert "nothing was pushed: fatal:" in " ".join(ran.err.split())
    assert place.crosspost("run").err == "", "told once"
    away.rename(origin)
    place.crosspost("run")
    assert log(origin)[0].startswith("crosspost: ")


def test_a_run_killed_before_its_commit_is_taken_up(
    place: Place, ask: Ask, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(write_back="front-matter", write_back_git="push")
    place.crosspost("run")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("crosspost.app.write_back.repository.Repository.commit", killed)
        assert place.crosspost("publish", str(place.post)).code == 130
    assert len(log(origin)) == 1
    place.crosspost("run")
    assert log(origin)[0] == "crosspost: Where a post went, by crosspost"
    assert git(place.root / "site", "status", "--porcelain") == ""
    assert len(place.sandbox.posts()) == 3


def test_in_the_middle_of_a_rebase_nothing_is_committed(place: Place, ask: Ask, origin: Path) -> None:
    ask(write_back="data", write_back_git="push")
    place.crosspost("run")
    busy = place.root / "site/.git/rebase-merge"
    busy.mkdir()
    ran = place.crosspost("publish", str(place.post))
    assert "a rebase is under way" in " ".join(ran.err.split())
    busy.rmdir()
    place.crosspost("run")
    assert log(origin)[0].startswith("crosspost: ")


def test_a_site_in_no_repository_is_told(place: Place, ask: Ask) -> None:
    ask(write_back="data", write_back_git="commit")
    assert "is in no git repository" in " ".join(place.crosspost("run").err.split())
    assert place.crosspost("publish", str(place.post)).code == 0
    assert len(place.sandbox.posts()) == 3
    assert "is in no git repository" in " ".join(place.crosspost("status").out.split())
