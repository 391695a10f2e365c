"""Posts from a git address: from a repository that may be somebody else's, over a network that may fail."""

import contextlib
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.app import hints, loading
from crosspost.app.application import App
from crosspost.app.fetched import remote
from crosspost.app.fetched import site as fetched
from crosspost.app.ledger_access import open_ledger
from crosspost.app.running.notify import alerts
from crosspost.app.site_folder import fetched_site, unfetched
from crosspost.config import git_address, settings_file
from crosspost.errors import ConfigError, SourceError
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.git_server import Repository, served

POST = "---\ntitle: {0}\n---\n\nOf {0}.\n"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """A Jekyll site with one old post."""
    with served(tmp_path / "far") as made:
        made.write("_config.yml", "url: https://tal.example.org\ntitle: Das Tal\nlang: de\n")
        made.write("_posts/2026-11-01-old.md", POST.format("old"))
        made.push()
        yield made


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, repository: Repository) -> Place:
    made = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
    made.name_the_ledger()
    at(made, f'git = "{repository.url}"\ngit_every = 0\nlive_check = false')
    return made


def at(place: Place, said: str) -> None:
    rest = place.config.read_text("utf-8").partition("[accounts.")[2]
    place.config.write_text(f"[site]\n{said}\n[accounts.{rest}", "utf-8")


def loaded(place: Place, *, fetch: bool = True, clock: Clock | None = None) -> App:
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return loading.load(config=place.config, site=None, environ=environ, clock=clock or place.clock, fetch=fetch)


def titles(app: App) -> set[str]:
    return {entry.title for entry in app.source().scan()}


# ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────────────


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
    hints.wake(app.main_ledger_file(), place.clock())
    place.clock.pass_by(seconds=5)
    assert titles(loaded(place)) == {"old", "second"}
    asked = len(repository.asked)
    loaded(place)
    assert len(repository.asked) == asked, "once"


def test_a_repository_with_many_packs_is_made_anew(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "_PACKS", 0)
    monkeypatch.setattr(fetched.remote, "_CONFIG", (*fetched.remote._CONFIG, "fetch.unpackLimit=1"))
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


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_fetched_leaves_what_is_there_and_is_told(place: Place, repository: Repository) -> None:
    assert place.crosspost("run").code == 0
    repository.broken = True
    ran = place.crosspost("run")
    assert ran.code == 0
    said = " ".join(ran.err.split())
    assert "the posts could not be fetched from http://127.0.0.1" in said
    assert "What was fetched before goes on" in said
    assert "crosspost.toml:2" in said
    app = loaded(place)
    failed = unfetched(app)
    assert failed is not None
    assert titles(app) == {"old"}
    repository.broken = False
    assert unfetched(loaded(place)) is None


def test_nothing_fetched_yet_is_a_mistake_that_a_person_is_told(place: Place, repository: Repository) -> None:
    repository.broken = True
    ran = place.crosspost("run")
    assert ran.code in {1, 2}
    assert "the posts could not be fetched" in ran.err
    assert "Traceback" not in ran.err


