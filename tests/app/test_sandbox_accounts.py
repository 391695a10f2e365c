"""Whether all accounts are in the sandbox is asked for each file beside the ledger, of installations with thousands."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec
import pytest

from crosspost.app import sandbox_accounts
from crosspost.app.sandbox_accounts import all_are
from crosspost.config.installation_settings import State
from crosspost.config.settings import Account
from crosspost.testing.harness import Place

HERE = "http://127.0.0.1:8025/x"
SANDBOX, REAL = Account(name="x", network="x", base_url=HERE), Account(name="m", network="mastodon")
#: its real server is often on this machine, too
SIGNAL = Account(name="signal", network="signal", base_url=HERE)


@pytest.mark.parametrize(
    ("accounts", "whether"),
    [([], False), ([SIGNAL], False), ([SIGNAL, SANDBOX], True), ([SANDBOX, REAL], False), ([REAL, SANDBOX], False)],
)
def test_all_are_when_the_server_of_each_is_on_this_machine(accounts: list[Account], whether: bool) -> None:
    assert all_are(accounts) is whether


def test_the_first_real_account_answers_for_ten_thousand() -> None:
    def accounts() -> Iterator[Account]:
        yield from (SIGNAL, SANDBOX, REAL)
        raise AssertionError("more were asked for")

    assert not all_are(accounts())


@pytest.mark.usefixtures("trial")
def test_it_is_asked_once_of_a_config(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(accounts: Iterable[Account]) -> bool:
        asked.append(1)
        return all_are(accounts)

    monkeypatch.setattr(sandbox_accounts, "all_are", counted)
    app, more = place.app, {"m": REAL, "x": SANDBOX}
    assert app.settings is not None
    app = replace(app, settings=msgspec.structs.replace(app.settings, state=State(), accounts=more))
    assert app.ledger_path() == app.ledger_path()
    assert not app.on_trial()
    assert len(asked) == 1
