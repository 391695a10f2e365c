"""Renewed tokens in a database: their key changes, and they move there from files."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.app import loading
from crosspost.app.ledger_database import address_of
from crosspost.app.stored_tokens import rekeyed, table_and_keys
from crosspost.app.token_keys import keys_of
from crosspost.config.credentials import RENEWED_KEY, Credentials, variable
from crosspost.config.encryption import Keys, new_key
from crosspost.errors import ConfigError, NotSent
from crosspost.ledger.postgresql.renewed_tokens import Logins
from tests.app.login_machines import Machines, token

# ── the key changes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_the_key_changes_while_both_machines_renew(machines: Machines) -> None:
    new, old = new_key(), machines.key
    token(machines.one("one"))
    for first, second in ((old, f"{old},{new}"), (f"{old},{new}", f"{new},{old}"), (f"{new},{old}", f"{new},{old}")):
        one, other = machines.one("one", first), machines.one("other", second)
        for machine in (one, other):
            machines.place.clock.pass_by(hours=3)
            assert token(machine) == token(one) == token(other)
    one.app.vault().put("bluesky", {"access": "a"})
    machines.sql("UPDATE renewed_logins SET renewed_by = 'somebody', renewing_until = now() + interval '1 hour'")
    done = one.crosspost("tokens", "rekey")
    assert done.code == 0, done.err
    machines.over()
    assert token(machines.one("one", new)) == token(other)
    with pytest.raises(NotSent, match="has only"):
        token(machines.one("other", old))


def test_a_change_that_is_cut_off_is_continued(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    new = new_key()
    for name in ("bluesky", "threads", "x"):
        machines.one("one").app.vault().put(name, {"access": name})
    one = machines.one("one", f"{new},{machines.key}")
    logins, keys = table_and_keys(one.app)
    real = Logins.write

    def cut(table: Logins, account: str, *given: Any, **how: Any) -> bool:
        if account == "threads":
            raise KeyboardInterrupt
        return real(table, account, *given, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Logins, "write", cut)
        with pytest.raises(KeyboardInterrupt):
            rekeyed(logins, keys)
    assert {row.key_name for row in logins.all()} == {keys.first, Keys(machines.key).first}
    assert [one.app.vault().get(name)["access"] for name in ("bluesky", "threads", "x")] == ["bluesky", "threads", "x"]
    assert rekeyed(logins, keys) == 2
    assert rekeyed(logins, keys) == 0
    with pytest.raises(ConfigError, match="forget bluesky"):
        rekeyed(logins, Keys(new_key()))


# ── to there from files ───────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def in_files(machines: Machines) -> Iterator[None]:
    """The machines keep them in files of their own meanwhile."""
    before = machines._config
    machines._config += "[secrets]\nin_database = false\n"
    yield
    machines._config = before


def test_files_move_there_and_the_newest_counts(machines: Machines) -> None:
    with in_files(machines):
        for name, at in (("one", 1_000), ("other", 2_000), ("third", 1_500)):
            machines.one(name, "").app.vault().put("x", {"access": name})
            file = machines.place.root / name / "state/sessions/x.json"
            assert json.loads(file.read_bytes()) == {"access": name}
            os.utime(file, (at, at))
    assert [machines.one(name).app.vault().get("x")["access"] for name in ("one", "other", "third")] == [
        "one",
        "other",
        "other",
    ]
    assert not list(machines.place.root.glob("*/state/sessions/*.json"))


def test_a_package_that_is_missing_is_told_by_the_command_that_adds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("importlib.util", "crosspost.app.ledger_database"):
        monkeypatch.setattr(f"{module}.find_spec", lambda _: None)
    given = Credentials({variable(*RENEWED_KEY): new_key()}, tmp_path / "secrets.env")
    with pytest.raises(ConfigError, match=r"encrypting renewed tokens needs one more package: .*crosspost\[postgres\]"):
        keys_of(given)
    with pytest.raises(ConfigError, match=r"^here: a ledger in PostgreSQL needs one more package: .*\[postgres\]"):
        address_of(given, "postgresql://u@h/x", tmp_path / "ledger", "here")


def test_what_is_forgotten_begins_with_what_was_set_up(machines: Machines) -> None:
    one = machines.one("one")
    assert "This machine's key is" in one.crosspost("tokens", "list").out
    one.network("bluesky").connect()
    assert one.crosspost("tokens", "forget", "bluesky", "--yes").code == 0
    assert one.app.vault().get("bluesky") == {}
    assert "bluesky" not in one.crosspost("tokens", "list").out
    assert "there is no account `bluesk`; did you mean `bluesky`?" in one.crosspost("tokens", "forget", "bluesk").err


def test_a_lost_key_is_said_before_anybody_logs_in_for_nothing(machines: Machines) -> None:
    """What nobody can read would go on standing in the way of the new login."""
    machines.one("one").app.vault().put("bluesky", {"access": "a"})
    other = machines.one("one", new_key())
    given = ("--answer", "handle=verein.test", "--answer", "app_password=wrong")
    asked, secrets = len(other.sandbox.requests), other.secrets.read_text("utf-8")
    refused = other.crosspost("accounts", "renew", "bluesky", *given)
    assert refused.code == 1
    assert "`crosspost tokens forget bluesky` forgets this login" in refused.err
    assert (len(other.sandbox.requests), other.secrets.read_text("utf-8")) == (asked, secrets)
    found = other.crosspost("doctor", "--json").json["findings"]
    (bluesky,) = [one for one in found if one["about"] == "bluesky"]
    assert (bluesky["state"], bluesky["todo"]) == ("fail", ""), "the network has nothing to do with it"
    assert other.crosspost("tokens", "forget", "bluesky", "--yes").code == 0
    other.crosspost("accounts", "renew", "bluesky", *given)
    assert len(other.sandbox.requests) > asked, "now the network is asked"


def test_a_command_prints_the_key(machines: Machines) -> None:
    machines._config += f'[secrets]\nkey_cmd = "echo {machines.key}"\n'
    one = machines.one("one", "")
    app = loading.load(config=one.config, site=None, environ={}, clock=one.clock)
    app.vault().put("x", {"access": "a"})
    machines._config = machines._config.replace(f"echo {machines.key}", "false")
    with pytest.raises(NotSent, match=r"\[secrets\]: `key_cmd` ended with exit code 1"):
        loading.load(config=machines.one("one", "").config, site=None, environ={}, clock=one.clock).vault().get("x")
