"""What a network's test names, the faults its stand-in is told to show, and helpers of the groups of promises."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest

from crosspost.errors import DeliveryError
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Clock, Place

#: argument of a test → the faults it is about; those the network's stand-in does not know fall away
FAULTS = {
    "heard_by_nobody": ("500-after", "cut-after", "half-answer", "bad-json"),
    "lost": ("500-before", "html-503", "cut-before"),
    "while_uploading": ("500-before", "500-after", "cut-after", "bad-json", "html-503"),
    "redirect": ("redirect",),
}


@cache
def _faults(key: str) -> frozenset[str]:
    """The faults a network's stand-in knows."""
    return frozenset(Sandbox().networks[key].kinds())


class Contract:
    """What a network's test says of it, and what every group of promises needs."""

    key: ClassVar[str]
    uploads: ClassVar[str]
    """ "METHOD /path" of the first upload, with ``*`` for one path segment; "" when nothing is uploaded beforehand"""
    tells_by_id: ClassVar[bool] = False
    """whether an id stored before publishing shows the result, so that text and time do not matter"""
    alts: ClassVar[tuple[str, ...] | None] = None
    """the alternative texts that are shown; None: that of the picture, where the network has such a thing"""
    link_apart: ClassVar[bool] = False
    """whether the link stands beside the text, not in it"""
    sends_pictures_again: ClassVar[bool] = False
    """whether an edit uploads the pictures anew although they are the same"""
    renews: ClassVar[bool] = False
    """whether the adapter logs in again by itself for the next attempt after a token expired"""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        known = _faults(self.key)
        for argument in FAULTS.keys() & set(metafunc.fixturenames):
            usable = argument != "while_uploading" or self.uploads
            metafunc.parametrize(argument, [fault for fault in FAULTS[argument] if fault in known and usable])

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return Place(tmp_path, sandbox, clock=clock, networks=(self.key,))

    @pytest.fixture
    def network(self, place: Place) -> Network:
        return place.network(self.key)

    def fails(self, network: Network, prepared: Prepared) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            network.publish(prepared)
        self.holds_no_secret(network, caught.value)
        return caught.value

    def holds_no_secret(self, network: Network, error: BaseException | None) -> None:
        secrets = [network.secret(name) for name in network._credentials]
        while error is not None:
            if isinstance(error, DeliveryError):
                assert not any(secret in f"{error!r} {error}" for secret in secrets)
            error = error.__cause__

    def shown(self, text: str) -> str:
        """What a reader sees of a text that is sent with everything else of the post; some networks add to it."""
        return text

    def published(self, place: Place) -> int:
        publishes = place.sandbox.networks[self.key].publishes
        return sum(meant(publishes, f"{r['method']} {r['path']}") for r in place.sandbox.requests_to(self.key))

    @staticmethod
    def found(network: Network, prepared: Prepared, since: datetime) -> str | None:
        """The id of the found post ("" when unknown), "doubt", or None for certainly not out."""
        try:
            found = network.find(prepared, since)
        except DeliveryError:
            return "doubt"
        return found.id if found is not None else None
