"""A question that nobody can answer names the option that answers it, and changes nothing."""

import io
import sys

import pytest

from crosspost.testing.harness import Place


@pytest.fixture
def out(place: Place) -> Place:
    place.crosspost("run")
    place.new_post("2026-11-21-beet", "---\ntitle: Beet\n---\n\nEin Beet.\n")
    place.clock.pass_by(days=1)
    place.crosspost("run")
    return place


QUESTIONS = {
    "skip {new} --account x": "Change this for x?",
    "edit {new} --account x --text Hallo": "Change this for x?",
    "unpublish {old}": "Take this back?",
}


@pytest.mark.parametrize("command", QUESTIONS)
def test_without_an_answer(out: Place, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    new, old = out.new_post("2026-11-22-neu"), out.root / "site/_posts/2026-11-21-beet.md"
    before = new.read_text("utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    ran = out.crosspost(*(word.format(new=new, old=old) for word in command.split()))
    assert ran.code == 2
    assert f"nobody is there to answer “{QUESTIONS[command]}”; give --yes" in " ".join(ran.err.split())
    assert new.read_text("utf-8") == before
    assert len(out.sandbox.posts("mastodon")) == 1


@pytest.mark.parametrize(("answers", "code"), [("perhaps\ny\n", 0), ("perhaps\n\n", 130), ("n\n", 130)])
def test_an_answer_that_is_neither(out: Place, monkeypatch: pytest.MonkeyPatch, answers: str, code: int) -> None:
    new = out.new_post("2026-11-22-neu")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    ran = out.crosspost("skip", str(new), "--account", "x")
    assert ran.code == code
    assert ("please answer yes or no" in ran.out + ran.err) == answers.startswith("perhaps")
    assert ("skip: true" in new.read_text("utf-8")) == (code == 0)
