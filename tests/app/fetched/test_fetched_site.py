"""Posts from a git address: what is pushed there goes out."""

import contextlib
import os
from pathlib import Path

import pytest

from crosspost.app import loading, wake_file
from crosspost.app.application import App
from crosspost.app.fetched import fetched_site as fetched
from crosspost.app.ledger_access import open_ledger
from crosspost.config import git_address
from crosspost.testing import Place
from tests.app.fetched.fetched_posts import POST, at, loaded, titles
from tests.git_server import Repository


def test_a_post_that_is_pushed_goes_out_once(place: Place, repository: Repository) -> None:
    assert place.crosspost("run").code == 0
    repository.write("_posts/2026-11-21-beet.md", POST.format("beet"))
    repository.push()
    assert "sent" in place.crosspost("run").out
    assert "Nothing is due." in place.crosspost("run").out
    assert [post["text"].split()[0] for post in place.sandbox.posts()] == ["beet"]
    assert "beet" in place.crosspost("posts").out


def test_a_new_commit_changes_and_moves_only_what_it_does(place: Place, repository: Repository) -> None:
    place.crosspost("run")
    for name in ("beet", "fair"):
        repository.write(f"_posts/2026-11-21-{name}.md", POST.format(name))
    repository.push()
    place.crosspost("run")
    repository.write("_posts/2026-11-21-beet.md", POST.format("beet") + "More.\n")
    repository.push()
    said = place.crosspost("run").out + place.crosspost("status").out
    assert "beet" in said
    assert "fair.md" not in place.crosspost("run").out
    assert "moved" not in said
    with contextlib.closing(open_ledger(loaded(place), read_only=True)) as ledger:
        asked = [(change.kind, change.post) for change in ledger.changes.all()]
        assert asked == [("edit", "beet")]
        (path,) = [row.path for row in ledger.posts.known().values() if "fair" in row.path]
    repository.push()
    loaded(place)
    assert "taken back" in place.crosspost("unpublish", path, "--yes").out, "a path of the commit before is known"


def test_branch_and_folder_are_those_that_are_named(place: Place, repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "drafts/new")
    repository.git("mv", "_config.yml", "x.yml")
    repository.write("docs/_config.yml", "url: https://docs.example.org\ntitle: Docs\n")
    repository.write("docs/_posts/2026-11-02-inner.md", POST.format("inner"))
    repository.push()
    at(place, f'git = "{repository.url}"\nbranch = "drafts/new"\npath = "docs"\ngit_every = 0')
    assert titles(loaded(place)) == {"inner"}
    at(place, f'git = "{repository.url}"\nbranch = "gone"\ngit_every = 0\n')
    place.crosspost("posts")
    assert "it has no branch gone" in place.crosspost("run").err
    at(place, f'git = "{repository.url}"\npath = "nowhere"\ngit_every = 0\nbranch = "main"')
    assert "it has no folder nowhere; correct `path`" in " ".join(place.crosspost("run").err.split())


def test_a_history_that_was_written_anew_counts(place: Place, repository: Repository) -> None:
    repository.write("_posts/2026-11-03-second.md", POST.format("second"))
    repository.push()
    assert titles(loaded(place)) == {"old", "second"}
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.write("_posts/2026-11-04-other.md", POST.format("other"))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--amend", "-m", "anew")
    repository.push("--force")
    assert titles(loaded(place)) == {"old", "other"}


def test_what_stays_the_same_is_kept_with_its_times_and_old_trees_go(place: Place, repository: Repository) -> None:
    first = loaded(place).site
    before = (first / "_posts/2026-11-01-old.md").stat()
    repository.write("_posts/2026-11-03-second.md", POST.format("second"))
    repository.push()
    app = loaded(place)
    after = (app.site / "_posts/2026-11-01-old.md").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert titles(App(app.settings, first, app.credentials, app.clock)) == {"old"}  # somebody still reads that one
    os.utime(first, (0, 0))
    repository.push()
    assert titles(loaded(place)) == {"old", "second"}
    assert not first.exists()


def test_it_asks_as_often_as_is_said_and_looking_fetches_only_what_is_not_there(
    place: Place, repository: Repository
) -> None:
    at(place, f'git = "{repository.url}"\ngit_every = 5')
    loaded(place, fetch=False)
    asked = len(repository.asked)
    assert asked
    loaded(place, fetch=False)
    loaded(place)
    assert len(repository.asked) == asked
    place.clock.pass_by(minutes=6)
    loaded(place)
    assert len(repository.asked) > asked


def test_it_asks_at_once_when_somebody_says_that_there_is_something_new(place: Place, repository: Repository) -> None:
    at(place, f'git = "{repository.url}"\ngit_every = 60')
    app = loaded(place)
    repository.write("_posts/2026-11-21-second.md", POST.format("second"))
    repository.push()
    place.clock.pass_by(minutes=1)
    assert titles(loaded(place)) == {"old"}
    wake_file.wake(app.main_ledger_file(), place.clock())
    place.clock.pass_by(seconds=5)
    assert titles(loaded(place)) == {"old", "second"}
    asked = len(repository.asked)
    loaded(place)
    assert len(repository.asked) == asked, "once"
    wake_file.wake(app.main_ledger_file(), place.clock())
    loaded(place)
    assert len(repository.asked) > asked, "what was pushed at the moment of the last look may be missing in it"


def test_a_repository_with_many_packs_is_made_anew(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "_PACKS", 0)
    monkeypatch.setattr(fetched.git_remote, "_CONFIG", (*fetched.git_remote._CONFIG, "fetch.unpackLimit=1"))
    for name in ("b", "c", "d"):
        repository.write(f"_posts/2026-11-03-{name}.md", POST.format(name))
        repository.push()
        assert name in titles(loaded(place))
    assert len(list(place.root.glob("config/state/fetched/site/repository/objects/pack/*.pack"))) == 1


def test_a_config_that_is_named_from_where_one_is(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.config.parent)
    assert repository.url in place.config.read_text("utf-8")
    app = loading.load(config=Path("crosspost.toml"), site=None, environ=os.environ, clock=place.clock)
    assert titles(app) == {"old"}


def test_addresses_are_written_as_their_hosts_show_them() -> None:
    assert git_address.checked("git@github.com:me/site.git") == "ssh://git@github.com/me/site.git"
    assert git_address.checked("https://example.org/me/site") == "https://example.org/me/site"


def test_nothing_is_written_into_it(place: Place) -> None:
    place.crosspost("run")
    refused = place.crosspost("note", "Kommt vorbei und schaut!")
    assert refused.code != 0
    assert "crosspost changes nothing there" in " ".join(refused.err.split())
    assert "crosspost changes nothing there" in " ".join(place.crosspost("images", "--all").err.split())
