"""Renewed tokens in a database: of several machines one renews, and nobody else can read them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crosspost.app import loading, shared_logins
from crosspost.app.kept_logins import rekeyed, table_and_keys
from crosspost.app.shared_logins import SharedLogins
from crosspost.config.credentials import variable
from crosspost.config.sealing import Keys, new_key
from crosspost.config.vault import Vault
from crosspost.errors import AuthExpired, ConfigError, NotSent
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.logins import Logins
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.networks.x_login import exchanges, stand_in, write_tokens
from tests.postgresql_server import Server

SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from crosspost.app import loading
now = datetime.fromisoformat(sys.argv[2])
app = loading.load(config=Path(sys.argv[1]), site=None, environ={}, clock=lambda: now)
network = app.network("x")
print("ready", flush=True)
sys.stdin.readline()
print(network._login().token(), flush=True)
"""
#: the same, killed when the answer is there and nothing is written yet
KILLED = """
import os, signal
from crosspost.networks.protocols.refreshing import RefreshingLogin
exchange = RefreshingLogin._exchange
def killed(self, token):
    exchange(self, token)
    os.kill(os.getpid(), signal.SIGKILL)
RefreshingLogin._exchange = killed
"""
NAME = variable("tokens", "key")


class Machines:
    """Several machines, as far as one can be several: each has a folder of its own for config, secrets and state."""

    def __init__(self, place: Place, address: Address) -> None:
        self.place, self.address = place, address
        self.key = new_key()
        config = place.config.read_text("utf-8").replace("../site", str(place.root / "site"))
        self._config = f'{config}\n[state]\ndatabase = "{address.url}"\n'
        self.tokens = place.secrets.read_text("utf-8")

    def one(self, name: str, key: str | None = None) -> Place:
        """A machine with these keys."""
        folder = self.place.root / name
        folder.mkdir(exist_ok=True)
        machine = object.__new__(Place)
        vars(machine).update(vars(self.place))
        machine.config, machine.secrets = folder / "crosspost.toml", folder / "secrets.env"
        machine.config.write_text(self._config, "utf-8")
        key = self.key if key is None else key
        machine.secrets.write_text(self.tokens + (f"{NAME}={key}\n" if key else ""), "utf-8")
        machine.secrets.chmod(0o600)
        return machine

    def started(self, machine: Place, before: str = "") -> "subprocess.Popen[str]":
        """A process there that is about to ask for X's token."""
        command = [sys.executable, "-c", before + SCRIPT, str(machine.config), machine.clock().isoformat()]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.address.url, autocommit=True) as connection:
            done = connection.execute(text.encode())
            return done.fetchall() if done.description else []

    def over(self) -> None:
        """What a dead process says of itself in the table is out of date by now."""
        self.sql("UPDATE renewed_logins SET renewing_until = now() - interval '1 second'")


def token(machine: Place) -> str:
    network: Any = machine.network("x")
    return str(network._login().token())


