"""A person's command while a run is at work, on a sentence a person understands; nothing is changed then."""

import contextlib
from collections.abc import Iterator

import pytest

from crosspost.app import ledger_access
from crosspost.ledger import Busy
from crosspost.testing.harness import Place


@pytest.mark.parametrize(
    "command",
    [
        ["ledger", "adopt"],
        ["ledger", "rebuild"],
        ["ledger", "copy", "--to", "postgresql:///crosspost"],
        ["ledger", "account", "mastodon"],
        ["settle", "1", "--skip"],
        ["cancel", "gruesse"],
    ],
)
def test_another_run_is_at_work(place: Place, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    place.crosspost("run")
    waits: list[float] = []

    @contextlib.contextmanager
    def held(_app: object, wait: float = 0) -> Iterator[None]:
        waits.append(wait)
        raise Busy("process 7, since yesterday")
        yield

    monkeypatch.setattr(ledger_access, "lock", held)
    ran = place.crosspost(*command)
    said = "another run is still at work (process 7, since yesterday); nothing was changed, try again later"
    assert (ran.code, " ".join(ran.err.split())) == (1, f"Error: {said}")
    assert waits[0] >= 30
