"""Whose turn it is to renew a login, with a table that is only in memory: the others wait, and not for ever."""

import os
from pathlib import Path
from typing import Any, cast

import pytest

from crosspost.app import database_vault
from crosspost.app.database_vault import SharedLogins
from crosspost.config.encryption import Keys, new_key
from crosspost.config.vault_stores import Folder
from crosspost.errors import LedgerError, NotSent
from crosspost.ledger.postgresql.renewed_tokens import Sealed


class Table:
    """The rows.

    :ivar busy: how often it is still somebody else's turn when that is asked
    :ivar begun: account, who wants to renew it, and for how long
    """

    def __init__(self) -> None:
        self.rows, self.busy, self.away = dict[str, Sealed](), 0, False
        self.begun, self.ended = list[tuple[str, str, float]](), list[tuple[str, str]]()

    def read(self, account: str) -> Sealed | None:
        return self.rows.get(account)

    def write(self, account: str, key_name: str, sealed: bytes, *, version: int, at: Any = None) -> bool:
        if self._version(account) != version:
            return False
        self.rows[account] = Sealed(account=account, version=version + 1, key_name=key_name, sealed=sealed, at=at)
        return True

    def begin(self, account: str, by: str, lasts: float) -> int | None:
        self.begun.append((account, by, lasts))
        self.busy -= 1
        return None if self.busy >= 0 else self._version(account)

    def end(self, account: str, by: str) -> None:
        self.ended.append((account, by))
        if self.away:
            raise LedgerError("the database is away")

    def remove(self, account: str) -> None:
        self.rows.pop(account, None)

    def _version(self, account: str) -> int:
        return self.rows[account].version if account in self.rows else 0


class Clocks:
    """Both clocks of a process, in seconds; sleeping moves them."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    time = monotonic

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(database_vault, "time", made)
    return made


@pytest.fixture
def before(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def logins(table: Table, before: Folder, clocks: Clocks) -> SharedLogins:  # they are its clocks
    keys = Keys(new_key())
    return SharedLogins(cast("Any", table), lambda: keys, before)


def test_who_comes_second_waits_for_the_first(logins: SharedLogins, table: Table, clocks: Clocks) -> None:
    table.busy = 2
    with logins.lock("x", 90, 300, clocks.sleep):
        assert (clocks.slept, table.ended) == ([0.1, 0.1], [])
        logins.write("x", b"one")
        logins.write("x", b"two")
    assert {(account, lasts) for account, _, lasts in table.begun} == {("x", 300)}
    (by,) = {by for _, by, _ in table.begun}
    assert table.ended == [("x", by)]
    assert (logins.read("x"), table.rows["x"].version) == (b"two", 2)


def test_nobody_waits_for_longer_than_is_said(logins: SharedLogins, table: Table, clocks: Clocks) -> None:
    table.busy = 1000
    with (
        pytest.raises(NotSent, match="x: another crosspost has been renewing this login for 2 seconds"),
        logins.lock("x", 2, 300, clocks.sleep),
    ):
        pass
    assert 1.9 < sum(clocks.slept) < 2.2
    assert table.ended == [], "it is still the other one's turn"


def test_each_turn_has_a_name_of_its_own_and_ends_although_the_database_is_away(
    logins: SharedLogins, table: Table, clocks: Clocks
) -> None:
    table.away = True
    for _ in range(2):
        with logins.lock("x", 0, 300, clocks.sleep):
            pass
    assert len({by for _, by in table.ended}) == 2
    assert all(by.startswith(f"{os.getpid()}-") for _, by in table.ended)


def test_what_is_written_outside_of_a_turn_has_one_of_its_own(
    logins: SharedLogins, table: Table, clocks: Clocks
) -> None:
    logins.write("x", b"one")
    assert (len(table.begun), len(table.ended)) == (1, 1)
    with logins.lock("x", 0, 300, clocks.sleep):
        assert table.write("x", "another", b"machine", version=1)
        with pytest.raises(NotSent, match="another machine has renewed this login meanwhile"):
            logins.write("x", b"two")


def test_what_is_forgotten_is_forgotten_in_the_file_of_before_too(logins: SharedLogins, before: Folder) -> None:
    logins.write("x", b"one")
    before.write("x", b"of a file")
    logins.remove("x")
    assert logins.read("x") is before.read("x") is None
