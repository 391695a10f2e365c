"""The one address of the dashboard that is open to everybody: what it takes, and that nothing else opens with it."""

import http.client
import socket
import time
from urllib.parse import urlencode

import pytest

from crosspost.app.webmentions import inbox, receiving
from crosspost.transport.webmention import webmention_session
from crosspost.web.pages import webmention
from tests.web.client import Client
from tests.webmentions.test_receiving import POST, Taking, entry
from tests.webmentions.test_receiving import taking as taking  # noqa: PLC0414  # a fixture

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python

SOURCE = "https://other.example/note"


def waiting(taking: Taking) -> list[tuple[str, str]]:
    return [(one.source, one.target) for one in inbox.waiting(inbox.folder(taking.place.app))]


def test_it_is_taken_without_a_login_and_nothing_is_fetched_yet(taking: Taking) -> None:
    answer = taking.say(SOURCE)
    assert (answer.status, answer.headers["Content-Type"]) == (202, "text/plain; charset=utf-8")
    assert waiting(taking) == [(SOURCE, POST)]
    assert taking.there.requests == []


def test_it_is_taken_from_a_form_on_any_page(taking: Taking) -> None:
    """Some sites have a form for those who cannot send one."""
    assert taking.say(SOURCE, Sec_Fetch_Site="cross-site", Origin="https://other.example").status == 202


def test_said_twice_it_waits_once(taking: Taking) -> None:
    assert [taking.say(SOURCE).status for _ in range(3)] == [202] * 3
    assert len(waiting(taking)) == 1


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("", POST),
        (SOURCE, ""),
        (POST, POST),
        (f"{POST}#a", f"{POST}#b"),
        ("other.example/note", POST),
        ("ftp://other.example/note", POST),
        ("javascript:alert(1)", POST),
        ("file:///etc/passwd", POST),
        ("http://", POST),
        ("http://[", POST),
        ("http://a.example:99999999/", POST),
        ("http://user:secret@a.example/", POST),
        ("https://a.example/\nx", POST),
        (f"https://a.example/{'x' * 3000}", POST),
        (SOURCE, "https://tal.example.org/"),
        (SOURCE, "https://tal.example.org/2026/11/20/anders.html"),
        (SOURCE, "https://tal.example.org.evil.example/2026/11/20/gruesse.html"),
        (SOURCE, "https://other.example/2026/11/20/gruesse.html"),
    ],
)
def test_what_cannot_be_a_webmention_is_refused(taking: Taking, source: str, target: str) -> None:
    answer = taking.say(source, target)
    assert answer.status == 400
    assert answer.text.startswith("Refused: ")
    assert waiting(taking) == []


def test_each_address_is_given_once(taking: Taking) -> None:
    body = urlencode([("source", SOURCE), ("source", "https://b.example/"), ("target", POST)])
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert taking.door.ask("POST", "/webmention", headers=kind, body=body).status == 400


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]
)
def test_other_forms_are_refused(taking: Taking, kind: str) -> None:
    answer = taking.door.ask("POST", "/webmention", headers={"Content-Type": kind}, body='{"source": "x"}')
    assert answer.status == 415
    assert waiting(taking) == []


def test_a_long_form_is_refused_unread(taking: Taking) -> None:
    assert taking.say(SOURCE + "x" * 20_000).status == 413
    assert waiting(taking) == []


def test_a_long_form_without_a_length_is_cut_off(taking: Taking) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", taking.door.port, timeout=20)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(
            "POST", "/webmention", body=iter([b"source=" + b"x" * 5000] * 10), headers=headers, encode_chunked=True
        )
        assert connection.getresponse().status >= 400
    except OSError:
        pass  # the connection may be closed while it is still sent
    finally:
        connection.close()
    assert waiting(taking) == []


def test_so_many_are_taken_in_a_minute(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webmention, "_MANY", 3)
    assert [taking.say(f"{SOURCE}/{n}").status for n in range(5)] == [202, 202, 202, 429, 429]
    assert taking.say(SOURCE).headers["Retry-After"] == "600"
    pace = webmention.Pace()
    assert [pace.free(second) for second in (0, 1, 2, 59, 61, 61.5, 62.5)] == [
        True,
        True,
        True,
        False,
        True,
        True,
        True,
    ]


