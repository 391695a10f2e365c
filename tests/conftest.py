"""Fixtures every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from tests.harness import Clock, Place


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as server:
        yield server
    assert server.errors == [], "the sandbox itself made a mistake"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock)
