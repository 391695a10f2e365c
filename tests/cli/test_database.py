"""Commands with the ledger in PostgreSQL: what a person meets there, two runs at once, and no password anywhere."""

import contextlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.ledger.machine_guard import Presence
from crosspost.ledger.maintenance import export
from crosspost.ledger.postgresql.address import Address
from crosspost.testing.harness import Place
from tests.cli.databases import at
from tests.postgresql_server import Server

pytestmark = pytest.mark.long


@pytest.fixture
def there(place: Place, address: Address) -> Place:
    at(place, address.url)
    return place


def states(address: Address) -> set[tuple[str, str]]:
    return {(str(row["post"]), str(row["state"])) for row in export(address) if row["table"] == "deliveries"}


def test_a_post_goes_out_once_and_every_command_knows(there: Place, address: Address) -> None:
    assert there.crosspost("run").code == 0
    there.new_post("2026-11-21-beet")
    ran = there.crosspost("run")
    assert (ran.code, ran.err) == (0, "")
    assert "sent      mastodon" in ran.out
    assert "Nothing is due." in there.crosspost("run").out
    assert states(address) == {("gruesse", "before"), ("beet", "sent")}
    for command in (["status"], ["history"], ["plan"], ["ledger", "verify"], ["ledger", "export"], ["posts"]):
        looked = there.crosspost(*command)
        assert looked.code == 0, looked.err
    assert f"{address} is whole." in there.crosspost("ledger", "verify").out
    assert f"{address} is whole, " in there.crosspost("doctor").out
    assert len(there.sandbox.posts()) == len(there.app.accounts())
    assert not (there.config.parent / "state/ledger.sqlite3").exists()


def test_two_runs_at_once_send_each_post_once(there: Place, address: Address, tmp_path: Path) -> None:
    """On two machines, as far as one can be two: each has a folder of its own, and so a lock of its own."""
    there.crosspost("run")
    for number in range(5):
        there.new_post(f"2026-11-21-beet-{number}")
    other = there.config.parent.with_name("other") / "crosspost.toml"
    other.parent.mkdir()
    other.write_bytes(there.config.read_bytes())
    other.with_name("secrets.env").write_bytes(there.secrets.read_bytes())
    other.with_name("secrets.env").chmod(0o600)
    command = [sys.executable, "-m", "crosspost", "run", "--quiet", "--config"]
    for _ in range(3):  # three posts in a run at most
        runs = [
            subprocess.Popen([*command, str(config)], env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "home")},
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for config in (there.config, other)
        ]  # fmt: skip
        for run in runs:
            out, err = run.communicate(timeout=120)
            assert run.returncode in (0, 3), out + err
    assert states(address) == {("gruesse", "before"), *((f"beet-{number}", "sent") for number in range(5))}
    assert len(there.sandbox.posts()) == 5 * len(there.app.accounts())


def test_a_server_that_is_gone_stops_every_command_and_nothing_else_is_made(there: Place, server: Server) -> None:
    there.crosspost("run")
    there.new_post("2026-11-21-beet")
    server.stop()
    try:
        for command in (["run"], ["status"], ["ledger", "verify"], ["settle", "1", "--sent"]):
            ran = there.crosspost(*command)
            assert ran.code == 1, command
            assert "the database cannot be reached" in ran.err.replace("\n  ", " ")
    finally:
        server.start()
    assert not list((there.config.parent / "state").glob("*.sqlite3"))
    assert there.sandbox.posts() == []
    assert "sent      mastodon" in there.crosspost("run").out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:sehr-geheim@h/x", "has a password in it, which whoever sees the address would know"),
        ("state/ledger.sqlite3", "does not begin with postgresql://"),
        ("postgresql://u@h/x sehr-geheim", "has a space, a line break or the like in it"),
    ],
)
def test_a_wrong_address_names_the_line_and_is_not_repeated(place: Place, url: str, said: str) -> None:
    at(place, url)
    line = place.config.read_text("utf-8").splitlines().index(f'database = "{url}"') + 1
    for command in (["run"], ["status"], ["doctor"], ["ledger", "adopt"]):
        ran = place.crosspost(*command)
        told = (ran.out + ran.err).replace("\n  ", " ")
        assert ran.code != 0
        assert f"crosspost.toml:{line}: `database`: the address of the database {said}" in " ".join(told.split())
        assert "and the password as CROSSPOST_DATABASE_PASSWORD into " in " ".join(told.split())
        assert place.secrets.name in told
        assert "sehr-geheim" not in told
    assert not (place.config.parent / "state/ledger.sqlite3").exists()


def test_an_empty_address_is_no_file_instead(place: Place) -> None:
    at(place, "")
    for command in (["run"], ["status"], ["doctor"], ["lint"]):
        ran = place.crosspost(*command)
        assert ran.code != 0
        assert "`database` is empty. Write its address, or remove the line" in " ".join((ran.out + ran.err).split())
    assert not (place.config.parent / "state/ledger.sqlite3").exists()
    assert place.sandbox.posts() == []


def test_an_address_in_the_place_of_the_file_makes_no_file(place: Place) -> None:
    """It became a folder named “postgresql:”, with the password in its path, and a ledger that knew nothing."""
    config = place.config.read_text("utf-8")
    place.config.write_text(f'{config}\n[state]\nledger = "postgresql://ann:sehr-geheim@db.example/site"\n', "utf-8")
    line = place.config.read_text("utf-8").count("\n")
    before = sorted(place.config.parent.iterdir())
    for command in (["run"], ["status"], ["doctor"], ["lint"]):
        ran = place.crosspost(*command)
        assert ran.code != 0
        told = " ".join((ran.out + ran.err).split())
        assert f"crosspost.toml:{line}:" in told
        assert "`ledger` is the path of a file, not the address of a database" in told
        assert "sehr-geheim" not in told
    assert sorted(place.config.parent.iterdir()) == before
    assert place.sandbox.posts() == []