def test_so_many_wait_at_most(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST", 2)
    assert [taking.say(f"{SOURCE}/{n}").status for n in (1, 2, 3, 2)] == [202, 202, 429, 202]


def test_it_is_not_there_unless_somebody_wants_it(taking: Taking) -> None:
    text = taking.place.config.read_text("utf-8")
    taking.place.write("config/crosspost.toml", text.replace("webmentions = true", "webmentions = false"))
    assert taking.say(SOURCE).status == 404
    assert waiting(taking) == []


def test_only_that_address_is_open(taking: Taking) -> None:
    for path in (
        "/webmention/",
        "/webmention/x",
        "/WEBMENTION",
        "//webmention",
        "/webmention/../posts",
        "/responses/1",
    ):
        answer = taking.door.post(path, {"Sec-Fetch-Site": "cross-site"}, source=SOURCE, target=POST)
        assert answer.status in (303, 307, 401, 403, 404), path
    assert taking.door.get("/webmention").status == 405
    assert taking.door.get("/responses").status in (303, 401, 403)
    assert taking.door.get("/webmention", Host="evil.example").status == 400
    assert waiting(taking) == []


def test_what_goes_wrong_here_is_not_told_outside(taking: Taking) -> None:
    inbox.folder(taking.place.app).write_text("a file where a folder should be")
    answer = taking.say(SOURCE)
    assert answer.status == 503
    assert str(taking.place.root) not in answer.text


# ── hostile sources ───────────────────────────────────────────────────────────────────────────────────────────────


def test_no_source_in_the_local_network_is_asked(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "ALLOWED", frozenset[str]())
    for source in (f"{taking.there.base}/a", "http://localhost/b", "http://169.254.169.254/latest", "http://[::1]/"):
        assert taking.say(source).status == 202
    taking.run()
    assert taking.there.requests == []
    assert taking.said() == []


def test_no_redirect_leads_there_or_goes_on_for_ever(taking: Taking) -> None:
    for n, target in enumerate(("http://127.0.0.1:1/", "http://10.0.0.1/", "file:///etc/passwd", "/round", "http://[")):
        taking.mention("", path=f"/{n}", status=302, headers=[("Location", target)])
    taking.there.page("/round", status=302, headers=[("Location", "/round")])
    taking.run()
    assert taking.said() == []


def test_a_huge_page_is_not_read_to_its_end(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.transport.webmention._LARGEST", 10_000)
    taking.mention(entry("u-in-reply-to") + "x" * 500_000)
    taking.mention(entry("u-in-reply-to"), path="/small")
    taking.run()
    assert [one.reply.id.rpartition("/")[2] for one in taking.said()] == ["small"]


def test_a_slow_source_holds_up_only_itself(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    def hasty() -> object:
        made = webmention_session()
        made._timeout, made._deadline = (0.5, 0.5), 1.0
        return made

    monkeypatch.setattr("crosspost.app.webmentions.receiving.webmention_session", hasty)
    with socket.create_server(("127.0.0.2", 0)) as silent:
        assert taking.say(f"http://127.0.0.2:{silent.getsockname()[1]}/a").status == 202
        taking.mention(entry("u-in-reply-to"))
        begun = time.monotonic()
        taking.run()
    assert len(taking.said()) == 1
    assert time.monotonic() - begun < 10


def test_a_run_looks_at_a_part_and_the_next_goes_on(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST", 2)
    for n in range(3):
        taking.mention(entry("u-in-reply-to"), path=f"/{n}")
    taking.run()
    assert len(taking.said()) == 2
    taking.run()
    assert len(taking.said()) == 3


def test_fetch_looks_too_and_says_so(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    taking.mention("nothing", path="/nothing")
    ran = taking.place.crosspost("responses", "fetch")
    assert ran.code == 0, ran.err
    assert "webmention 2 webmentions looked at, 1 new one" in " ".join(ran.out.split())
    assert "1 reply to approve" in ran.out


def test_a_damaged_file_stops_nothing(taking: Taking) -> None:
    taking.mention(entry("u-in-reply-to"))
    (inbox.folder(taking.place.app) / "x.json").write_text("{")
    taking.run()
    assert len(taking.said()) == 1


def test_a_visitor_with_a_session_may_do_no_more_there(taking: Taking) -> None:
    """The address is open to requests of other sites, so it must never look at who asks."""
    ann = Client(taking.door.port, dict(taking.door.cookies))
    assert (
        ann.post("/webmention", {"Sec-Fetch-Site": "cross-site"}, source=SOURCE, target=POST).headers.get("Set-Cookie")
        is None
    )
