"""A person decides about what waits, and takes care of the ledger."""

import msgspec
import pytest

from crosspost.testing.harness import NETWORKS, Place

FILE = "site/_posts/2026-11-20-gruesse.md"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)


@pytest.fixture
def held(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)  # a clock that differs from the networks' is noted
    place.sandbox.fault("facebook", "500-before")
    assert place.crosspost(FILE).code == 3
    return place


def test_not_sent_sends_it_once(held: Place) -> None:
    assert held.crosspost("settle", "gruesse@facebook", "--not-sent").code == 0
    for _ in range(3):
        held.crosspost("run")
    assert len(held.sandbox.posts("facebook")) == 1


def test_sent_and_skip_send_nothing(held: Place) -> None:
    assert held.crosspost("settle", "gruesse@facebook", "--sent", "https://facebook.example/1").code == 0
    assert "https://facebook.example/1" in held.crosspost(FILE).out
    assert held.crosspost("run").code == 0
    assert held.sandbox.posts("facebook") == []
    again = held.crosspost("settle", "gruesse@facebook", "--skip")
    assert again.code == 1
    assert "nothing waits there" in again.err


def test_settle_takes_the_number_that_status_shows(held: Place) -> None:
    number = next(word for word in held.crosspost("status").out.split() if word.startswith("#"))
    assert held.crosspost("settle", number, "--skip").code == 0
    assert held.crosspost("status").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("settle", "gruesse@facebook"),
        ("settle", "gruesse@facebook", "--skip", "--not-sent"),
        ("settle", "gruesse@facebook", "--sent", "yes"),
        ("settle", "99", "--skip"),
        ("settle", "none@facebook", "--skip"),
        ("retry",),
        ("retry", "--all", "1"),
    ],
)
def test_wrong_use_is_told(held: Place, arguments: tuple[str, ...]) -> None:
    ran = held.crosspost(*arguments)
    assert ran.code == 2
    assert ran.err


def test_retry_what_failed(place: Place) -> None:
    place.crosspost("run")
    place.new_post("2026-11-21-leer", "---\ntitle: x\ncrosspost: {only: mastodon}\n---\n\nT\n")
    place.sandbox.fault("mastodon", "429")
    assert place.crosspost("run").code == 1
    assert place.crosspost("retry", "leer@mastodon").code == 1, "it did not fail for good: it is tried again by itself"
    place.sandbox.fault("x", "expired-token")
    assert place.crosspost("retry", "--all").out == "Nothing has failed.\n"


def test_backup_is_the_same_and_never_overwrites(held: Place) -> None:
    copy = held.root / "copy.sqlite3"
    assert held.crosspost("ledger", "backup", str(copy)).code == 0
    assert copy.stat().st_mode & 0o077 == 0
    rows = held.crosspost("ledger", "export").out
    facts = ("id", "count", "homes", *(f"limits:{name}" for name in NETWORKS))
    assert rows.count("\n") == 1 + len(NETWORKS) * 2 + len(facts)
    (held.root / "config/state/ledger.sqlite3").unlink()
    copy.rename(held.root / "config/state/ledger.sqlite3")
    assert held.crosspost("ledger", "export").out.startswith(rows)
    assert "is a copy made at" in held.crosspost("run").err
    assert "is the ledger now" in held.crosspost("ledger", "adopt").out
    after = held.crosspost("ledger", "export").out
    assert [row for row in after.splitlines() if '"facts"' not in row] == [
        row for row in rows.splitlines() if '"facts"' not in row
    ]
    assert held.crosspost("ledger", "backup", str(held.config)).code == 1


def test_export_is_one_object_a_line_without_secrets(held: Place) -> None:
    text = held.crosspost("ledger", "export").out
    rows = [msgspec.json.decode(line) for line in text.splitlines()]
    assert {row["table"] for row in rows} == {"posts", "deliveries", "accounts", "facts"}
    secrets = [
        value
        for access in held.sandbox.describe()["networks"].values()
        for field, value in access["credentials"].items()
        if field not in ("username", "handle")  # names, which everybody may read
    ]
    assert secrets
    assert not any(secret in text for secret in secrets)


def test_verify(held: Place) -> None:
    assert held.crosspost("ledger", "verify").code == 0
    file = held.root / "config/state/ledger.sqlite3"
    data = bytearray(file.read_bytes())
    data[4096:8000] = b"\xff" * (8000 - 4096)
    file.write_bytes(data)
    assert held.crosspost("ledger", "verify").code == 1


def test_a_lost_ledger_is_rebuilt_from_the_accounts(place: Place) -> None:
    place.crosspost(FILE)
    place.new_post("2026-11-19-nie-gesendet")
    (place.root / "config/state/ledger.sqlite3").unlink()
    ran = place.crosspost("ledger", "rebuild")
    assert ran.code == 0
    assert ran.out.count("found  ") == 3
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert place.crosspost(FILE).out.count("already sent") == len(NETWORKS)
    assert len(place.sandbox.posts()) == 3
