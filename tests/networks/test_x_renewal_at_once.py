"""Several that renew X's token at once: one exchanges the refresh token, which is good for one use."""

import json
from pathlib import Path
from typing import Any

import pytest

from crosspost.config.vault import Vault
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.networks.at_once import tokens
from tests.networks.x_login import exchanges, kept, post, write_tokens


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """An account that logged in just now."""
    made = Place(tmp_path, sandbox, networks=("x",), clock=clock)
    made.name_the_ledger()
    write_tokens(made)
    return made


def test_of_two_processes_one_exchanges_and_the_other_takes_its_result(place: Place) -> None:
    post(place)
    place.clock.pass_by(hours=3)
    before = exchanges(place)
    assert tokens(place, "x", 4) == {kept(place)["access"]}
    assert exchanges(place) == before + 1
    assert json.loads((place.root / "config/state/sessions/x.json").read_text("utf-8")) == kept(place)


def test_who_comes_second_does_not_exchange_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one wins between our look and our turn."""
    post(place)
    place.clock.pass_by(hours=3)
    real = Vault.lock

    def late(vault: Vault, account: str, **how: Any) -> Any:
        monkeypatch.setattr(Vault, "lock", real)
        place.prepared(place.network("x"))
        return real(vault, account, **how)

    monkeypatch.setattr(Vault, "lock", late)
    before = exchanges(place)
    assert place.network("x").connect().handle == "@verein"
    assert exchanges(place) == before + 1