def test_the_password_is_a_secret_like_others(place: Place, server: Server) -> None:
    guarded = server.new_user("sehr-geheim")
    at(place, server.address(server.new_database(owner=guarded), guarded))
    refused = place.crosspost("run")
    assert refused.code == 1
    assert "CROSSPOST_DATABASE_PASSWORD" in refused.err
    with place.secrets.open("a", encoding="utf-8") as secrets:
        secrets.write("CROSSPOST_DATABASE_PASSWORD=falsch-geheim\n")
    refused = place.crosspost("run")
    assert "refuses the password" in refused.err.replace("\n  ", " ")
    assert "falsch-geheim" not in refused.out + refused.err
    text = place.secrets.read_text("utf-8")
    kept = place.write("config/kept", "sehr-geheim\n")
    kept.chmod(0o600)
    place.secrets.write_text(text.replace("PASSWORD=falsch-geheim", f"PASSWORD_FILE={kept}"), "utf-8")
    ran = place.crosspost("run")
    assert (ran.code, ran.err) == (0, "")
    told = [ran.out, *(place.crosspost(*command).out for command in (["status"], ["doctor"], ["ledger", "export"]))]
    assert not any("sehr-geheim" in text for text in told)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["ledger", "backup", "x"], "which its own tools copy: `pg_dump`"),
        (["ledger", "pull"], "so it need not be carried"),
        (["ledger", "push"], "so it need not be carried"),
        (["schedule", "install", "--kind", "github", "--yes"], "this workflow carries a file"),
    ],
)
def test_what_only_a_file_needs_is_refused(there: Place, command: list[str], said: str) -> None:
    ran = there.crosspost(*command)
    assert ran.code == 2
    assert said in ran.err.replace("\n  ", " ")


def test_the_ledger_moves_there_and_back(place: Place, address: Address) -> None:
    place.crosspost("run")
    place.new_post("2026-11-21-beet")
    place.crosspost("run")
    before = place.crosspost("status").out
    moved = place.crosspost("ledger", "copy", "--to", address.url)
    assert (moved.code, moved.err) == (0, "")
    assert "and each compared with its original" in moved.out.replace("\n", " ")
    refused = place.crosspost("run")
    assert refused.code == 1
    assert f"ledger.sqlite3 was moved to {address}" in refused.err.replace("\n  ", " ")
    looks = [place.crosspost(*words) for words in (["status"], ["ledger", "verify"], ["doctor"])]
    assert all("ledger.sqlite3 was moved to" in f"{one.out}{one.err}".replace("\n", " ") for one in looks)
    assert [one.code for one in looks[1:]] == [3, 1], "whole, and no ledger to send from"
    again = place.crosspost("ledger", "copy", "--to", address.url)
    assert "nothing had to be copied" in again.out.replace("\n  ", " ")
    config = place.config.read_text("utf-8")
    at(place, address.url)
    assert "Nothing is due." in place.crosspost("run").out
    assert place.crosspost("status").out == before
    file = place.config.parent / "state/back.sqlite3"
    assert place.crosspost("ledger", "copy", "--to", str(file)).code == 0
    assert place.crosspost("run").code == 1
    place.config.write_text(f'{config}\n[state]\nledger = "state/back.sqlite3"\n', "utf-8")
    assert "Nothing is due." in place.crosspost("run").out
    assert place.crosspost("status").out == before
    with contextlib.suppress(FileNotFoundError):
        assert not list(Path().glob("*.sqlite3"))


def test_a_ledger_takes_the_place_of_nothing_else(place: Place, tmp_path: Path) -> None:
    place.crosspost("run")
    for target, words in ((tmp_path, "is a folder"), (place.secrets, "is a file of something else")):
        refused = place.crosspost("ledger", "copy", "--to", str(target))
        assert refused.code == 2
        assert words in " ".join(refused.err.split())
    to = tmp_path / "other.sqlite3"
    moved = " ".join(place.crosspost("ledger", "copy", "--to", str(to)).out.split())
    assert f'Before the next run, name this file under [state]: `ledger = "{to}"` in the config.' in moved


def test_a_ledger_of_before_is_not_forgotten(place: Place, address: Address) -> None:
    place.crosspost("run")
    at(place, address.url)
    refused = place.crosspost("run")
    assert refused.code == 1
    assert "ledger.sqlite3 is a ledger too" in refused.err.replace("\n  ", " ")


def test_a_ledger_that_another_machine_is_using_is_not_moved(place: Place, address: Address) -> None:
    place.crosspost("run")
    with contextlib.closing(open_ledger(place.app)) as ledger:
        now = datetime.now(UTC)  # the commands know no other clock here
        at_work = Presence(machine="other-1", host="other", begun=now, seen=now)
        ledger.keep_fact("machine", msgspec.json.encode(at_work).decode())
    refused = place.crosspost("ledger", "copy", "--to", address.url)
    assert refused.code == 1
    assert "the machine other began to work on this ledger" in refused.err.replace("\n  ", " ")
    assert not any(row["table"] == "deliveries" for row in export(address))
