"""What cannot be undone, on a post's page: shown first, done once, on the accounts that were ticked, and noted."""

import html
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.app.editing import audit_log
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Place
from crosspost.web import serving
from tests.web.client import Answer, Client

NAME = "2026-11-21-neu"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A post that is out on Mastodon and X."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon", "x"))
        place.crosspost("run")
        place.new_post(NAME, POST.replace("Grüße aus dem Tal", "Neu hier"))
        place.crosspost("run")
        yield place


def seen_in(answer: Answer) -> str:
    return html.unescape(re.findall(r'name="seen" value="([^"]*)"', answer.text)[0])


def out(own: Place, network: str) -> list[str]:
    return [post["text"] for post in own.sandbox.posts() if post["network"] == network and "Neu" in post["text"]]


def actions(own: Place) -> list[tuple[str, str, str]]:
    return [(one.action, one.account, one.origin) for one in reversed(audit_log.changes(own.app))]


def test_a_post_is_taken_back_on_one_account_and_published_again(ann: Client, own: Place) -> None:
    shown = ann.get("/acts/unpublish/neu")
    assert 'value="mastodon" checked' in shown.text
    assert len(out(own, "mastodon")) == 1, "looking does nothing"
    done = ann.post("/acts/unpublish/neu", seen=seen_in(shown), account="mastodon")
    assert done.headers["Location"] == "/posts/neu?done=unpublish"
    assert (out(own, "mastodon"), len(out(own, "x"))) == ([], 1), "only where it was ticked"
    again = ann.get("/acts/again/neu")
    assert 'value="x"' not in again.text, "it was not taken back there"
    assert ann.post("/acts/again/neu", seen=seen_in(again), account="mastodon").status == 303
    assert len(out(own, "mastodon")) == 1
    assert actions(own) == [("unpublish", "mastodon", "page"), ("publish again", "mastodon", "page")]


def test_the_difference_is_shown_and_carried_out(ann: Client, own: Place) -> None:
    assert "says the same" in ann.get("/acts/update/neu").text
    own.new_post(NAME, POST.replace("Grüße aus dem Tal", "Neu und anders"))
    shown = ann.get("/acts/update/neu")
    assert '<span class="gone">-Neu hier' in shown.text
    assert '<span class="new">+Neu und anders' in shown.text
    assert "This network cannot change a post that is out." in shown.text, "X cannot"
    ann.post("/acts/update/neu", seen=seen_in(shown), account="mastodon")
    assert "Neu und anders" in out(own, "mastodon")[0]
    assert len(own.sandbox.posts()) == 2, "nothing is sent a second time"


def test_a_post_is_sent_now_though_it_waits(ann: Client, own: Place) -> None:
    own.new_post("2026-11-21-warten", POST.replace("title:", "crosspost: {at: 2027-06-01}\ntitle:"))
    own.crosspost("run")
    before = len(own.sandbox.posts())
    shown = ann.get("/acts/now/warten")
    ann.post("/acts/now/warten", seen=seen_in(shown), account="x")
    assert len(own.sandbox.posts()) == before + 1
    assert "out" in ann.get("/posts/warten").text


def test_the_same_form_twice_does_it_once(ann: Client, own: Place) -> None:
    own.new_post("2026-11-21-zwei")
    shown = seen_in(ann.get("/acts/now/zwei"))
    before = len(own.sandbox.posts())
    answers: list[str] = []

    def send() -> None:
        answers.append(ann.post("/acts/now/zwei", seen=shown, account="mastodon").headers["Location"])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ann.post("/acts/now/zwei", seen=shown, account="x").headers["Location"].endswith("meanwhile")
    assert len(own.sandbox.posts()) == before + 1
    assert [answer for answer in answers if answer.endswith("=now")] in (["/posts/zwei?done=now"], [])
    assert len([one for one in actions(own) if one[0] == "publish"]) == 1


def test_what_changed_since_it_was_seen_is_not_sent(ann: Client, own: Place) -> None:
    own.new_post("2026-11-21-zwei", POST.replace("Grüße aus dem Tal", "Alt"))
    seen = seen_in(ann.get("/acts/now/zwei"))
    own.new_post("2026-11-21-zwei", POST.replace("Grüße aus dem Tal", "Anders"))
    before = len(own.sandbox.posts())
    assert ann.post("/acts/now/zwei", seen=seen, account="x").headers["Location"] == "/posts/zwei?done=meanwhile"
    assert len(own.sandbox.posts()) == before


def test_an_account_must_be_ticked(ann: Client) -> None:
    answer = ann.post("/acts/unpublish/neu", seen=seen_in(ann.get("/acts/unpublish/neu")))
    assert answer.status == 409
    assert "Tick at least one account" in answer.text


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("author", 403), ("approver", 303)])
def test_only_who_may_approve_does_it(own_port: int, own: Place, role: str, status: int) -> None:
    serving.users_of(own.app).put("bea", role, "long enough words")  # type: ignore[arg-type]
    bea = Client(own_port)
    bea.post("/login", name="bea", password="long enough words")
    shown = bea.get("/acts/unpublish/neu")
    assert ("<button>Take it back" in shown.text) == (status == 303)
    assert bea.post("/acts/unpublish/neu", seen=seen_in(shown), account="x").status == status
    assert len(out(own, "x")) == (status != 303)


@pytest.mark.parametrize("path", ["/acts/nothing/neu", "/acts/update/nobody", "/acts/unpublish/../../x"])
def test_nothing_else_can_be_done(ann: Client, path: str) -> None:
    assert ann.get(path).status == 404


def test_what_a_network_refuses_is_told_on_the_page(ann: Client, own: Place) -> None:
    own.sandbox.fault("mastodon", "expired-token", match="DELETE /api/v1/statuses/*")
    ann.post("/acts/unpublish/neu", seen=seen_in(ann.get("/acts/unpublish/neu")), account="mastodon")
    assert "is to be taken back" in ann.get("/posts/neu").text
