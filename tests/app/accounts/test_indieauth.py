"""IndieAuth: a token of a website, agreed to on its own page, where the home page names the server."""

import json
from typing import Any

import pytest

from crosspost.errors import ConfigError
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect, nothing_was_written
from tests.app.accounts.visitor import Visitor


def person(place: Place, **agree: str) -> Visitor:
    me = str(place.sandbox.accounts()["micropub"]["settings"]["me"])
    return Visitor({"me": me, "way": "browser"}, agree)


def changed(place: Place, path: str, **said: Any) -> list[Request]:
    """The answers at a path with other fields (None: without), and what was asked there."""
    stand_in, asked = place.sandbox.networks["micropub"], list[Request]()
    answer = stand_in.answer

    def other(request: Request) -> Reply:
        told = answer(request)
        if request.path == path and told.status == 200:
            asked.append(request)
            body = json.loads(told.body) | said
            told = Reply.json({name: value for name, value in body.items() if value is not None})
        return told

    stand_in.answer = other  # type: ignore[method-assign]
    return asked


@pytest.mark.parametrize("named", ["metadata", "links"])
def test_whoever_agrees_has_a_token_that_ends(bare: Place, connect: Connect, named: str) -> None:
    bare.sandbox.networks["micropub"].settings["indieauth"] = named
    visitor = person(bare)
    assert connect("micropub", visitor)
    assert visitor.asked == ["me", "way", "name"]
    network = bare.app.network("micropub")
    assert network.secret("token") != bare.sandbox.accounts()["micropub"]["credentials"]["token"]
    network.identity = network.connect()
    network.publish(bare.prepared(network))
    assert len(bare.sandbox.posts()) == 1


def test_without_a_server_the_token_is_asked_for(bare: Place, connect: Connect) -> None:
    own = bare.sandbox.accounts()["micropub"]
    bare.sandbox.networks["micropub"].settings["indieauth"] = "none"
    visitor = Visitor({"me": str(own["settings"]["me"]), "token": str(own["credentials"]["token"])})
    assert connect("micropub", visitor)
    assert visitor.asked == ["me", "token", "name"]


@pytest.mark.parametrize(
    "said",
    [
        {"authorization_endpoint": None},
        {"token_endpoint": "http://elsewhere.example/token"},  # the code would travel unencrypted
        {"authorization_endpoint": ["/indie/auth"]},
        {"token_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_server_of_no_use_is_not_offered(bare: Place, connect: Connect, said: dict[str, Any]) -> None:
    changed(bare, "/indie/metadata", **said)
    visitor = person(bare)
    with pytest.raises(ConfigError, match="nobody answers token"):
        connect("micropub", visitor)
    assert "way" not in visitor.asked


def test_the_page_may_have_a_query_of_its_own(bare: Place, connect: Connect) -> None:
    stand_in, seen = bare.sandbox.networks["micropub"], list[str]()
    answer = stand_in.answer
    changed(bare, "/indie/metadata", authorization_endpoint=f"{bare.sandbox.url}/indie/auth?me=x")
    before = stand_in.answer

    def looked_at(request: Request) -> Reply:
        if request.path == "/indie/auth" and request.method == "GET":
            seen.extend(value for name, value in request.query if name == "me")
            request.query = [pair for pair in request.query if pair != ("me", "x")]
        return before(request)

    stand_in.answer = looked_at  # type: ignore[method-assign]
    assert connect("micropub", person(bare))
    assert seen[0] == "x"
    assert len(seen) == 2
    stand_in.answer = answer  # type: ignore[method-assign]


def test_another_home_page_of_the_same_website_is_taken(bare: Place, connect: Connect) -> None:
    assert connect("micropub", person(bare, account="zweitkonto"))
    assert f'me = "{bare.sandbox.url}/indie/home/zweitkonto"' in bare.config.read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "said", "why"),
    [
        ("/indie/token", {"scope": "update media"}, "may not create posts"),
        ("/indie/token", {"me": "{home}/indie/verein"}, "names no Micropub end point"),
        ("/indie/token", {"me": "https://ann.example/?id=7"}, "does not belong to 127.0.0.1"),
        ("/indie/token", {"access_token": None}, "gave no token for the code"),
        ("/indie/metadata", {"issuer": "https://somebody.example"}, "not from https://somebody.example"),
        ("/indie/metadata", {"token_endpoint": "https://10.0.0.1/token"}, "in a private network"),
    ],
)
def test_an_answer_of_no_use_stores_nothing(
    bare: Place, connect: Connect, path: str, said: dict[str, Any], why: str
) -> None:
    here = {name: value.replace("{home}", bare.sandbox.url) if value else value for name, value in said.items()}
    changed(bare, path, **here)
    with pytest.raises(ConfigError, match=why):
        connect("micropub", person(bare))
    assert nothing_was_written(bare)


def test_rights_that_are_lacking_are_told(bare: Place, connect: Connect) -> None:
    changed(bare, "/indie/token", scope="create update")
    visitor = person(bare)
    assert connect("micropub", visitor)
    assert "The website gave a token without these rights: delete, media." in visitor.heard


def test_a_code_that_is_used_up_leads_to_the_page_again(bare: Place, connect: Connect) -> None:
    stand_in, tries = bare.sandbox.networks["micropub"], list[int]()
    answer = stand_in.answer

    def first_refused(request: Request) -> Reply:
        if request.path == "/indie/token":
            tries.append(1)
            if len(tries) == 1:
                return stand_in.refusal(400, "used", "invalid_grant")  # type: ignore[call-arg]
        return answer(request)

    stand_in.answer = first_refused  # type: ignore[method-assign]
    visitor = person(bare)
    assert connect("micropub", visitor)
    assert len(tries) == 2
    assert [key for key, _ in visitor.wrongs] == ["landing"]


def test_who_says_no_connects_nothing(bare: Place, connect: Connect) -> None:
    with pytest.raises(ConfigError, match="The person said no"):
        connect("micropub", person(bare, decision="deny"))
    assert nothing_was_written(bare)
