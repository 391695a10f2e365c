"""LinkedIn's account as a person and as an organisation."""

from pathlib import Path

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.linkedin.oauth import ADMINISTRATOR, ORGANIZATION, OAuth
from crosspost.testing.harness import Clock, Place


def as_person(root: Path, sandbox: Sandbox, clock: Clock, more: str = "") -> Place:
    return Place(root, sandbox, clock=clock, networks=("linkedin",), more=more)


def as_organisation(
    root: Path,
    sandbox: Sandbox,
    clock: Clock,
    more: str = "",
    scopes: frozenset[str] = ORGANIZATION | ADMINISTRATOR,
) -> Place:
    """With a token that has ``scopes``: those of a log-in, unless told otherwise."""
    access = sandbox.accounts()["linkedin"]
    place = as_person(root, sandbox, clock, f'author = "{access["organization"]}"\n{more}')
    stand_in = sandbox.networks["linkedin"]
    assert isinstance(stand_in, OAuth)
    token = stand_in.issue("verein", scopes, clock())["access_token"]
    text = place.secrets.read_text("utf-8").replace(access["credentials"]["access_token"], token)
    place.secrets.write_text(text, "utf-8")
    return place
