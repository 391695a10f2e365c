"""Sentences that were hard to read once: what is repeated in them, what was a parser's own word, what was not told."""

import io

import pytest

from crosspost.cli.terminal_dialog import TerminalDialog
from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Question
from crosspost.sources.liquid_rendering import render
from crosspost.sources.strict_yaml import YamlError, load_mapping
from crosspost.testing.harness import Place


def _refused(answer: str) -> str:
    raise ValueError("a language is written as de, en or pt-BR")


ASKED = Question("lang", "The language of the posts?", clean=_refused)


def test_a_wrong_answer_is_not_told_with_the_question_that_was_just_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("deutsch\n"))
    with pytest.raises(ConfigError, match="nobody is there to answer"):
        TerminalDialog({}).ask(ASKED)
    assert "Not yet: a language is written as" in capsys.readouterr().err


def test_one_that_was_given_beforehand_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(ConfigError):
        TerminalDialog({"lang": "deutsch"}).ask(ASKED)
    assert "Not yet: The language of the posts: a language is written as" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\n\ttags: y\n", "the line begins with a tab; use spaces instead"),
        ("title: *x\n", "a value begins with *, which refers to something that is not there"),
    ],
)
def test_mistakes_in_front_matter_are_in_a_persons_words(text: str, said: str) -> None:
    with pytest.raises(YamlError) as refused:
        load_mapping(text, "front matter")
    assert said in str(refused.value)


def test_a_dry_run_refuses_a_config_as_a_run_does(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8").replace("[accounts.mastodon]", "[accounts.mastdon]"))
    told = [place.crosspost("run", *more) for more in ((), ("--dry-run",))]
    assert {one.code for one in told} == {2}
    assert "there is no network called “mastdon”; did you mean mastodon?" in told[1].err
    assert told[0].err == told[1].err


def test_a_mistake_in_liquid_is_told_without_the_text_once_more() -> None:
    _, warning = render("Text {% if %} {{ a | bogus }}", {}, str, str)
    assert warning == "a mistake in the Liquid of the text (missing expression); its tags were left out"


def test_a_pause_that_is_nearly_over_is_not_until_now(place: Place) -> None:
    place.crosspost("run")
    place.sandbox.fault("x", "429", retry_after=20)
    place.new_post("2026-11-22-noch-eins")
    place.crosspost("run")
    assert "x (sandbox) is paused for less than a minute: X says" in place.crosspost("status").out
    place.new_post("2026-11-22-und-noch-eins")
    later = place.crosspost(
        "publish", str(place.root / "site/_posts/2026-11-22-und-noch-eins.md"), "--to", "x", "--yes"
    )
    assert "the account is paused for less than a minute" in later.out
