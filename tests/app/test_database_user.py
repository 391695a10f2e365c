"""Who connects to a database, as PostgreSQL's own programs have it: the schema of that name comes before all others."""

import getpass

import pytest

from crosspost.app import ledger_database


@pytest.mark.parametrize(
    ("url", "user"),
    [
        ("postgresql://ann@h/x?user=bob", "ann"),
        ("postgresql://the%20ann@h/x", "the ann"),
        ("postgresql://h/x?user=bob%2B", "bob+"),
        ("postgresql:///x", "carol"),
    ],
)
def test_the_address_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch, url: str, user: str) -> None:
    monkeypatch.setenv("PGUSER", "carol")
    assert ledger_database._user(url) == user


def test_who_is_named_nowhere_has_the_name_of_this_machine_s_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGUSER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "dora")
    assert ledger_database._user("postgresql:///x") == "dora"
