"""Telegram keeps the contract; then its quirks."""

from tests.networks.contract import NetworkContract


class TestTelegram(NetworkContract):
    key = "telegram"
    uploads = ""