def test_what_is_fetched_by_halves_is_never_read(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(place)
    repository.write("_posts/2026-11-03-second.md", POST.format("second"))
    repository.push()
    real = fetched.objects.write

    def cut(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]  # passed on
        raise KeyboardInterrupt

    monkeypatch.setattr(fetched.objects, "write", cut)
    with pytest.raises(KeyboardInterrupt):
        loaded(place)
    assert titles(loaded(place, fetch=False)) == {"old"}
    monkeypatch.undo()
    assert titles(loaded(place)) == {"old", "second"}


def test_a_server_that_does_not_answer_is_left_in_time(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(place)
    monkeypatch.setattr(fetched, "PATIENCE", 1)
    repository.held.clear()
    failed = unfetched(loaded(place))
    assert failed is not None
    assert "took longer than 1 seconds" in failed.said


def test_of_two_that_fetch_at_once_one_does(place: Place, repository: Repository) -> None:
    loaded(place)
    repository.held.clear()
    asked = len(repository.asked)
    threads = [threading.Thread(target=loaded, args=(place,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads[1:]:
        thread.join(0.3)
    repository.held.set()
    for thread in threads:
        thread.join()
    assert len(repository.asked) - asked <= 3  # one fetch is two or three requests


# ── somebody else's repository ────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_a_hostile_repository_is_carried_out_or_leads_out(
    place: Place, repository: Repository, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(POST.format("secret"))
    done = tmp_path / "done"
    repository.write(".gitattributes", "*.md filter=evil export-subst\n")
    repository.write(".githooks/post-checkout", f"#!/bin/sh\ntouch {done}\n")
    repository.write(".gitmodules", f'[submodule "x"]\npath = _posts/x\nurl = file://{tmp_path}/site\n')
    (repository.work / "_posts/2026-11-05-link.md").symlink_to(secret)
    (repository.work / "images").symlink_to(tmp_path)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},_posts/x")
    repository.push()
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f'[filter "evil"]\nsmudge = touch {done}; cat\n[core]\nhooksPath = {repository.work}/.githooks\n'
    )
    app = loading.load(
        config=place.config, site=None, environ={"PATH": os.environ["PATH"], "HOME": str(home)}, clock=place.clock
    )
    assert titles(app) == {"old"}
    assert not done.exists()
    assert not (app.site / "images").exists()
    assert not [file for file in app.site.rglob("*") if file.is_symlink()]
    assert not (app.site / ".git").exists()


def test_paths_that_lead_out_are_left_out(place: Place, repository: Repository) -> None:
    """Git itself refuses to make them; a server need not be git."""
    blob = repository.git("hash-object", "-w", "_config.yml")
    listing = f"100644 blob {blob}\t..\n100644 blob {blob}\t.git\n100644 blob {blob}\tgood.md\n"
    tree = subprocess.run(
        ["git", "mktree"], cwd=repository.work, input=listing, capture_output=True, text=True, check=True
    ).stdout.strip()
    commit = repository.git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit-tree", tree, "-m", "evil")
    repository.git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/main")
    app = loaded(place)
    assert [file.name for file in app.site.iterdir()] == ["good.md"]
    assert {file.name for file in app.site.parent.iterdir()} == {commit}


def test_a_token_reaches_the_server_and_nothing_else(place: Place, repository: Repository, tmp_path: Path) -> None:
    repository.token = "ghp_geheimnis4711"
    refused = place.crosspost("run")
    assert "it wants a login. Set CROSSPOST_SITE_GIT_TOKEN" in " ".join(refused.err.split())
    with place.secrets.open("a", encoding="utf-8") as secrets:
        secrets.write(f"CROSSPOST_SITE_GIT_TOKEN={repository.token}\n")
    ran = place.crosspost("run")
    assert ran.code == 0, ran.err
    assert any(repository.asked)
    place.secrets.write_text(place.secrets.read_text("utf-8").replace("4711", "4712"))
    wrong = place.crosspost("run")
    for text in (refused.err, ran.out, ran.err, wrong.out, wrong.err):
        assert "geheimnis" not in text
    kept = [file.read_bytes() for file in (tmp_path / "config/state").rglob("*") if file.is_file()]
    assert not [content for content in kept if b"geheimnis" in content]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('git = "file:///etc"', "does not begin with https://"),
        ('git = "/srv/site.git"', "A folder on this machine is named by `path`"),
        ('git = "ext::sh -c whoami"', "has a space"),
        ('git = "--upload-pack=touch"', "does not begin with https://"),
        ('git = "ssh://-oProxyCommand=x/y"', "names no host"),
        ('git = "http://example.org/x.git"', "anybody on the way could change the posts"),
        ('git = "https://me:geheim@example.org/x.git"', "has a password or token in it"),
        ('git = "https://example.org/x.git"\nbranch = "--x"', "cannot be the name of a branch"),
        ('git = "https://example.org/x.git"\npath = "../x"', "not a folder inside the repository"),
        ('git = "https://example.org/x.git"\npath = "/etc"', "not a folder inside the repository"),
        ('git = "https://example.org/x.git"\nfeed = "https://example.org/feed"', "remove one of them"),
        ('git = "https://example.org/x.git"\nwrite_back = "data"', "only fetched"),
        ('branch = "main"', "name its address as `git`"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_with_its_line(place: Place, said: str, why: str) -> None:
    at(place, said)
    with pytest.raises(ConfigError, match=r"crosspost\.toml:\d") as caught:
        settings_file.read(place.config)
    assert why in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            "ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.",
            "refused",
        ),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "Connect once by hand"),
        ("me@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "it wants a login"),
        ("fatal: bad geheim\x1b[2J", r"bad \*\*\*"),
    ],
)
def test_what_git_says_is_told_without_secrets(said: str, meant: str) -> None:
    way = remote.Way(environ={"a": "geheim"}, config=(), token="T", branch="", hidden=("geheim",))
    assert re.search(meant, way.meaning(said.encode()))
    assert "geheim" not in f"{way.meaning(said.encode())}{way!r}"
    assert "\x1b" not in way.meaning(said.encode())


def test_addresses_are_written_as_their_hosts_show_them() -> None:
    assert git_address.checked("git@github.com:me/site.git") == "ssh://git@github.com/me/site.git"
    assert git_address.checked("https://example.org/me/site") == "https://example.org/me/site"


def test_nothing_is_written_into_it(place: Place) -> None:
    place.crosspost("run")
    refused = place.crosspost("note", "Kommt vorbei und schaut!")
    assert refused.code != 0
    assert "crosspost changes nothing there" in " ".join(refused.err.split())
    assert "crosspost changes nothing there" in " ".join(place.crosspost("images", "--all").err.split())


def test_somebody_is_told_after_a_quarter_of_an_hour(place: Place, repository: Repository) -> None:
    assert place.crosspost("run").code == 0
    repository.broken = True
    for minutes, told in ((0, False), (14, False), (2, True)):
        place.clock.pass_by(minutes=minutes)
        app = loaded(place)
        ledger = open_ledger(app)
        try:
            assert ("fetch:" in [alert.key for alert in alerts(app, ledger, [])]) is told
        finally:
            ledger.close()


def test_a_repository_that_is_too_large_is_refused(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched.objects, "MOST_FILES", 1)
    with pytest.raises(ConfigError, match="more than 1 files"):
        loaded(place)
    assert repository.asked
    with pytest.raises(SourceError, match="more than 1 files"):
        fetched_site(settings_file.read(place.config), None, os.environ).fetch(place.clock(), needed=False)
