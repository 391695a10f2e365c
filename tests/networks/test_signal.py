"""Signal keeps the contract, through the daemon and through signal-cli-rest-api; then its quirks."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place
from tests.networks.contract import NetworkContract


class TestSignal(NetworkContract):
    key = "signal"
    uploads = ""


class TestSignalRest(NetworkContract):
    key = "signal"
    uploads = ""

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, networks=("signal",), more='kind = "rest"\n', clock=clock)
