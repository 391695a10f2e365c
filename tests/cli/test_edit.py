"""``crosspost edit``, ``move``, ``skip``: what is changed is what goes out, wherever it is kept."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from crosspost.app.editing import edit_proposal
from crosspost.app.editing.edit_words import Edit
from crosspost.app.ledger_access import lock, open_ledger
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import NETWORKS, Place

ANN = Person(name="ann", origin="page")


@pytest.fixture
def post(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    return place.new_post("2026-11-22-neu", "---\n# mine\ntitle: 'neu'\n---\n\nText.\n")


def said(place: Place) -> dict[str, str]:
    """Network → what it was told last."""
    return {one["network"]: one["text"] for one in place.sandbox.posts()}


@pytest.mark.parametrize("where", ["--in-file", "--in-ledger"])
def test_a_text_for_one_account(place: Place, post: Path, where: str) -> None:
    before = post.read_text("utf-8")
    ran = place.crosspost("edit", str(post), "--account", "mastodon", "--text", "Hallo: Welt", "--yes", where)
    assert ran.code == 0, ran.err
    assert '+    text: "Hallo: Welt"' in ran.out or '+text: "Hallo: Welt"' in ran.out
    assert (post.read_text("utf-8") == before) == (where == "--in-ledger")
    assert "# mine\ntitle: 'neu'\n" in post.read_text("utf-8")
    assert "Hallo: Welt" in place.crosspost("preview", str(post), "--to", "mastodon").out
    place.crosspost("run")
    assert "Hallo: Welt" in said(place)["mastodon"]
    assert "Hallo" not in said(place)["x"] + said(place)["facebook"]


def test_nothing_is_changed_without_a_yes(place: Place, post: Path) -> None:
    before = post.read_text("utf-8")
    assert place.crosspost("edit", str(post), "--account", "x", "--text", "a").code != 0
    assert post.read_text("utf-8") == before
    assert place.crosspost("edit", str(post), "--account", "x", "--text", "a", "--json").code == 2


def test_the_ledger_goes_before_the_file_and_says_so(place: Place, post: Path) -> None:
    place.crosspost("edit", str(post), "--account", "x", "--text", "Ledger", "--yes", "--in-ledger")
    ran = place.crosspost("edit", str(post), "--account", "x", "--text", "Datei", "--yes", "--in-file")
    assert ran.code == 1
    assert "--reset --in-ledger" in ran.err
    assert place.crosspost("edit", str(post), "--account", "x", "--text", "neuer", "--yes").code == 0
    place.crosspost("run")
    assert "neuer" in said(place)["x"]


def test_whoever_looks_is_told_that_the_ledger_says_something_else(place: Place, post: Path) -> None:
    place.crosspost("move", str(post), "--account", "x", "--at", "in 2 hours", "--yes", "--in-ledger", "--as", "ann")
    place.crosspost("run")
    assert "changed in the ledger by ann" in " ".join(place.crosspost("plan").out.split())
    assert "neu on x: time, by ann" in place.crosspost("status").out
    (edit,) = place.crosspost("status", "--json").json["edits"]
    assert (edit["account"], edit["what"], edit["by"]) == ("x", "time", "ann")
    (shown,) = place.crosspost("preview", str(post), "--to", "x", "--json").json[0]["accounts"]
    assert any("as ann changed it in the ledger" in said for said in shown["warnings"])


def test_a_read_only_file_leads_to_the_ledger(place: Place, post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.app.editing.editable._writable", lambda _: False)
    ran = place.crosspost("edit", str(post), "--account", "x", "--text", "Ledger", "--yes", "--json")
    assert ran.json["changes"][0]["where"] == "ledger"


@pytest.mark.parametrize("where", ["--in-file", "--in-ledger"])
@pytest.mark.parametrize("planned", [True, False])
def test_a_moved_time_is_respected_later_and_earlier(place: Place, post: Path, where: str, planned: bool) -> None:
    def move(at: str) -> None:
        ran = place.crosspost("move", str(post), "--account", "x", "--at", at, "--yes", where)
        assert ran.code == 0, ran.err

    move("in 5 hours")
    if planned:
        place.crosspost("run")
        assert "x" not in said(place)
        assert "in 5 hours" in place.crosspost("status").out
    move("in 2 hours")
    place.clock.pass_by(hours=1)
    place.crosspost("run")
    assert "x" not in said(place)
    place.clock.pass_by(hours=1, minutes=1)
    place.crosspost("run")
    assert "x" in said(place)


def test_left_out_and_after_all(place: Place, post: Path) -> None:
    for where in ("--in-file", "--in-ledger"):
        assert place.crosspost("skip", str(post), "--account", "x", "--yes", where).code == 0
        place.crosspost("run")
        assert sorted(said(place)) == ["facebook", "mastodon"]
        assert place.crosspost("skip", str(post), "--account", "x", "--yes", "--undo", where).code == 0
    place.crosspost("run")
    assert sorted(said(place)) == sorted(NETWORKS)


def test_an_edit_outlives_a_rename(place: Place, post: Path) -> None:
    place.crosspost("move", str(post), "--at", "in 1 hour", "--yes", "--in-ledger")
    place.crosspost("run")
    place.crosspost("edit", str(post), "--account", "x", "--text", "bleibt", "--yes", "--in-ledger")
    post.rename(post.with_name("2026-11-22-anders.md"))
    place.clock.pass_by(hours=2)
    place.crosspost("run")
    assert "bleibt" in said(place)["x"]


def test_an_alt_text_of_ones_own(place: Place, post: Path) -> None:
    post.write_text("---\ntitle: neu\nthumbnail: /images/beet.jpg\nthumbnail_alt: alt\n---\n\nText.\n", "utf-8")
    assert place.crosspost("edit", str(post), "--account", "mastodon", "--alt", "ein Beet", "--yes").code == 0
    place.crosspost("run")
    (toot,) = [one for one in place.sandbox.posts() if one["network"] == "mastodon"]
    assert toot["images"][0]["alt"] == "ein Beet"


def test_what_is_being_sent_or_may_be_out_is_refused(place: Place, post: Path) -> None:
    place.crosspost("move", str(post), "--at", "in 1 hour", "--yes", "--in-ledger")
    place.crosspost("run")
    ledger = open_ledger(place.app)
    (row,) = [row for row in ledger.deliveries(states=["planned"]) if row.account == "x"]
    held = ledger.claim(row, "other:1")
    assert held is not None
    for where in ("file", "ledger"):
        with pytest.raises(CrosspostError, match="is being sent to x"):
            edit_proposal.propose(place.app, str(post), "x", Edit(text="a"), where)
    ledger.doubt(ledger.begin(held), "lost", place.clock())
    ledger.close()
    ran = place.crosspost("edit", str(post), "--account", "x", "--text", "a", "--yes", "--in-ledger")
    assert ran.code != 0
    assert f"crosspost settle {row.id}" in " ".join(ran.err.split())


def test_of_two_people_the_second_is_told(place: Place, post: Path) -> None:
    for where in ("file", "ledger"):
        first = edit_proposal.propose(place.app, str(post), "x", Edit(text=f"eins {where}"), where)
        second = edit_proposal.propose(place.app, str(post), "x", Edit(text="zwei"), where)
        edit_proposal.apply(place.app, first, ANN)
        with pytest.raises(CrosspostError, match="meanwhile"):
            edit_proposal.apply(place.app, second, ANN)
        again = edit_proposal.propose(place.app, str(post), "x", Edit(text="zwei"), where)
        with pytest.raises(CrosspostError, match="look again"):
            edit_proposal.apply(place.app, again, ANN, seen=second.seen)
        edit_proposal.apply(place.app, edit_proposal.propose(place.app, str(post), "x", Edit(text=None), where), ANN)


def test_a_change_in_the_file_waits_for_a_run(place: Place, post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = edit_proposal.propose(place.app, str(post), "x", Edit(text="eins"), "file")
    monkeypatch.setattr("crosspost.app.editing.edit_proposal._WAIT", 0)
    with lock(place.app), pytest.raises(CrosspostError, match="a run is at work"):
        edit_proposal.apply(place.app, wanted, ANN)
    assert "eins" not in post.read_text("utf-8")


def test_an_edit_during_a_run_is_what_goes_out(place: Place, post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after the run has read the post and before the delivery is claimed."""
    from crosspost.delivery.gate import Gate

    stopped = Gate.stopped

    def late(self: Gate, *arguments: object, **named: object) -> object:
        row = arguments[0]
        if row.account == "x":  # type: ignore[attr-defined]
            edit_proposal.apply(
                place.app,
                edit_proposal.propose(place.app, str(post), "x", Edit(text="im letzten Moment"), "ledger"),
                ANN,
            )
        if row.account == "facebook":  # type: ignore[attr-defined]
            edit_proposal.apply(
                place.app, edit_proposal.propose(place.app, str(post), "facebook", Edit(skip=True), "ledger"), ANN
            )
        return stopped(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Gate, "stopped", late)
    place.crosspost("run")
    assert "im letzten Moment" in said(place)["x"]
    assert "facebook" not in said(place)
    assert "left out by ann" in place.crosspost("status").out


