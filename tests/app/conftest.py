"""Machines that share renewed tokens in a database."""

from pathlib import Path

import pytest

from crosspost.ledger.postgresql.address import Address
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.login_machines import Machines
from tests.networks.x_login import write_tokens


@pytest.fixture
def machines(tmp_path: Path, sandbox: Sandbox, clock: Clock, address: Address) -> Machines:
    place = Place(tmp_path, sandbox, networks=("x", "bluesky", "threads"), clock=clock)
    issued = place.secrets.read_text("utf-8")
    write_tokens(place)
    rest = [line for line in issued.splitlines() if not line.startswith("CROSSPOST_X_")]
    place.secrets.write_text(place.secrets.read_text("utf-8") + "\n".join(rest) + "\n", "utf-8")
    return Machines(place, address)
