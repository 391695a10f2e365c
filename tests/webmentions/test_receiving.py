"""What other sites say by webmention: taken at the door, looked at later, kept only where it is true."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.app.webmentions import inbox, receiving
from crosspost.ledger.responses import Said
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import READERS
from crosspost.web import serving
from tests.web.client import Answer, Client
from tests.webmentions.standin import HOST, Web, web

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python

POST = "https://tal.example.org/2026/11/20/gruesse.html"


@dataclass
class Taking:
    """A site that takes webmentions; ``there`` is another site, ``door`` the dashboard seen by strangers."""

    place: Place
    there: Web
    door: Client

    def say(self, source: str, target: str = POST, **headers: str) -> Answer:
        return self.door.post("/webmention", headers, source=source, target=target)

    def mention(self, html: str, target: str = POST, path: str = "/note", **more: Any) -> str:
        """Put a page there that says something of the post, and say so: its address."""
        source = self.there.page(path, html.replace("TARGET", target), **more)
        assert self.say(source, target).status == 202
        return source

    def run(self, *, minutes: float = 0) -> None:
        self.place.clock.pass_by(minutes=minutes)
        ran = self.place.crosspost("run")
        assert ran.code == 0, ran.out + ran.err

    def said(self) -> list[Said]:
        ledger = open_ledger(self.place.app, read_only=True)
        with contextlib.closing(ledger):
            return ledger.responses.said()


@pytest.fixture
def taking(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taking]:
    monkeypatch.setattr(receiving, "ALLOWED", frozenset((HOST,)))
    with web() as there:
        place = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock)
        place.write("config/crosspost.toml", place.config.read_text("utf-8") + "\n[responses]\nwebmentions = true\n")
        monkeypatch.chdir(place.root)
        monkeypatch.setattr("crosspost.cli.common.now", place.clock)
        place.crosspost("run", "--backfill")
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            yield Taking(place, there, Client(port))


ENTRY = """<article class="h-entry"><a class="p-author h-card" href="/ann">Ann</a>
<a class="CLASS" href="TARGET">dort</a><p class="e-content">Schön gesagt!</p>
<time class="dt-published" datetime="2026-11-21T10:00:00+01:00">gestern</time></article>"""


def entry(name: str) -> str:
    return ENTRY.replace("CLASS", name)


def test_an_answer_waits_and_is_shown_when_approved(taking: Taking) -> None:
    source = taking.mention(entry("u-in-reply-to"))
    assert taking.said() == []  # nothing is kept before somebody looked
    taking.run()
    (one,) = taking.said()
    assert (one.kind, one.state, one.account) == ("reply", "waiting", "webmention")
    assert (one.reply.author, one.reply.text, one.reply.url) == ("Ann", "Schön gesagt!", source)
    assert one.reply.author_url == f"{taking.there.base}/ann"
    assert one.reply.at.isoformat() == "2026-11-21T09:00:00+00:00"
    shown = taking.place.crosspost("responses").out
    assert f"#{one.id} Ann, webmention" in shown
    assert "Schön gesagt!" in shown
    assert taking.place.crosspost("responses", "approve", str(one.id)).code == 0
    assert taking.said()[0].state == "shown"
    assert "Schön gesagt!" in taking.place.crosspost("responses", str(taking.place.post)).out


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("u-like-of", "like"),
        ("u-repost-of", "repost"),
        ("u-in-reply-to", "reply"),
        ("u-bookmark-of", "mention"),
        ("", "mention"),
    ],
)
def test_what_kind_it_is(taking: Taking, name: str, kind: str) -> None:
    taking.mention(entry(name))
    taking.run()
    assert [one.kind for one in taking.said()] == [kind]


def test_a_page_without_microformats_is_a_mention(taking: Taking) -> None:
    source = taking.mention("<title>Drei Gärten</title><a href='TARGET'>dort</a>")
    taking.run()
    (one,) = taking.said()
    assert (one.kind, one.reply.text, one.reply.author, one.reply.url) == ("mention", "Drei Gärten", HOST, source)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", '{"a": [{"b": "TARGET"}]}'), ("application/activity+json", '["TARGET"]'),
     ("text/plain", "see TARGET, it is good"), ("text/plain; charset=utf-8", "TARGET")],
)  # fmt: skip
def test_other_documents_count_where_they_have_the_address(taking: Taking, kind: str, body: str) -> None:
    taking.mention(body, kind=kind)
    taking.run()
    assert [one.kind for one in taking.said()] == ["mention"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", "<p>TARGET</p>"),
        ("text/html", "<!-- <a href='TARGET'>x</a> -->"),
        ("text/html", "<a href='TARGETx'>x</a>"),
        ("text/html", "<a href='TARGET?x=1'>x</a>"),
        ("application/json", '{"TARGET": 1}'),
        ("application/json", '"see TARGET"'),
        ("application/json", "[" * 100_000),
        ("application/json", "no JSON"),
        ("text/plain", "TARGET/more"),
        ("text/plain", "nothing"),
        ("image/png", "TARGET"),
    ],
)
def test_what_has_no_link_is_not_kept(taking: Taking, kind: str, body: str) -> None:
    taking.mention(body, kind=kind)
    taking.run()
    assert taking.said() == []
    assert inbox.waiting(inbox.folder(taking.place.app)) == []


@pytest.mark.parametrize(
    "target", [POST, f"{POST}#part", POST.replace("https", "http"), POST.removesuffix(".html"), f"{POST}?utm=1"]
)
def test_people_link_with_other_spellings(taking: Taking, target: str) -> None:
    taking.mention("<a href='TARGET'>x</a>", target=target)
    taking.run()
    assert len(taking.said()) == 1


# ── what changes there ────────────────────────────────────────────────────────────────────────────────────────────


def test_said_again_it_is_updated_and_waits_again(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    number = taking.said()[0].id
    taking.place.crosspost("responses", "approve", str(number))
    taking.mention(entry("u-in-reply-to"))  # the very same stays approved
    taking.run()
    assert [(one.id, one.state) for one in taking.said()] == [(number, "shown")]
    taking.mention(entry("u-in-reply-to").replace("Schön gesagt!", "Kauft bei mir!"))
    taking.run()
    assert [(one.id, one.state, one.reply.text) for one in taking.said()] == [(number, "waiting", "Kauft bei mir!")]


@pytest.mark.parametrize("gone", [{"status": 410}, {"status": 404}, {"html": "<p>no link any more</p>"}])
def test_what_is_gone_there_goes_here(taking: Taking, gone: dict[str, Any]) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    taking.mention(**{"html": "", **gone})
    taking.run()
    assert taking.said() == []


def test_it_is_noticed_within_a_week_also_when_nobody_says_so(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    taking.there.page("/note", status=410)
    taking.run(minutes=60)
    assert len(taking.said()) == 1
    taking.run(minutes=60 * 24 * 8)
    assert taking.said() == []


def test_what_was_hidden_stays_hidden(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    taking.place.crosspost("responses", "hide", str(taking.said()[0].id))
    taking.mention("gone")
    taking.run()
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    assert [one.state for one in taking.said()] == ["hidden"]


def test_a_source_that_does_not_answer_is_asked_again(taking: Taking) -> None:
    taking.mention("busy", status=503)
    taking.run()
    taking.there.page("/note", entry("u-in-reply-to").replace("TARGET", POST))
    taking.there.requests.clear()
    taking.run(minutes=5)
    assert taking.there.requests == []
    taking.run(minutes=10)
    assert len(taking.said()) == 1


def test_one_that_never_answers_is_forgotten(taking: Taking) -> None:
    taking.mention("busy", status=503)
    for _ in range(8):
        taking.run(minutes=60 * 12)
    assert inbox.waiting(inbox.folder(taking.place.app)) == []
    assert len(taking.there.requests) == 6


def test_they_are_kept_no_longer_than_other_replies(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    taking.run(minutes=60 * 24 * 366)
    assert taking.said() == []


# ── where it shows ────────────────────────────────────────────────────────────────────────────────────────────────


def test_approved_ones_are_in_the_sites_file_and_in_the_figures(taking: Taking) -> None:
    text = taking.place.config.read_text("utf-8")
    taking.place.write(
        "config/crosspost.toml", text.replace("[responses]\n", '[responses]\nfile = "_data/replies.json"\n')
    )
    hostile = entry("u-in-reply-to").replace("Ann", "<img src=x onerror=1>&lt;b&gt;Ann").replace(
        "Schön", "<script>alert(1)</script>&lt;script&gt;")  # fmt: skip
    taking.mention(hostile)
    taking.mention(entry("u-like-of"), path="/like")
    taking.mention(entry("u-like-of"), path="/unseen-like")
    taking.run()
    numbers = {one.reply.id.rpartition("/")[2]: one.id for one in taking.said()}
    taking.place.crosspost("responses", "approve", str(numbers["note"]), str(numbers["like"]))
    written = (taking.place.root / "site/_data/replies.json").read_text("utf-8")
    page = msgspec.json.decode(written)["/2026/11/20/gruesse.html"]
    assert (page["likes"], page["replies"]) == (1, 1)
    (reply,) = page["children"]
    assert reply["author"]["name"] == "&lt;b&gt;Ann"
    assert "<script" not in written
    assert "<img" not in written
    stats = taking.place.crosspost("stats", "--json").json
    assert [row["likes"] for row in stats["accounts"] if row["name"] == "webmention"] == [2]


def test_the_dashboard_shows_them_and_takes_a_decision(taking: Taking) -> None:
    taking.mention(entry("u-repost-of").replace("Ann", "&lt;script&gt;Ann"))
    taking.run()
    ann = Client(taking.door.port)
    ann.post("/enter", ticket=serving.sessions_of(taking.place.app).link())
    shown = ann.get("/responses").text
    assert "Reposted the post" in shown
    assert "&lt;script&gt;Ann" in shown
    number = taking.said()[0].id
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    assert ann.post(f"/responses/{number}", seen=seen, decision="shown").status == 303
    assert taking.said()[0].state == "shown"


def test_no_reply_has_the_number_of_a_mention(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.run()
    (post,) = taking.place.sandbox.posts("mastodon")
    READERS["mastodon"](taking.place.sandbox).answer(post["id"], "Und ich?")
    taking.place.crosspost("responses", "fetch", "--all")
    numbers = [one.id for one in taking.said()]
    assert len(numbers) == len(set(numbers)) == 2
