"""Words, times, a yes and a short post, on pages as by commands; with the same refusals."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.app.editing import approval, approval_links
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from tests.web.client import Answer, Client

MORE = '\n[web]\naddress = "https://posts.example.org"\n'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A place in which X waits for a yes, and Mastodon has said what there is."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon", "x"), more="approve = true\n" + MORE)
        place.crosspost("run", "--backfill")
        place.new_post("2026-11-21-neu")
        yield place


def seen_in(answer: Answer) -> str:
    return html.unescape(re.findall(r'name="seen" value="([^"]*)"', answer.text)[0])


@pytest.mark.parametrize("where", ["file", "ledger"])
def test_words_are_changed_after_they_were_shown(ann: Client, own: Place, where: str) -> None:
    form = {"text": "Nur hier", "where": where}
    shown = ann.post("/edit/mastodon/neu", **form)
    assert "Nur hier" in shown.text.partition("This is what would be said")[2], "the card says it"
    assert "+" in shown.text.partition('<pre class="diff"')[2]
    assert "Nur hier" not in ann.get("/posts/neu").text, "nothing is changed yet"
    answer = ann.post("/edit/mastodon/neu", **form, seen=seen_in(shown))
    assert answer.headers["Location"] == "/posts/neu?done=edited"
    assert "Nur hier" in ann.get("/posts/neu").text
    assert ("Nur hier" in (own.root / "site/_posts/2026-11-21-neu.md").read_text("utf-8")) == (where == "file")
    assert "owner" in ann.get("/changes").text


def test_a_file_that_changed_meanwhile_is_not_overwritten(ann: Client, own: Place) -> None:
    form = {"text": "Nur hier", "where": "file"}
    seen = seen_in(ann.post("/edit/mastodon/neu", **form))
    file = own.new_post("2026-11-21-neu", "---\ntitle: neu\n---\n\nEin anderer Text.\n")
    answer = ann.post("/edit/mastodon/neu", **form, seen=seen)
    assert answer.status == 409
    assert "it changed since you looked" in answer.text
    assert "Nur hier" not in file.read_text("utf-8")


def test_what_is_typed_is_counted_by_the_server(ann: Client) -> None:
    short, longer = (ann.post("/count/mastodon/neu", text=text).text for text in ("kurz", "kurz und mehr"))
    first, second = (int(re.findall(r"(\d+) of 500", text)[0]) for text in (short, longer))
    assert second - first == len(" und mehr")


def test_what_is_the_same_changes_nothing(ann: Client) -> None:
    assert "Nothing is different" in ann.post("/edit/mastodon/neu", text="", where="file").text


@pytest.mark.parametrize("at", ["nonsense", "2026-13-01T00:00", "2026-12-01T09:00<script>"])
def test_a_time_that_is_none_is_refused(ann: Client, at: str) -> None:
    answer = ann.post("/edit/mastodon/neu", at=at, where="file")
    assert answer.status == 409
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/edit/nobody/neu", "/edit/mastodon/nothing", "/edit/mastodon/../../etc/passwd"])
def test_nothing_else_can_be_changed(ann: Client, path: str) -> None:
    assert ann.get(path).status == 404


def test_a_delivery_is_moved(ann: Client, own: Place) -> None:
    form = {"at": "2026-12-24T18:00", "where": "ledger"}
    ann.post("/edit/mastodon/neu", **form, seen=seen_in(ann.post("/edit/mastodon/neu", **form)))
    assert "18:00" in ann.get("/posts/neu").text
    own.crosspost("run")
    assert not any(post["text"].startswith("neu") for post in own.sandbox.posts() if post["network"] == "mastodon")


def test_a_yes_on_the_page_sends_it(ann: Client, own: Place) -> None:
    own.crosspost("run")
    page = ann.get("/approvals")
    (waiting, *_) = approval.waiting(own.app)
    assert "Yes, send it" in page.text
    refused = ann.post(f"/approvals/{waiting.number}", decision="yes", seen="something else")
    assert refused.status == 409
    before = len(own.sandbox.posts())
    assert ann.post(f"/approvals/{waiting.number}", decision="yes", seen=waiting.seen).status == 303
    assert ann.post(f"/approvals/{waiting.number}", decision="yes", seen=waiting.seen).status == 409, "once"
    own.crosspost("run")
    assert len(own.sandbox.posts()) == before + 1


def test_a_link_asks_and_its_button_decides_once(ann: Client, own: Place) -> None:
    own.crosspost("run")
    (waiting, *_) = approval.waiting(own.app)
    token = approval_links.make(own.app, waiting.number, waiting.seen).partition("token=")[2]
    stranger = Client(ann.port)
    assert "Yes, send it" in stranger.get(f"/approve?token={token}").text
    assert stranger.get(f"/approve?token={token}").status == 200, "looking decides nothing"
    assert "Approved" in stranger.post("/approve", token=token, decision="yes", name="Bea").text
    assert stranger.post("/approve", token=token, decision="yes").status == 409
    assert "Bea" in ann.get("/changes").text
    assert stranger.get("/approve?token=forged.x").status == 409
    assert stranger.get("/deliveries").status == 401, "the link opens nothing else"


def test_a_short_post_becomes_a_file(ann: Client, own: Place) -> None:
    answer = ann.post("/note", text="Es regnet\r\nim Tal", account="mastodon")
    assert answer.headers["Location"] == "/posts?done=written"
    (file,) = (own.root / "site/_posts").glob("*es-regnet*")
    assert "only:" in file.read_text("utf-8")
    assert "Es regnet" in ann.get("/posts").text


def test_an_empty_post_is_refused(ann: Client) -> None:
    assert ann.post("/note", text="  ").status == 409


def test_a_refused_post_stays_in_its_form(ann: Client) -> None:
    answer = ann.post("/note", text="Es <regnet>", link="kein Link", alt="Ein Beet", account="mastodon", at="")
    assert answer.status == 409
    assert "is not the address of a page" in answer.text
    assert ">Es &lt;regnet&gt;</textarea>" in answer.text
    assert ">Ein Beet</textarea>" in answer.text
    assert 'value="mastodon" checked' in answer.text
    assert 'value="kein Link"' in answer.text


def test_what_somebody_wrote_is_shown_again_by_whatever_refuses_it(ann: Client) -> None:
    """Never a secret: only the fields that hold what others shall read."""
    refused = ann.post(
        "/edit/mastodon/neu", text="Lange <überlegt>", at="bald", password="geheim", **{"alt:a": "Ein Beet"}
    )
    assert refused.status == 409
    for stranger in (refused, Client(ann.port).post("/edit/mastodon/neu", text="Lange <überlegt>", password="geheim")):
        assert ">Lange &lt;überlegt&gt;</textarea>" in stranger.text
        assert "geheim" not in stranger.text
    assert ">Ein Beet</textarea>" in refused.text
    assert "What you wrote" not in ann.get("/nothing").text
