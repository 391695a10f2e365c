"""LinkedIn's account as a person and as an organisation."""

from pathlib import Path

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


def as_person(root: Path, sandbox: Sandbox, clock: Clock, more: str = "") -> Place:
    return Place(root, sandbox, clock=clock, networks=("linkedin",), more=more)


def as_organisation(root: Path, sandbox: Sandbox, clock: Clock, more: str = "") -> Place:
    access = sandbox.accounts()["linkedin"]
    place = as_person(root, sandbox, clock, f'author = "{access["organization"]}"\n{more}')
    tokens = access["credentials"]
    text = place.secrets.read_text("utf-8").replace(tokens["access_token"], tokens["organization_token"])
    place.secrets.write_text(text, "utf-8")
    return place
