"""After thousands of files went, a run counts the changes instead of listing them, unless a person wants each."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crosspost.cli.format_changes import say_changes
from crosspost.cli.reports import View
from crosspost.ledger import Change, Ledger
from crosspost.ledger.changes import Kind
from crosspost.testing.harness import Place

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Say = Callable[..., list[str]]


def gone(number: int, account: str, kind: Kind = "delete") -> list[Change]:
    return [
        Change(
            delivery=one,
            kind=kind,
            state="asked",
            due_at=NOW,
            post=f"p{one}",
            account=account,
            network="x",
        )
        for one in range(number)
    ]


@pytest.fixture
def said(place: Place, capsys: pytest.CaptureFixture[str]) -> Say:
    def say(changes: list[Change], *, whole: bool = False) -> list[str]:
        ledger = Ledger(place.root / "ledger.sqlite3", place.clock)
        try:
            say_changes(changes, View(["x", "zoo"], clock=place.clock), ledger, whole=whole)
        finally:
            ledger.close()
        return capsys.readouterr().out.splitlines()

    return say


def test_many_are_counted_for_each_account_and_kind(said: Say) -> None:
    lines = said([*gone(150, "zoo"), *gone(1150, "x"), *gone(3, "x", "edit")])
    assert lines[:3] == [
        "x: 1,150 posts whose files are gone: waits for you.",
        "x: 3 posts whose files changed: waits for you.",
        "zoo: 150 posts whose files are gone: waits for you.",
    ]
    assert "crosspost status" in lines[3]


def test_few_are_listed(said: Say) -> None:
    lines = said(gone(200, "x"))
    assert sum("its file is gone" in line for line in lines) == 200


def test_who_wants_to_see_each_sees_each(said: Say) -> None:
    lines = said(gone(201, "x"), whole=True)
    assert sum("its file is gone" in line for line in lines) == 201
