"""X keeps the contract; then its quirks."""

from tests.networks.contract import NetworkContract


class TestX(NetworkContract):
    key = "x"
    uploads = "POST /2/media/upload"
