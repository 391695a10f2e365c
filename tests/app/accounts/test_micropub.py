"""Micropub: the home page names the end point, and a token lets us ask what is possible there."""

import re

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins.micropub import MicropubLogin
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor


def answers(place: Place) -> dict[str, str | list[str]]:
    own = place.sandbox.accounts()["micropub"]
    return {"me": str(own["settings"]["me"]), "way": "token", "token": str(own["credentials"]["token"])}


def home(place: Place, head: str, link: str = "", kind: str = "text/html") -> None:
    """Another home page."""
    stand_in = place.sandbox.networks["micropub"]
    answer = stand_in.answer
    page = Reply(200, f"<!doctype html><head>{head}</head>".encode(), kind, {"Link": link} if link else {})
    stand_in.answer = (  # type: ignore[method-assign]
        lambda request: page if request.path.startswith("/indie/home/") else answer(request)
    )


def test_the_end_point_is_the_one_that_the_page_names(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare))
    (added,) = connect("micropub", person)
    assert added.network == "micropub"
    text = bare.config.read_text("utf-8")
    assert f'base_url = "{bare.sandbox.url}/indie/micropub"' in text
    assert f'me = "{bare.sandbox.url}/indie/home/verein"' in text
    assert f"It takes posts at {bare.sandbox.url}/indie/micropub." in person.heard


def test_the_header_comes_before_the_page(bare: Place, connect: Connect) -> None:
    wrong = '<link rel="micropub" href="/indie/other">'
    home(bare, wrong, '<https://ann.example/me>; rel="me", </indie/micropub>; rel="micropub"')
    assert connect("micropub", Visitor(answers(bare)))


@pytest.mark.parametrize(
    ("head", "kind", "why"),
    [
        ('<link rel="webmention" href="/x">', "text/html", "names no Micropub end point"),
        ('<link rel="micropub" href="/indie/micropub">', "text/plain", "names no Micropub end point"),
        ('<a rel="micropub" href="/indie/micropub">of a reader</a>', "text/html", "names no Micropub end point"),
        ('<link rel="micropub" href="/?rest_route=/micropub">', "text/html", r"cannot be used .*it contains a \?"),
        ('<link rel="micropub" href="http://ann.example/micropub">', "text/html", "cannot be used .*unencrypted"),
    ],
)
def test_an_end_point_of_no_use_is_told(bare: Place, connect: Connect, head: str, kind: str, why: str) -> None:
    home(bare, head, kind=kind)
    person = Visitor(answers(bare))
    with pytest.raises(ConfigError):
        connect("micropub", person)
    ((key, said),) = person.wrongs
    assert key == "me"
    assert re.search(why, said)
    assert nothing_was_written(bare)


def test_one_of_several_websites_is_chosen(bare: Place, connect: Connect) -> None:
    bare.sandbox.networks["micropub"].settings["websites"] = True
    person = Visitor(answers(bare) | {"destination": "https://verein-garten.blog.example/"})
    assert connect("micropub", person)
    assert person.offered["destination"] == ["https://verein.blog.example/", "https://verein-garten.blog.example/"]
    assert 'destination = "https://verein-garten.blog.example/"' in bare.config.read_text("utf-8")


@pytest.mark.parametrize("public", [False, True])
def test_a_token_that_is_not_asked_for_is_not_called_right(bare: Place, connect: Connect, public: bool) -> None:
    bare.sandbox.networks["micropub"].settings["public"] = public
    person = Visitor(answers(bare) | ({"token": "anything"} if public else {}))
    assert connect("micropub", person)
    assert ("The website answers the same without a token" in " ".join(person.heard)) is public


def test_the_manual_names_the_same_steps() -> None:
    assert steps_in_the_manual("micropub", MicropubLogin.steps) == []
