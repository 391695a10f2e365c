"""Mastodon keeps the contract; then its quirks."""

from tests.networks.contract import NetworkContract


class TestMastodon(NetworkContract):
    key = "mastodon"
    uploads = "POST /api/v2/media"
