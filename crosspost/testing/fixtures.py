"""Fixtures for tests of networks, sources and commands. Name this module in ``pytest_plugins`` of a ``conftest.py``.

Those that begin with an underscore work by themselves: no test waits, reads the home folder, or leaves a ledger open.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.application import App
from crosspost.config import secrecy
from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


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


@pytest.fixture
def root(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands run, under the test's clock."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    return tmp_path


_ON_TRIAL = App.on_trial


@pytest.fixture(scope="session", autouse=True)
def _stand_ins_count_as_real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every account of a test is on this machine, and so would be a trial, whose ledger nobody protects.

    Marks of ledgers go where nobody else looks; and no build service is at work, wherever the tests are.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "on_trial", lambda _: False)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("CI", raising=False)
        yield


@pytest.fixture(autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:  # one of its own: a test may undo what it patched itself
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture
def trial() -> Iterator[None]:
    """Accounts of the sandbox are what they are: a trial."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "on_trial", _ON_TRIAL)
        yield


@pytest.fixture(autouse=True)
def _nobody_waits_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a server processes a picture, a command sleeps; its stand-in counts looks, not seconds."""
    assert App.network.__kwdefaults__ is not None
    monkeypatch.setitem(App.network.__kwdefaults__, "sleep", lambda _seconds: None)


@pytest.fixture(autouse=True)
def _secrets_of_other_tests_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process was told to conceal it conceals to its end: thousands of tests would look for thousands."""
    monkeypatch.setattr(secrecy, "_concealed", secrecy.Concealed())


@pytest.fixture(autouse=True)
def _ledgers_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every ledger a test opened: Python 3.13 complains of connections left open, in whichever test is next."""
    opened: list[Ledger] = []
    make = Ledger.__init__

    def remembered(self: Ledger, *given: Any, **named: Any) -> None:
        make(self, *given, **named)
        opened.append(self)

    monkeypatch.setattr(Ledger, "__init__", remembered)
    yield
    for ledger in opened:
        ledger.close()
