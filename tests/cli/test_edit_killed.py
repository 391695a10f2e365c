"""A command that is killed while it changes something: the change is there as a whole, or not at all."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.sources.front_matter import parse
from crosspost.testing.harness import Place


@pytest.mark.long
@pytest.mark.parametrize("where", ["--in-file", "--in-ledger"])
def test_a_killed_edit_is_whole_or_nothing(place: Place, where: str) -> None:
    place.name_the_ledger()
    place.crosspost("run")
    post = place.new_post("2026-11-22-neu", "---\ntitle: neu # mine\n---\n\nText.\n")
    options = ["--account", "x", "--yes", where, "--config", str(place.config)]
    rng = random.Random(7)
    for number in range(12):
        command = [sys.executable, "-m", "crosspost", "edit", str(post), "--text", f"Text {number}", *options]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.2, 1.6))
        running.send_signal(signal.SIGKILL)
        killed = running.wait(30) != 0
        said = _said(place, post, where)
        assert said is None or said.startswith("Text ")
        assert killed or said == f"Text {number}", "a command that said it is done has done it"
        assert post.read_text("utf-8").endswith("---\n\nText.\n")
        assert "title: neu # mine\n" in post.read_text("utf-8")
    assert place.crosspost("edit", str(post), "--text", "zuletzt", *options[:4]).code == 0
    assert _said(place, post, where) == "zuletzt"


def _said(place: Place, post: Path, where: str) -> str | None:
    """The text of the account, and that it is written down who changed it."""
    ledger = open_ledger(place.app, read_only=True)
    try:
        if where == "--in-file":
            block = parse(post.read_bytes(), str(post)).data.get("crosspost")
            text = block["x"]["text"] if block else None
            said = [one.said for one in ledger.audit.newest()]
            assert text is None or f"in the file: text ({len(text)} characters)" in said, "nobody did it"
            return text
        edit = ledger.edits.of("neu", "x")
        assert (edit is not None) == bool(ledger.audit.newest())
        return edit.said.text if edit is not None else None
    finally:
        ledger.close()


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), SystemExit(9)], ids=["refused", "killed"])
def test_who_changed_a_file_is_written_down_before_it_is_changed(
    place: Place, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    place.crosspost("run")
    post = place.new_post("2026-11-22-neu")
    before, replace = post.read_bytes(), Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if self.suffix != ".md" and target.suffix == ".md":
            raise stop
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    place.crosspost("edit", str(post), "--text", "Neu", "--account", "x", "--yes", "--in-file")
    assert post.read_bytes() == before
    ledger = open_ledger(place.app, read_only=True)
    try:
        said = [one.said for one in reversed(ledger.audit.newest())]
    finally:
        ledger.close()
    made = "in the file: text (3 characters)"
    undone = "not made, the file could not be replaced: text (3 characters)"
    assert said == ([made, undone] if isinstance(stop, OSError) else [made])
