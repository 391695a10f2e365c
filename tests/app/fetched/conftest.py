"""A repository on this machine's own server, and an installation that fetches its posts from there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.fetched.fetched_posts import POST, at
from tests.git_server import Repository, served


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
