"""``crosspost responses`` and ``crosspost stats``: what came back, from the network to the page."""

import json
import subprocess
from pathlib import Path

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.app.responses.replies_file import as_html
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import READERS

NAMES = ("mastodon", "bluesky", "telegram")
PATH = "/2026/11/20/gruesse.html"
EVIL = "Schön, & <script>alert(1)</script>\n\nUnd?"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, sandbox, clock=clock, networks=NAMES)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.chdir(tmp_path)
    assert place.crosspost(str(place.post), "--yes").code == 0
    return place


def receipts(place: Place) -> dict[str, str]:
    ledger = open_ledger(place.app, read_only=True)
    try:
        return {row.account: row.receipt for row in ledger.deliveries()}
    finally:
        ledger.close()


def said(place: Place, settings: str) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(f"{text}\n[responses]\n{settings}\n", "utf-8")


def answered(place: Place, text: str = EVIL) -> None:
    ids = receipts(place)
    for name in ("mastodon", "bluesky"):
        reader = READERS[name](place.sandbox)
        reader.answer(ids[name], text)
        reader.like(ids[name])
        place.clock.pass_by(seconds=1)


def page(place: Place) -> dict[str, object]:
    found = json.loads((place.root / "site/_data/replies.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_nothing_is_asked_before_somebody_asks(place: Place) -> None:
    seen = len(place.sandbox.requests)
    assert "Nothing is known of that" in place.crosspost("responses", str(place.post)).out
    assert "No reply waits." in place.crosspost("responses").out
    assert "No figures are known" in place.crosspost("stats").out
    assert len(place.sandbox.requests) == seen


def test_before_anything_went_out(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    empty = Place(tmp_path / "new", sandbox, clock=clock, networks=NAMES)
    for words in (["responses", "fetch"], ["responses"], ["stats"], ["stats", "--csv"]):
        assert empty.crosspost(*words).code == 0
    assert not (tmp_path / "new/config/state").exists()


def test_fetch_says_what_it_did_and_why_an_account_is_not_asked(place: Place) -> None:
    answered(place)
    ran = place.crosspost("responses", "fetch")
    assert ran.code == 0
    assert "mastodon (sandbox)  1 post asked about, 1 new reply\n" in ran.out
    assert "telegram (sandbox)  a bot cannot ask for the views, reactions or comments of what it posted\n" in ran.out
    assert "2 replies to approve" in ran.out
    again = place.crosspost("responses", "fetch")
    assert "mastodon (sandbox)  nothing to ask about now\n" in again.out
    assert "1 post asked about, 0 new replies" in place.crosspost("responses", "fetch", str(place.post)).out


def test_an_account_that_fails_is_told_and_the_others_go_on(place: Place) -> None:
    answered(place)
    place.sandbox.fault("mastodon", "expired-token", match="GET /api/v1/statuses/*/context")
    ran = place.crosspost("responses", "fetch", "--json")
    assert ran.code == 1
    mastodon, bluesky = ran.json["asked"]
    assert "expired" in mastodon["error"]
    assert (bluesky["new"], bluesky["error"]) == (1, "")
    assert "sandbox-" not in ran.out, "no token is shown"


def test_an_account_may_be_left_out(place: Place) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[accounts.mastodon]\n", "[accounts.mastodon]\nresponses = false\n"), "utf-8")
    ran = place.crosspost("responses", "fetch", "--json")
    assert [one["account"] for one in ran.json["asked"]] == ["bluesky"]
    assert {one["account"] for one in ran.json["not_asked"]} == {"mastodon", "telegram"}


def test_a_post_is_shown_with_its_replies_within_the_terminal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(place, "Ein langes Wort: " + "Rindfleischetikettierung " * 10 + "\x1b[2J")
    place.crosspost("responses", "fetch")
    monkeypatch.setattr("crosspost.cli.layout.columns_of", lambda _: 80)
    ran = place.crosspost("responses", str(place.post))
    assert "\x1b[2J" not in ran.out
    assert "1 like, 0 reposts, 1 reply" in ran.out
    assert "#1 Zweitkonto @zweitkonto" in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines() if "://" not in line)
    first, second = place.crosspost("responses", str(place.post), "--json").json["replies"]
    assert {first["number"], second["number"]} == {1, 2}
    assert (first["account"], first["state"], first["public"], first["mine"]) == ("mastodon", "waiting", True, False)


def test_the_page_has_only_what_was_approved_and_escapes_it(place: Place) -> None:
    said(place, 'file = "_data/replies.json"')
    answered(place)
    place.crosspost("responses", "fetch")
    assert page(place)[PATH] == {"likes": 2, "reposts": 0, "replies": 2, "children": []}
    assert place.crosspost("responses", "approve", "1").out == "1 reply shown from now on.\n"
    text = (place.root / "site/_data/replies.json").read_text("utf-8")
    assert "<script" not in text
    (entry,) = page(place)[PATH]["children"]  # type: ignore[index]
    assert entry["content"]["html"] == "<p>Schön, &amp; &lt;script&gt;alert(1)&lt;/script&gt;</p><p>Und?</p>"
    assert (entry["author"]["name"], entry["type"]) == ("Zweitkonto", "entry")
    place.crosspost("responses", "hide", "1")
    assert page(place)[PATH]["children"] == []  # type: ignore[index]


def test_a_number_that_is_not_there_stops_no_other(place: Place) -> None:
    answered(place)
    place.crosspost("responses", "fetch")
    ran = place.crosspost("responses", "approve", "2", "99")
    assert (ran.code, ran.out) == (2, "1 reply shown from now on.\n")
    assert "there is no reply 99" in ran.err


def test_without_moderation_quiet_replies_stay_away(place: Place) -> None:
    said(place, 'file = "_data/replies.json"\nmoderated = false')
    answered(place)
    reader = READERS["mastodon"](place.sandbox)
    reader.answer(receipts(place)["mastodon"], "Nur leise", visibility="unlisted")  # type: ignore[call-arg]
    reader.answer(receipts(place)["mastodon"], "Nur für dich", visibility="direct")  # type: ignore[call-arg]
    place.crosspost("responses", "fetch")
    text = (place.root / "site/_data/replies.json").read_text("utf-8")
    assert len(page(place)[PATH]["children"]) == 2  # type: ignore[index]
    assert "leise" not in text
    shown = place.crosspost("responses", str(place.post)).out
    assert "Nur leise" in shown
    assert "not for the site: not public" in shown
    assert "für dich" not in shown


def test_what_is_deleted_on_the_network_goes_from_the_page(place: Place) -> None:
    said(place, 'file = "_data/replies.json"\nmoderated = false')
    reader = READERS["mastodon"](place.sandbox)
    number = reader.answer(receipts(place)["mastodon"], "Doch nicht")
    place.crosspost("responses", "fetch")
    reader.take_back(number)
    place.crosspost("responses", "fetch", "--all")
    assert page(place)[PATH]["children"] == []  # type: ignore[index]
    assert "Doch nicht" not in place.crosspost("responses", str(place.post)).out


def test_a_file_of_somebody_else_is_left_alone(place: Place) -> None:
    said(place, 'file = "_data/replies.json"')
    mine = place.write("site/_data/replies.json", '{"mine": 1}\n')
    ran = place.crosspost("responses", "fetch")
    assert ran.code == 2
    assert "crosspost did not write it" in ran.err
    assert mine.read_text("utf-8") == '{"mine": 1}\n'


def test_the_file_is_committed_as_what_is_written_back_and_once(place: Place) -> None:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(place.root / "site"), *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "--quiet", "--initial-branch=main")
    git("-c", "user.name=Ida", "-c", "user.email=ida@example.org", "commit", "--quiet", "--allow-empty", "-m", "Begin")
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[site]\n", '[site]\nwrite_back_git = "commit"\n', 1), "utf-8")
    said(place, 'file = "_data/replies.json"')
    answered(place)
    for _ in range(2):
        assert place.crosspost("responses", "fetch", "--all").code == 0
        assert git("log", "--format=%an: %s").splitlines() == [
            "crosspost: What was answered to posts, by crosspost",
            "Ida: Begin",
        ]
    assert git("show", "--name-only", "--format=").split() == ["_data/replies.json"]


@pytest.mark.parametrize(
    ("file", "why"), [("_data/replies.yml", "must end in .json"), ("../replies.json", "is not in the site")]
)
def test_a_place_where_no_file_can_be(place: Place, file: str, why: str) -> None:
    said(place, f'file = "{file}"')
    ran = place.crosspost("responses", "fetch")
    assert ran.code == 2
    assert why in ran.err


def test_figures_per_post_and_account(place: Place) -> None:
    answered(place)
    place.crosspost("responses", "fetch")
    found = place.crosspost("stats", "--json").json
    assert [(one["name"], one["deliveries"], one["likes"], one["views"]) for one in found["posts"]] == [
        ("gruesse", 2, 2, None)
    ]
    assert [(one["name"], one["likes"]) for one in found["accounts"]] == [("bluesky", 1), ("mastodon", 1)]
    only = place.crosspost("stats", "--to", "mastodon", "--json").json
    assert [one["likes"] for one in only["posts"]] == [1]
    assert place.crosspost("stats", "--since", "2026-12-01", "--json").json == {"posts": [], "accounts": []}
    head, *lines = place.crosspost("stats", "--csv").out.splitlines()
    assert head.startswith("sent_at,account,network,post,title,url,likes,reposts,replies,views")
    assert sorted(line.split(",")[1] for line in lines) == ["bluesky", "mastodon"]
    table = place.crosspost("stats").out
    assert "likes  reposts  replies  views  post" in table
    assert "    2        0        2  –      Grüße aus dem Tal" in table


def test_a_run_asks_when_it_is_time_and_never_fails_because_of_it(place: Place, clock: Clock) -> None:
    said(place, "every = 60")
    answered(place)
    line = "GET /api/v1/statuses/*/context"
    place.sandbox.fault("mastodon", "expired-token", match=line)
    ran = place.crosspost("run")
    assert ran.code == 0
    assert "what came back: mastodon" in ran.err
    assert "Zweitkonto" in place.crosspost("responses").out, "Bluesky was asked"
    seen = len(place.sandbox.requests_to("bluesky"))
    place.crosspost("run")
    assert len(place.sandbox.requests_to("bluesky")) == seen, "it is not time"
    clock.pass_by(minutes=61)
    assert "what came back" not in place.crosspost("run").err
    assert len(place.crosspost("responses", "--json").json["replies"]) == 2


def test_a_run_asks_nobody_by_itself(place: Place) -> None:
    answered(place)
    place.crosspost("run")
    assert not [r for r in place.sandbox.requests if r["path"].endswith(("/context", "getPostThread"))]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ('"><img src=x onerror=y>', "<p>&quot;&gt;&lt;img src=x onerror=y&gt;</p>"),
        ("", ""),
        ("\n\n\n", ""),
    ],
)
def test_text_as_html(text: str, html: str) -> None:
    assert as_html(text) == html


def test_what_costs_is_not_asked_before_somebody_says_so(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, sandbox, clock=clock, networks=("x",))
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    assert place.crosspost(str(place.post), "--yes").code == 0
    (receipt,) = receipts(place).values()
    reader = READERS["x"](sandbox)
    reader.answer(receipt, "Gut")
    reader.like(receipt)
    seen = len(sandbox.requests_to("x"))
    ran = place.crosspost("responses", "fetch")
    assert "asking costs 0.005 USD for each post, each time; `responses = true` in [accounts.x] does it" in ran.out
    assert len(sandbox.requests_to("x")) == seen
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[accounts.x]\n", "[accounts.x]\nresponses = true\n"), "utf-8")
    assert "1 post asked about, 0 new replies" in place.crosspost("responses", "fetch").out
    assert "1 like, 0 reposts, 1 reply, 0 views" in place.crosspost("responses", str(place.post)).out


def test_with_nobody_to_ask_it_is_said(place: Place) -> None:
    config = place.config.read_text("utf-8")
    place.crosspost("run")
    place.config.write_text(config[: config.index("[accounts.")], "utf-8")
    done = place.crosspost("responses", "fetch")
    assert "no account to ask" in done.out, done
