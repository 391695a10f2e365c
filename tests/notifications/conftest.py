"""A server to which notices and signs of life go."""

from collections.abc import Iterator

import pytest

from tests.notifications.receiving import Receiver


@pytest.fixture
def hook() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()
