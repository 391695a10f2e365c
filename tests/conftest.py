"""Fixtures every test may use."""

import gc

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["crosspost.testing.fixtures", "tests.postgresql_fixtures"]

# `make test` tries the same examples everywhere: what fails was broken by the change, and no slow machine fails it.
# New examples are looked for by `make fuzz`, which asks for the other profile and prints how to repeat what it finds.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("repeatable"), derandomize=False)
settings.load_profile("repeatable")

#: a package of its own, with tests of its own; test_example_network runs them
collect_ignore = ["example_network"]

# Eighteen thousand tests stay in memory until the end. Looking through them for garbage while they are collected, and
# again and again afterwards, took a third of the collection's time.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The storms wait for processes for minutes: whatever begins last keeps nobody waiting."""
    items.sort(key=lambda item: "torture" not in item.path.parts)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
