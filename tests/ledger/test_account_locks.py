"""Whose turn it is on an account that several ledgers in files have."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from crosspost.errors import LedgerError
from crosspost.ledger import Ledger, account_locks
from crosspost.ledger.account_locks import Alone, FileTurns, turn, turns_of


@pytest.mark.parametrize("end", ["give_back", "close"])
def test_one_at_a_time_has_an_account(tmp_path: Path, end: str) -> None:
    one, other = FileTurns(tmp_path), FileTurns(tmp_path)
    assert one.take("m")
    assert not other.take("m")
    assert other.take("x"), "another account is another turn"
    assert not one.take("x")
    one.give_back("m") if end == "give_back" else one.close()
    assert other.take("m")
    other.close()
    assert [one.take(name) for name in ("m", "x")] == [True, True], "closing gives back all"
    one.close()


def test_a_turn_ends_with_its_body(tmp_path: Path) -> None:
    one, other = FileTurns(tmp_path), FileTurns(tmp_path)
    with turn(one, "m") as mine:
        assert mine
        with turn(other, "m") as theirs:
            assert not theirs
        assert not other.take("m"), "who had no turn gives none back"
    with pytest.raises(LookupError), turn(one, "m"):
        raise LookupError
    assert other.take("m")
    other.close()


def test_where_no_lock_can_be_nothing_is_sent(tmp_path: Path) -> None:
    (tmp_path / "m.lock").mkdir()
    with pytest.raises(LedgerError) as raised:
        FileTurns(tmp_path).take("m")
    assert str(raised.value) == (
        f"{tmp_path / 'm.lock'} cannot be locked: Is a directory. Nothing was sent on m; make its folder writable"
    )


def test_a_ledger_in_a_file_that_shares_no_account_needs_no_lock(tmp_path: Path) -> None:
    alone = turns_of(tmp_path / "ledger.sqlite3")
    assert isinstance(alone, Alone)
    assert alone.take("m")
    assert alone.take("m")
    alone.give_back("m")
    alone.close()
    shared = turns_of(tmp_path / "ledger.sqlite3", tmp_path)
    assert shared.take("m")
    assert (tmp_path / "m.lock").exists()
    shared.close()


@pytest.mark.parametrize(("wait", "free_after", "mine"), [(0, 0.05, False), (0.25, 0.25, True), (0.25, 9, False)])
def test_who_waits_for_a_turn_asks_every_tenth_of_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: float, free_after: float, mine: bool
) -> None:
    now, asked = [100.0], list[float]()

    def later(seconds: float) -> None:
        asked.append(seconds)
        now[0] += seconds
        if now[0] >= 100 + free_after:
            other.close()

    monkeypatch.setattr(account_locks, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=later))

    one, other = FileTurns(tmp_path), FileTurns(tmp_path)
    assert other.take("m")
    with turn(one, "m", wait) as found:
        assert found == mine
    assert asked == [0.1] * (3 if wait else 0)
    other.close()
    one.close()


def test_a_ledger_takes_turns_where_it_is_told(file_ledger: Ledger, tmp_path: Path) -> None:
    file_ledger.take_turns_in(tmp_path)
    other = FileTurns(tmp_path)
    assert file_ledger.turns.take("m")
    assert not other.take("m")
    file_ledger.close()
    assert other.take("m"), "closing the ledger gives them back"
    other.close()