def told(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate("go\n", timeout=60)
    return out.strip() + err


@pytest.fixture
def machines(tmp_path: Path, sandbox: Sandbox, clock: Clock, address: Address) -> Machines:
    place = Place(tmp_path, sandbox, networks=("x", "bluesky", "threads"), clock=clock)
    issued = place.secrets.read_text("utf-8")
    write_tokens(place)
    rest = [line for line in issued.splitlines() if not line.startswith("CROSSPOST_X_")]
    place.secrets.write_text(place.secrets.read_text("utf-8") + "\n".join(rest) + "\n", "utf-8")
    return Machines(place, address)


# ── one renews ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_of_processes_on_two_machines_one_exchanges_and_the_others_take_its_result(machines: Machines) -> None:
    one, other = machines.one("one"), machines.one("other")
    first = token(one)
    assert token(other) == first
    machines.place.clock.pass_by(hours=3)
    running = [machines.started(machine) for machine in (one, other, one, other)]
    before = exchanges(one)
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert {told(process) for process in running} == {token(one)} != {first}
    assert exchanges(one) == before + 1
    assert not list(machines.place.root.glob("*/state/sessions/*.json"))


@pytest.mark.long
@pytest.mark.parametrize("noted", [False, True], ids=["X forgot the exchange", "X noted the exchange"])
def test_killed_between_answer_and_disk_the_other_waits_and_begins_with_what_is_kept(
    machines: Machines, noted: bool
) -> None:
    one, other = machines.one("one"), machines.one("other")
    token(one)
    kept, tokens = one.app.vault().get("x"), stand_in(one).refresh_tokens
    machines.place.clock.pass_by(hours=3)
    killed = machines.started(one, KILLED)
    told(killed)
    assert killed.returncode == -signal.SIGKILL
    assert kept["refresh"] not in tokens
    if not noted:
        tokens[kept["refresh"]] = tokens.pop(next(reversed(tokens)))
    vault = other.app.vault()
    with pytest.raises(NotSent, match="another crosspost has been renewing this login"), vault.lock("x", wait=0):
        pass
    machines.over()
    if noted:  # nobody has the tokens that X gave: only a person can go on
        with pytest.raises(AuthExpired, match="crosspost accounts renew x"):
            token(other)
        assert vault.get("x") == kept
    else:
        assert token(other) == vault.get("x")["access"] != kept["access"]


def test_what_another_machine_wrote_meanwhile_is_not_replaced(machines: Machines) -> None:
    """The lock is out of date, because this process could not be heard of for long."""
    one, other = machines.one("one").app.vault(), machines.one("other").app.vault()
    one.put("x", {"access": "first"})
    with one.lock("x"):
        machines.over()
        other.put("x", {"access": "second"})
        with pytest.raises(NotSent, match="another machine has renewed this login meanwhile"):
            one.put("x", {"access": "third"})
    assert one.get("x") == other.get("x") == {"access": "second"}


def test_who_stood_still_for_long_asks_for_no_new_token(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    one = machines.one("one")
    token(one)
    machines.place.clock.pass_by(hours=3)
    before, real = exchanges(one), Logins.begin

    def slept(*given: Any) -> int | None:
        found = real(*given)
        moment = time.monotonic()
        monkeypatch.setattr(shared_logins.time, "monotonic", lambda: moment + 3600)
        return found

    monkeypatch.setattr(Logins, "begin", slept)
    with pytest.raises(NotSent, match="stood still"):
        token(one)
    assert exchanges(one) == before


@pytest.mark.parametrize(
    ("network", "line", "later"),
    [
        ("bluesky", "POST /xrpc/com.atproto.server.refreshSession", {"hours": 1.95}),
        ("threads", "GET /refresh_access_token", {"days": 32}),
    ],
)
def test_who_comes_second_takes_the_result(
    machines: Machines, network: str, line: str, later: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one wins between our look and our turn."""
    one, other = machines.one("one"), machines.one("other")
    for days in (0, 2):  # the token of Threads is renewed once at the beginning
        machines.place.clock.pass_by(days=days)
        one.network(network).connect()
    machines.place.clock.pass_by(**later)
    before, real = len(one.sandbox.requests_to(network, line)), Vault.lock

    def late(vault: Vault, account: str, **how: Any) -> Any:
        monkeypatch.setattr(Vault, "lock", real)
        other.network(network).connect()
        return real(vault, account, **how)

    monkeypatch.setattr(Vault, "lock", late)
    assert one.network(network).connect().id
    assert len(one.sandbox.requests_to(network, line)) == before + 1


# ── nobody else reads them ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.long
def test_no_token_is_in_the_database_an_export_or_a_moved_ledger(machines: Machines) -> None:
    one = machines.one("one")
    assert one.crosspost("run").code == 0
    one.new_post("2026-11-21-beet")
    assert one.crosspost("run").code in (0, 3)
    kept = [one.app.vault().get(name) for name in ("x", "bluesky")]
    hidden = [str(entry[field]) for entry in kept for field in ("access", "refresh")]
    assert all(hidden)
    ((table,),) = machines.sql("SELECT string_agg(l::text || encode(l.sealed, 'escape'), ' ') FROM renewed_logins l")
    exported = one.crosspost("ledger", "export").out
    listed = one.crosspost("tokens", "list")
    assert "bluesky" in listed.out
    file = machines.place.root / "moved.sqlite3"
    assert one.crosspost("ledger", "copy", "--to", str(file)).code == 0
    for text in (str(table), exported, listed.out, file.read_bytes().decode("latin-1")):
        assert not [one for one in (*hidden, machines.key) if one in text]


@pytest.mark.parametrize(("has", "says"), [("", "is not set"), ("old", "has only"), ("geheim", "44 characters")])
def test_without_the_right_key_nothing_is_kept_or_used_anywhere(machines: Machines, has: str, says: str) -> None:
    one = machines.one("one")
    one.network("bluesky").connect()
    logins = len(one.sandbox.requests_to("bluesky", "POST /xrpc/com.atproto.server.createSession"))
    other = machines.one("other", {"old": new_key()}.get(has, has))
    with pytest.raises(NotSent, match=says) as caught:
        other.network("bluesky").connect()
    assert "crosspost help database" in str(caught.value) or "crosspost tokens key" in str(caught.value)
    assert machines.key not in str(caught.value)
    assert not has or has == "old" or has not in str(caught.value)
    assert len(one.sandbox.requests_to("bluesky", "POST /xrpc/com.atproto.server.createSession")) == logins
    assert not list(machines.place.root.glob("other/state/sessions/*.json"))
    found = other.crosspost("doctor", "--offline").out
    assert "fail  tokens" in found
    assert "ok    tokens" in one.crosspost("doctor", "--offline").out


def test_a_record_opens_only_as_what_it_is(machines: Machines) -> None:
    one = machines.one("one")
    one.app.vault().put("x", {"access": "a"})
    machines.sql("INSERT INTO renewed_logins (account, version, key_name, sealed) "
                 "SELECT 'threads', 1, key_name, sealed FROM renewed_logins")  # fmt: skip
    with pytest.raises(NotSent, match=r"was changed by something else.*accounts renew threads"):
        one.app.vault().get("threads")


def test_a_connection_that_was_cut_is_made_anew(machines: Machines, server: Server) -> None:
    vault = machines.one("one").app.vault()
    with vault.lock("x"):
        server.cut()
        vault.put("x", {"access": "a"})
        server.cut()
    server.cut()
    assert vault.get("x") == {"access": "a"}
    with vault.lock("x", wait=0):
        pass


def test_a_key_shows_itself_nowhere(machines: Machines) -> None:
    keys = Keys(machines.key)
    assert machines.key not in f"{keys} {keys!r} {vars(SharedLogins)}"
    with pytest.raises(ValueError, match="44 characters") as caught:
        Keys("c2hvcnQ=")
    assert "c2hvcnQ" not in str(caught.value)


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


def test_what_is_forgotten_begins_with_what_was_set_up(machines: Machines) -> None:
    one = machines.one("one")
    assert "This machine's key is" in one.crosspost("tokens", "list").out
    one.network("bluesky").connect()
    assert one.crosspost("tokens", "forget", "bluesky", "--yes").code == 0
    assert one.app.vault().get("bluesky") == {}
    assert "bluesky" not in one.crosspost("tokens", "list").out
    assert "there is no account `bluesk`; did you mean `bluesky`?" in one.crosspost("tokens", "forget", "bluesk").err


def test_a_command_prints_the_key(machines: Machines) -> None:
    machines._config += f'[secrets]\nkey_cmd = "echo {machines.key}"\n'
    one = machines.one("one", "")
    app = loading.load(config=one.config, site=None, environ={}, clock=one.clock)
    app.vault().put("x", {"access": "a"})
    machines._config = machines._config.replace(f"echo {machines.key}", "false")
    with pytest.raises(NotSent, match=r"\[secrets\]: `key_cmd` ended with exit code 1"):
        loading.load(config=machines.one("one", "").config, site=None, environ={}, clock=one.clock).vault().get("x")
