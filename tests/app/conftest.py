"""Machines that share a database: the ledger in it, or renewed tokens."""

from pathlib import Path

import pytest

from crosspost.ledger.postgresql.address import Address
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.login_machines import Machines
from tests.networks.x_login import write_tokens
from tests.postgresql_server import Server


@pytest.fixture
def machines(tmp_path: Path, sandbox: Sandbox, clock: Clock, address: Address) -> Machines:
    place = Place(tmp_path, sandbox, networks=("x", "bluesky", "threads"), clock=clock)
    issued = place.secrets.read_text("utf-8")
    write_tokens(place)
    rest = [line for line in issued.splitlines() if not line.startswith("CROSSPOST_X_")]
    place.secrets.write_text(place.secrets.read_text("utf-8") + "\n".join(rest) + "\n", "utf-8")
    return Machines(place, address)


@pytest.fixture
def shared(place: Place, server: Server) -> Place:
    """The same with its ledger in a database."""
    url = server.address(server.new_database())
    place.config.write_text(place.config.read_text("utf-8") + f'\n[state]\ndatabase = "{url}"\n', "utf-8")
    return place
