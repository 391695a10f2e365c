"""A site with a config that has no account yet, and a way to connect one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.app.accounts.add import Added, add, log_in
from crosspost.config.secret_places import SecretsFile
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.visitor import Visitor

EMPTY = '[site]\npath = "../site"\n'
Connect = Callable[[str, Visitor], list[Added]]


@pytest.fixture
def bare(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """Without accounts and without secrets."""
    made = Place(tmp_path, sandbox, clock=clock, networks=())
    made.config.write_text(EMPTY, "utf-8")
    made.secrets.unlink()
    return made


@pytest.fixture
def connect(bare: Place) -> Connect:
    """Connects an account of a network of the sandbox, as `accounts add NETWORK --base-url URL` does."""

    def connected(network: str, person: Visitor) -> list[Added]:
        app = bare.app
        base_url = str(bare.sandbox.accounts()[network]["base_url"])
        found = log_in(app, network, person, base_url=base_url)
        return add(app, found, person, SecretsFile(bare.secrets))

    return connected


def nothing_was_written(place: Place) -> bool:
    """Whether config and secrets are as they were."""
    return place.config.read_text("utf-8") == EMPTY and not place.secrets.exists()
