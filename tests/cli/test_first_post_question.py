"""Before the first real post of an account: one question at a terminal, none anywhere else."""

import io

import pytest

from crosspost.app.application import App
from crosspost.cli import first_post_question, publish
from crosspost.testing.harness import Place, Ran

FILE = "site/_posts/2026-11-20-gruesse.md"
FIRST = "This is the first real post on 3 accounts (x, mastodon, facebook), about $0.20. Send? [y/N]"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-ins count as real networks."""
    monkeypatch.setattr(App, "in_sandbox", lambda _self, _name: False)


def at_terminal(place: Place, monkeypatch: pytest.MonkeyPatch, answer: str, *command: str) -> Ran:
    with monkeypatch.context() as context:
        for module in (publish, first_post_question):  # a run asks for it when it is needed
            context.setattr(module, "at_a_terminal", lambda: True)
        context.setattr("sys.stdin", io.StringIO(answer))
        return place.crosspost(*command)


@pytest.mark.usefixtures("real")
def test_no_sends_nothing_and_leaves_nothing_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.crosspost("run")
    for answer in ("n\n", "\n"):
        ran = at_terminal(place, monkeypatch, answer, FILE)
        assert ran.code == 1
        assert FIRST in ran.out
        assert "Nothing was sent." in ran.out
    place.crosspost("run")
    assert place.sandbox.posts() == []


@pytest.mark.usefixtures("real")
def test_yes_sends_and_is_asked_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = at_terminal(place, monkeypatch, "y\n", FILE, "--to", "mastodon")
    assert "first real post on 1 account (mastodon). Send?" in ran.out
    assert len(place.sandbox.posts()) == 1
    ran = at_terminal(place, monkeypatch, "y\n", FILE)
    assert "first real post on 2 accounts (x, facebook), about $0.20. Send?" in ran.out
    place.new_post("2026-11-21-neu")
    ran = at_terminal(place, monkeypatch, "", "site/_posts/2026-11-21-neu.md")
    assert "Send?" not in ran.out
    assert len(place.sandbox.posts()) == 6


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("command", [[FILE, "--yes"], [FILE, "--json"], ["run", "--backfill", "--yes"]])
def test_scripts_say_yes(place: Place, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    ran = at_terminal(place, monkeypatch, "", *command)
    assert "Send?" not in ran.out
    assert len(place.sandbox.posts()) == 3


@pytest.mark.usefixtures("real")
def test_cron_is_not_asked(place: Place) -> None:
    assert place.crosspost("run", "--backfill").code == 0
    assert len(place.sandbox.posts()) == 3


def test_a_sandbox_is_not_asked_about(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = at_terminal(place, monkeypatch, "", FILE)
    assert "Send?" not in ran.out
    assert len(place.sandbox.posts()) == 3


@pytest.mark.usefixtures("real")
def test_a_run_asks_for_what_is_due_and_no_keeps_it_planned(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = at_terminal(place, monkeypatch, "", "run")
    assert "Send?" not in ran.out, "a first run sends nothing"
    place.new_post("2026-11-21-eins")
    place.new_post("2026-11-21-zwei")
    ran = at_terminal(place, monkeypatch, "n\n", "run")
    assert "These 2 are the first real posts on 3 accounts (x, mastodon, facebook), about $0.40. Send?" in ran.out
    assert "Nothing is sent to x, mastodon, facebook now. The posts stay planned" in ran.out
    assert place.sandbox.posts() == []
    assert at_terminal(place, monkeypatch, "y\n", "run").code == 0
    assert len(place.sandbox.posts()) == 6


def test_mail_on_this_machine_is_real_unless_a_sandbox_is_here_too(place: Place) -> None:
    text = place.config.read_text("utf-8")
    mail = '\n[accounts.newsletter]\nbase_url = "smtp://127.0.0.1:25"\nsender = "a@example.org"\nto = "b@example.org"\n'
    place.config.write_text(text + mail, "utf-8")
    assert place.app.in_sandbox("newsletter")
    place.config.write_text('[site]\npath = "../site"\n' + mail, "utf-8")
    assert not place.app.in_sandbox("newsletter")
