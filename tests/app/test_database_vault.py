"""Renewed tokens in a database: of several machines one renews, and nobody else can read them."""

import signal
import time
from typing import Any

import pytest

from crosspost.app import database_vault
from crosspost.app.database_vault import SharedLogins
from crosspost.config.encryption import Keys, new_key
from crosspost.config.vault import Vault
from crosspost.errors import AuthExpired, NotSent
from crosspost.ledger.postgresql.renewed_tokens import Logins
from tests.app.login_machines import KILLED, NAME, Machines, token, told
from tests.networks.x_login import exchanges, stand_in
from tests.postgresql_server import Server

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
        monkeypatch.setattr(database_vault.time, "monotonic", lambda: moment + 3600)
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
    if has == "old":
        mine, theirs = (Keys(machine.app.credentials.get("tokens", "key").reveal()).first for machine in (other, one))
        assert f"with the key {theirs}, and {NAME} has only {mine} here." in str(caught.value)
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
