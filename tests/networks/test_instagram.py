"""Instagram keeps the contract with both logins and both hosts; then its quirks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place, served
from tests.networks.contract import NetworkContract


class OnTheSite(NetworkContract):
    """The picture is fetched from the site, which a test serves."""

    more = ""
    tells_by_id = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Place]:
        with served(tmp_path / "site") as url:
            yield Place(tmp_path, sandbox, networks=[self.key], more=self.more, clock=clock, url=url)


class TestInstagram(OnTheSite):
    key = "instagram"
    uploads = "POST /*/*/media"
