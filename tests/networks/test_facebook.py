"""Facebook keeps the contract; then its quirks."""

from tests.networks.contract import NetworkContract


class TestFacebook(NetworkContract):
    key = "facebook"
    uploads = "POST /*/*/photos"
