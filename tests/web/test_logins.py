"""Accounts are connected and renewed at the dashboard: every network's every question, wrong answers first."""

import contextlib
import html
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crosspost.networks.logins.dialog import Choice, Question
from crosspost.sandbox import Sandbox
from crosspost.testing import Place
from crosspost.transport.loopback import Loopback
from crosspost.web import serving
from crosspost.web.sentences import translated
from tests.app.accounts.conftest import nothing_was_written
from tests.app.accounts.test_wrong_answers import FREE, wrong_answers
from tests.app.accounts.walk import WAYS, Walk, Way, begun, connected
from tests.web.client import Client
from tests.web.walking import PageWalk

#: lines of the secrets file that hold a name, which is no secret and is typed into a field that shows it
NAMES = re.compile(r"_(USERNAME|HANDLE|CLIENT_ID)=")


@contextlib.contextmanager
def came_in(place: Place) -> Iterator[Client]:
    """Somebody who came by the link."""
    with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
        client = Client(port)
        client.post("/enter", ticket=serving.sessions_of(place.app).link())
        yield client


def server_of(place: Place, network: str) -> str:
    return str(place.sandbox.accounts()[network]["base_url"])


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.network} {way.name}".strip())
def test_every_question_of_every_network_is_a_form(way: Way, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One wrong answer to each is told beside it; what was typed into a secret field is on no page and in no log."""
    caplog.set_level(logging.DEBUG)
    with begun(way, tmp_path / "terminal") as (place, person):
        connected(place, way, person)
        keys = [key for key in person.asked if key not in FREE and key in {*way.answers, "name", "landing"}]
    # a code of a second factor is only wrong when there is none
    wrong = {key: said for key in keys if (said := next(filter(None, wrong_answers(way, key)), ""))}
    with begun(way, tmp_path / "page") as (place, person), came_in(place) as client:
        walk = PageWalk(client, person.right, {key: [answer] for key, answer in wrong.items()})
        last = walk.connected(client.post("/logins", network=way.network, base_url=server_of(place, way.network)))
        assert " is connected." in last, last
        assert walk.untold == [], "these wrong answers were taken"
        assert len(walk.wrongs) >= len(wrong) - 1, "of a name and a password nobody says which is wrong"
        assert all(len(why) > 10 for why in walk.wrongs)
        kept = place.secrets.read_text("utf-8") if place.secrets.exists() else ""
        tokens = [line.partition("=")[2].strip("'\"") for line in kept.splitlines() if not NAMES.search(line)]
        secrets = {one for one in [*walk.secret, *tokens] if len(one) > 11}
        for text in [*walk.pages, *caplog.messages, client.get("/accounts").text, client.get("/changes").text]:
            assert [one for one in secrets if one in html.unescape(text)] == []


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Place]:
    """A place with Bluesky, whose login can be renewed."""
    with Sandbox(port=0) as sandbox:
        yield Place(tmp_path, sandbox, networks=("bluesky",))


def test_a_login_is_renewed_and_noted(bare: Place) -> None:
    bare.crosspost("run")
    right = bare.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    bare.secrets.write_text("CROSSPOST_BLUESKY_HANDLE=verein.test\nCROSSPOST_BLUESKY_APP_PASSWORD=old\n", "utf-8")
    before = bare.config.read_text("utf-8")
    with came_in(bare) as client:
        walk = PageWalk(client, {"handle": "verein.test", "app_password": right}, {})
        assert "bluesky is connected." in walk.connected(client.post("/logins/of/bluesky"))
        assert "account renew" in client.get("/changes").text
        assert client.get("/accounts").text.count("Renew the login") == 1
    assert bare.config.read_text("utf-8") == before
    assert right in bare.secrets.read_text("utf-8")


def test_an_answer_sent_twice_answers_one_question(bare: Place) -> None:
    with came_in(bare) as client:
        path = client.post("/logins/of/bluesky").headers["Location"]
        client.get(path)
        client.post(path, number="1", answer="verein.test")
        assert 'data-question="app_password"' in client.get(path).text
        client.post(path, number="1", answer="verein.test")
        page = client.get(path).text
        assert 'data-question="app_password"' in page
        assert 'id="wrong"' not in page, "the second was not taken as an answer to the next question"


@pytest.mark.parametrize("role", ["reader", "author", "approver"])
def test_only_an_administrator_connects_accounts(bare: Place, role: str) -> None:
    serving.users_of(bare.app).put("bea", role, "long enough words")  # type: ignore[arg-type]
    with came_in(bare) as owner:
        path = owner.post("/logins", network="bluesky").headers["Location"]
        bea = Client(owner.port)
        bea.post("/login", name="bea", password="long enough words")
        assert "Renew the login" not in bea.get("/accounts").text
        for answer in (
            bea.get("/logins"), bea.post("/logins", network="x"), bea.post("/logins/of/bluesky"),
            bea.get(path), bea.post(path, number="1", answer="x"),
        ):  # fmt: skip
            assert answer.status == 403


def test_another_administrator_does_not_see_it(bare: Place) -> None:
    serving.users_of(bare.app).put("cora", "admin", "long enough words")
    with came_in(bare) as owner:
        path = owner.post("/logins", network="bluesky").headers["Location"]
        cora = Client(owner.port)
        cora.post("/login", name="cora", password="long enough words")
        assert cora.get(path).status == 404
        assert cora.post(path, number="1", answer="x").status == 404


def test_who_begins_anew_ends_the_one_before(bare: Place) -> None:
    with came_in(bare) as client:
        first = client.post("/logins", network="bluesky").headers["Location"]
        client.post("/logins", network="telegram")
        assert "another account was begun" in client.get(first).text


@pytest.mark.parametrize(
    ("form", "status"),
    [({"network": "nowhere"}, 409), ({"network": "bluesky", "keep": "command"}, 303), ({}, 409)],
)
def test_what_is_wrong_at_the_start_is_a_sentence(bare: Place, form: dict[str, str], status: int) -> None:
    with came_in(bare) as client:
        assert client.post("/logins", **form).status == status
        assert client.post("/logins/of/nobody").status == 404
        assert client.get("/logins/nothing").status == 404


def test_a_network_that_does_not_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    way = next(way for way in WAYS if way.network == "bluesky")
    with begun(way, tmp_path) as (place, person), came_in(place) as client:
        place.sandbox.stop()
        path = client.post("/logins", network="bluesky", base_url="http://127.0.0.1:9").headers["Location"]
        for number, answer in (("1", person.right["handle"]), ("2", person.right["app_password"])):
            client.get(path)
            client.post(path, number=number, answer=answer)
        assert "cannot" in client.get(path).text.partition('id="wrong"')[2]
        assert nothing_was_written(place)


#: choices that are somebody's data
OWN = (
    "author", "page", "channel", "number", "group", "room", "list", "blog", "board", "account", "location",
    "destination",
)  # fmt: skip


class Listening(Walk):
    """Keeps every question and every choice."""

    def __init__(self, person: Walk) -> None:
        super().__init__(person.right)
        self.offered: dict[str, list[str]] = {}
        self.helped: list[str] = []

    def visit(self, address: str, loopback: Loopback | None) -> str:
        before = len(self.helped)
        landed = super().visit(address, loopback)
        del self.helped[before:]  # the terminal's own words; the page has others
        return landed

    def ask(self, question: Question) -> str:
        self.helped.append(question.help)
        return super().ask(question)

    def say(self, text: str) -> None:
        self.helped.append(text)
        super().say(text)

    def choose(self, key: str, text: str, choices: Sequence[Choice]) -> str:
        self.offered[key] = [choice.label for choice in choices]
        return super().choose(key, text, choices)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.network} {way.name}".strip())
def test_every_question_is_asked_in_german(way: Way, tmp_path: Path) -> None:
    with begun(way, tmp_path) as (place, person):
        heard = Listening(person)
        connected(place, way, heard)
    texts = {*heard.asked.values(), *heard.helped}
    texts |= {label for key, labels in heard.offered.items() if key not in OWN for label in labels}
    assert [text for text in texts if text and translated("de", text) is None] == []
