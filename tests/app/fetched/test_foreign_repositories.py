"""Posts from a repository that somebody else can write into, and addresses that cannot be meant."""

import base64
import os
import re
import subprocess
from pathlib import Path

import pytest

from crosspost.app import loading
from crosspost.app.fetched import git_remote
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.config.settings import SiteSettings
from crosspost.errors import ConfigError
from crosspost.testing import Place
from tests.app.fetched.fetched_posts import POST, at, loaded, titles
from tests.git_server import Repository


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
    way = git_remote.Way(environ={"a": "geheim"}, config=(), token="T", branch="", hidden=("geheim",))
    assert re.search(meant, way.meaning(said.encode()))
    assert "geheim" not in f"{way.meaning(said.encode())}{way!r}"
    assert "\x1b" not in way.meaning(said.encode())


@pytest.mark.parametrize(
    ("address", "login"),
    [
        ("https://git.example/a", "x-access-token"),
        ("https://ann@git.example/a", "ann"),
        ("http://127.0.0.1:1/a", "x-access-token"),
        ("ssh://git.example/a", ""),
        ("git@git.example:a", ""),
    ],
)
def test_a_token_goes_to_its_server_as_a_login(address: str, login: str, tmp_path: Path) -> None:
    said = SiteSettings(git=address)
    given = Credentials({"CROSSPOST_CLUB_GIT_TOKEN": "geheim"}, tmp_path / "secrets.env")
    environ = {"GIT_DIR": "/elsewhere", "GIT_CONFIG_COUNT": "2", "GIT_SSH_COMMAND": "ssh -v", "HOME": "/home/ann"}
    with git_remote.reached(said, "club", given, environ) as way:
        has, scheme = way.environ, address.partition(":")[0]
    assert "GIT_DIR" not in has
    assert (has["GIT_SSH_COMMAND"], has["HOME"], way.token) == ("ssh -v", "/home/ann", "CROSSPOST_CLUB_GIT_TOKEN")
    assert has["GIT_ALLOW_PROTOCOL"] == ("http:https:ssh" if scheme == "http" else "https:ssh")
    if not login:
        assert (has["GIT_CONFIG_COUNT"], way.hidden) == ("2", ())
        return
    basic = base64.b64encode(f"{login}:geheim".encode()).decode()
    assert has["GIT_CONFIG_COUNT"] == "3", "after those that are there"
    host = "127.0.0.1:1" if scheme == "http" else "git.example"
    assert has["GIT_CONFIG_KEY_2"] == f"http.{scheme}://{host}/.extraHeader"
    assert has["GIT_CONFIG_VALUE_2"] == f"Authorization: Basic {basic}"
    assert way.hidden == ("geheim", basic)
    assert "geheim" not in repr(way)
