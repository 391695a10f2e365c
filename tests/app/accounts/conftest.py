"""A site with a config that has no account yet, and a way to connect one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.app import manual
from crosspost.app.accounts.add import Added, add, log_in
from crosspost.config.secret_places import SecretsFile
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.visitor import Visitor

EMPTY = '[site]\npath = "../site"\n'
Connect = Callable[[str, Visitor], list[Added]]


def bare_place(root: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """Without accounts and without secrets."""
    made = Place(root, sandbox, clock=clock, networks=())
    made.config.write_text(EMPTY, "utf-8")
    made.secrets.unlink()
    return made


def connect_at(place: Place, network: str, person: Visitor) -> list[Added]:
    """Connect an account of a network of the sandbox, as `accounts add NETWORK --base-url URL` does."""
    app = place.app
    found = log_in(app, network, person, base_url=str(place.sandbox.accounts()[network]["base_url"]))
    return add(app, found, person, SecretsFile(place.secrets))


@pytest.fixture
def bare(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """:func:`bare_place` in a fresh folder."""
    return bare_place(tmp_path, sandbox, clock)


@pytest.fixture
def connect(bare: Place) -> Connect:
    """:func:`connect_at` this place."""
    return lambda network, person: connect_at(bare, network, person)


def nothing_was_written(place: Place) -> bool:
    """Whether config and secrets are as they were."""
    return place.config.read_text("utf-8") == EMPTY and not place.secrets.exists()


def steps_in_the_manual(network: str, steps: tuple[str, ...]) -> list[str]:
    """Those steps that the network's page does not tell, in these words and this order."""
    page = (manual.FOLDER / "networks" / f"{network}.md").read_text("utf-8")
    text, missing = " ".join(page.replace("“", '"').replace("”", '"').split()), []
    for number, step in enumerate(steps, 1):
        said = step.replace("“", '"').replace("”", '"').rstrip(".")
        before, found, after = text.partition(f"{number}. {said}")
        text = after if found else before
        missing += [] if found else [step]
    return missing