def test_who_changed_what_is_shown(place: Place, post: Path) -> None:
    place.crosspost("edit", str(post), "--account", "x", "--text", "geheimer Text", "--yes", "--as", "ann")
    place.crosspost("cancel", str(post), "--to", "facebook")
    ran = place.crosspost("history", "--changes")
    assert "ann: edit neu on x: in the file: text (13 characters)" in ran.out
    assert "cancel neu on facebook" in ran.out
    assert "geheim" not in ran.out
    rows = place.crosspost("history", "--changes", "--json").json
    assert [row["action"] for row in rows] == ["cancel", "edit"]
    assert rows[1]["origin"] == "terminal"


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (("cancel", "FILE", "--to", "x"), "cancel"),
        (("settle", "neu@x", "--skip"), "settle"),
        (("retry", "neu@x"), "retry"),
        (("update", "FILE", "--to", "facebook"), "update"),
        (("unpublish", "FILE", "--to", "facebook", "--yes"), "unpublish"),
    ],
)
def test_who_decides_is_told_by_every_command_that_decides(
    place: Place, post: Path, command: tuple[str, ...], action: str
) -> None:
    place.sandbox.fault("x", "cut-before")
    place.crosspost("publish", str(post), "--to", "x", "--to", "facebook", "--yes")
    with contextlib.closing(sqlite3.connect(next(place.root.rglob("*.sqlite3")))) as ledger, ledger:
        ledger.execute("UPDATE deliveries SET state = 'failed', publishing_at = NULL WHERE account = 'x'")
    post.write_text(post.read_text("utf-8").replace("Text.", "Another text."), "utf-8")
    ran = place.crosspost(*(str(post) if word == "FILE" else word for word in command), "--as", "ann")
    assert "no such option" not in ran.err.lower()
    done = [(row["by"], row["action"]) for row in place.crosspost("history", "--changes", "--json").json]
    assert done == [("ann", action)], ran.err
