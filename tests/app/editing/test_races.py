"""Several people, runs and killed commands at once: no edit is lost, and none counts that was refused."""

import contextlib
import random
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.app.editing import audit_log, edit_proposal, editable
from crosspost.app.editing.edit_words import Edit
from crosspost.delivery.run_context import Run
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery, Ledger, Person
from crosspost.testing.harness import NETWORKS, Place

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def post(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A post that is planned, and waits for an hour."""
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    config = place.config.read_text("utf-8").replace("timeout = 5", 'timeout = 5\ndelay = "1h"')
    place.config.write_text(config, "utf-8")
    place.crosspost("run")
    file = place.new_post("2026-11-22-neu")
    place.crosspost("run")
    return file


def at_once(jobs: list[Callable[[], None]]) -> list[str]:
    """Do all of it at the same time; what was refused."""
    refused: list[str] = []
    gate = threading.Barrier(len(jobs))

    def work(job: Callable[[], None]) -> None:
        gate.wait()
        try:
            job()
        except CrosspostError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def change(place: Place, file: Path, account: str, text: str, where: edit_proposal.Where) -> Callable[[], None]:
    proposal = edit_proposal.propose(place.app, file, account, Edit(text=text), where)

    def make() -> None:
        edit_proposal.apply(place.app, proposal, Person(name=text))

    return make


@pytest.mark.parametrize("where", ["ledger", "file"])
def test_of_many_who_saw_the_same_one_wins_and_the_others_are_told(
    place: Place, post: Path, where: edit_proposal.Where
) -> None:
    texts = [f"Text {number}" for number in range(4)]
    refused = at_once([change(place, post, "x", text, where) for text in texts])
    assert len(refused) == 3
    assert all("changed" in said and "try again" in said for said in refused)
    said = editable.look(place.app, post, "x").meant.text
    assert [(one.by, one.action) for one in audit_log.changes(place.app)] == [(said, "edit")]


def test_edits_of_several_accounts_in_the_ledger_do_not_hinder_each_other(place: Place, post: Path) -> None:
    assert at_once([change(place, post, name, f"Für {name}", "ledger") for name in NETWORKS]) == []
    assert {name: editable.look(place.app, post, name).meant.text for name in NETWORKS} == {
        name: f"Für {name}" for name in NETWORKS
    }


@pytest.mark.parametrize("seed", range(3))
def test_whoever_was_not_refused_finds_the_edit_in_the_file(place: Place, post: Path, seed: int) -> None:
    chance = random.Random(seed)
    kept: dict[str, str] = {}
    for turn in range(3):
        wanted = {name: f"{turn} für {name}" for name in chance.sample(NETWORKS, 2)}
        refused = at_once([change(place, post, name, text, "file") for name, text in wanted.items()])
        now = {name: editable.look(place.app, post, name).in_file.text for name in NETWORKS}
        won = {name for name, text in wanted.items() if now[name] == text}
        assert len(won) + len(refused) == len(wanted)
        kept |= {name: wanted[name] for name in won}
        assert now == dict.fromkeys(NETWORKS) | kept


def test_an_edit_between_planning_and_sending_is_what_goes_out(
    place: Place, post: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, once = Run.chosen, iter([True])

    def edited(run: Run, account: str) -> list[Delivery]:
        rows = chosen(run, account)
        if account == "x" and rows and next(once, False):
            change(place, post, "x", "Im letzten Moment", "ledger")()
        return rows

    monkeypatch.setattr(Run, "chosen", edited)
    place.clock.pass_by(hours=2)
    place.crosspost("run")
    assert [one["text"].split("\n")[0] for one in place.sandbox.posts("x")] == ["Im letzten Moment"]


@pytest.mark.parametrize("where", ["ledger", "file"])
def test_while_it_is_being_sent_it_is_not_changed(place: Place, post: Path, where: edit_proposal.Where) -> None:
    apply, before = change(place, post, "x", "Zu spät", where), post.read_bytes()
    ledger = Ledger(place.app.ledger_path(), place.clock)
    (row,) = ledger.deliveries(account="x", states=["planned"])
    assert ledger.claim(row, "elsewhere:1") is not None
    ledger.close()
    with pytest.raises(CrosspostError, match="is being sent to x at this moment"):
        apply()
    assert post.read_bytes() == before
    assert editable.look(place.app, post, "x").in_ledger is None
    assert audit_log.changes(place.app) == []


_VICTIM = """
    import os, sys
    from pathlib import Path
    from crosspost import cli
    from crosspost.ledger import database

    left = int(sys.argv.pop(1))

    def counted(real):
        def step(*arguments, **more):
            global left
            left -= 1
            if left == 0:
                os._exit(9)
            done = real(*arguments, **more)
            left -= 1
            if left == 0:
                os._exit(9)
            return done
        return step

    os.fsync, Path.replace, os.fdopen = counted(os.fsync), counted(Path.replace), counted(os.fdopen)
    database.Statements.change = counted(database.Statements.change)
    cli.main(sys.argv[1:])
"""


@pytest.mark.parametrize("where", ["--in-ledger", "--in-file"])
def test_a_command_killed_anywhere_leaves_the_old_or_the_new(place: Place, post: Path, where: str) -> None:
    place.name_the_ledger()
    place.crosspost("run")
    arguments = ["edit", str(post), "--account", "x", "--text", "Neuer Text", "--yes", where, "--config"]
    before, step, code = post.read_bytes(), 0, 9
    while code == 9:
        step += 1
        ran = subprocess.run(  # our own interpreter
            [sys.executable, "-c", textwrap.dedent(_VICTIM), str(step), *arguments, str(place.config)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        code = ran.returncode
        now = editable.look(place.app, post, "x")
        noted = [one.action for one in audit_log.changes(place.app)]
        if where == "--in-ledger":
            assert post.read_bytes() == before
            assert (now.in_ledger is not None) == (noted == ["edit"]), f"half at step {step}"
        else:
            assert now.in_file.text in (None, "Neuer Text"), f"half at step {step}"
            assert now.in_file.text or post.read_bytes() == before
        if now.meant.text:
            place.crosspost("edit", str(post), "--account", "x", "--reset", "--yes", where)
            Ledger(place.app.ledger_path(), place.clock).close()
            _forget(place)
            post.write_bytes(before)
    assert code == 0, ran.stderr
    assert step > 3


def _forget(place: Place) -> None:
    """The record as it was before."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as connection, connection:
        connection.execute("DELETE FROM audit")
        connection.execute("DELETE FROM edits")
    connection.close()
