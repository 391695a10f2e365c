"""Threads keeps the contract; then its quirks."""

from tests.networks.test_instagram import OnTheSite


class TestThreads(OnTheSite):
    key = "threads"
    uploads = "POST /*/*/threads"
