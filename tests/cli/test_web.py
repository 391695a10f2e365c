"""``crosspost web`` from a terminal: who may log in, and what it says when it cannot begin."""

import sys
from io import StringIO
from pathlib import Path

import click
import pytest

from crosspost.testing.harness import Place


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: "eins zwei drei vier")


def test_people_are_allowed_listed_and_forbidden(place: Place) -> None:
    assert "Nobody" in place.crosspost("web", "users").out
    assert "anna may log in now, as author" in place.crosspost("web", "allow", "anna").out
    assert place.crosspost("web", "allow", "bea", "--role", "reader", "--no-password").code == 0
    listed = place.crosspost("web", "users").out
    assert "anna: author\n" in listed
    assert "bea: reader, through a proxy only" in listed
    assert place.crosspost("web", "forbid", "anna").code == 0
    again = place.crosspost("web", "forbid", "anna")
    assert again.code == 2
    assert "there is no user anna" in again.err


@pytest.mark.parametrize("name", ["owner", "", "a b", "../x", "<b>"])
def test_a_name_that_is_none_is_refused(place: Place, name: str) -> None:
    assert place.crosspost("web", "allow", name).code == 2


def test_a_short_password_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: "kurz")
    ran = place.crosspost("web", "allow", "anna")
    assert ran.code == 2
    assert "too short" in ran.err


def test_a_new_link_leads_to_the_port_of_the_config(place: Place) -> None:
    said = place.crosspost("web", "link").out
    assert said.startswith("http://127.0.0.1:8788/enter?ticket=")
    assert place.crosspost("web", "link", "--port", "9999").out.startswith("http://127.0.0.1:9999/")


@pytest.mark.parametrize("library", ["uvicorn", "starlette"])
def test_a_missing_extra_is_one_sentence(place: Place, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    for name in [one for one in sys.modules if one.startswith(("crosspost.web.asgi_app", "crosspost.web.pages"))]:
        monkeypatch.delitem(sys.modules, name)
    for name in [one for one in sys.modules if one.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, library, None)
    ran = place.crosspost("web", "--port", "0")
    assert ran.code == 2
    assert ran.err.startswith("Error: the dashboard needs more packages: ")
    assert ran.err.endswith("pip install 'crosspost[web]'\n")
    assert ran.err.count("\n") == 1


def test_a_key_that_others_can_read_is_not_used(place: Place) -> None:
    place.crosspost("web", "link")
    (key,) = Path(place.root).rglob("*.web/key")
    key.chmod(0o644)
    ran = place.crosspost("web", "link")
    assert ran.code == 2
    assert "chmod 600" in ran.err


def test_a_password_is_a_line_of_standard_input_where_nobody_types(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.prompt", click.termui.prompt)
    monkeypatch.setattr(sys, "stdin", StringIO("eins zwei drei vier\n"))
    ran = place.crosspost("web", "allow", "anna")
    assert (ran.code, ran.err) == (0, "")
    for nothing in (StringIO(), None):
        monkeypatch.setattr(sys, "stdin", nothing)
        ran = place.crosspost("web", "allow", "bea")
        assert ran.code == 2
        assert "nobody is there to type a password" in ran.err
    assert place.crosspost("web", "users").out == "anna: author\n"
