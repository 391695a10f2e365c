"""For authors of networks and sources: the contracts a test subclasses, and what a test of a user's day needs.

Nothing of crosspost uses it while it runs; it needs pytest (``pip install 'crosspost[testing]'``). Write into a
``conftest.py``::

    pytest_plugins = ["crosspost.testing.fixtures"]

and a test such as::

    from crosspost.testing import NetworkContract

    class TestCorkboard(NetworkContract):
        key = "corkboard"
        uploads = ""

The adapter and its stand-in are found by their entry points (``crosspost.networks``, ``crosspost.stand_ins``).
"""

import pytest

pytest.register_assert_rewrite("crosspost.testing.network_contract", "crosspost.testing.source_contract")

from crosspost.testing.harness import Clock, Place, Ran, served  # noqa: E402  # after asserts are told to explain
from crosspost.testing.network_contract import AheadContract, NetworkContract, ReviewContract  # noqa: E402
from crosspost.testing.source_contract import SourceContract  # noqa: E402

__all__ = ["AheadContract", "Clock", "NetworkContract", "Place", "Ran", "ReviewContract", "SourceContract", "served"]
