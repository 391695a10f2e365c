"""Is the page live? Whatever a server responds, the result is Live, or NotYet with a reason."""

import re
import socket
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.transport.page_check import Live, NotYet, check, live_session
from crosspost.transport.session import Session
from tests.raw_server import RawServer, reply
from tests.transport.live_pages import HERE, PNG, Answer, asked, page, paths, reason

# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("Grüße aus dem Tal", "Grüße aus dem Tal – Das Tal"),
        ("Grüße aus dem Tal", "Das Tal | GRÜSSE AUS DEM TAL"),
        ('Er sagte "ja" – und dann?', "Er sagte &ldquo;ja&rdquo; - und dann? | Blog"),
        ("Über <em>Wasser</em> &amp; Wind", "Über Wasser &amp; Wind"),
        ("x < y and y > z", "x &lt; y and y &gt; z"),
        ("We won 🎉 today", "We won :tada: today – Blog"),
        ("Why we love oats", "Why we &lt;em&gt;love&lt;/em&gt; oats"),
        ("Read the guide", "Read [the guide](https://e.example/x) | Blog"),
        ("Tom & Jerry’s", "Tom &amp;amp; Jerry&amp;#8217;s"),
        ("你好，世界", "你好，世界 - 博客"),
        ("שלום עולם", "שלום עולם"),
        ("สวัสดีชาวโลก", "สวัสดีชาวโลก · ไทย"),
        ("Fête 🎉", "Fête 🎉"),
        ("C++", "C++ für alle"),
    ],
)
def test_a_page_with_the_title_is_live(title: str, content: str) -> None:
    assert isinstance(asked(page(content), title), Live)


def test_emoji_may_be_pictures() -> None:
    heading = "<h1>We won <img class='emoji' alt=':tada:'> today</h1>"
    assert isinstance(asked(page("Blog", "", heading), "We won 🎉 today"), Live)
    assert isinstance(asked(page("Blog", "", "<h1>We lost today</h1>"), "We won 🎉 today"), NotYet)


def test_the_title_may_be_a_heading_or_the_preview() -> None:
    assert isinstance(asked(page("Blog", "", "<h1>Grüße <i>aus</i> dem Tal</h1>")), Live)
    assert isinstance(asked(page("Blog", '<meta property="og:title" content="Grüße aus dem Tal">')), Live)


@pytest.mark.parametrize(
    "link", ["SITE/a/", "SITE/a", "/a/", "SITE/a/index.html", "SITE/a.html", "//127.0.0.1:PORT/a/#top", "SITE/%61/"]
)
def test_the_canonical_address_is_enough(link: str) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        host = re.search(rb"Host: 127.0.0.1:(\d+)", request)
        assert host is not None
        port = host[1].decode()
        content = link.replace("SITE", f"http://127.0.0.1:{port}").replace("PORT", port)
        page("Neu", f'<link rel="canonical" href="{content}">')(connection, request)

    assert isinstance(asked(answer), Live)


@pytest.mark.parametrize(
    "answer",
    [
        page("Seite nicht gefunden"),
        page("Grüße aus dem Taler Land"),
        page("Blog", '<link rel="canonical" href="https://tal.example.org/b/"><link rel="canonical">'),
        page("Blog", '<link rel="canonical" href=""><link rel="canonical" href="http://[">'),
        reply("200 OK", b""),
        reply("200 OK", PNG, "Content-Type: image/png"),
    ],
    ids=["other title", "longer word", "other address", "broken address", "empty", "a picture"],
)
def test_a_page_without_title_and_canonical_address_does_not_count(answer: Answer) -> None:
    assert "neither the title “Grüße aus dem Tal” nor" in reason(asked(answer))


@pytest.mark.parametrize(
    ("name", "title", "content"),
    [
        ("iso-8859-1", "Grüße", "Content-Type: text/html; charset=ISO-8859-1"),
        ("iso-8859-1", "Grüße", "X: y"),
        ("utf-16", "Grüße", 'Content-Type: text/html; charset="utf-16"'),
        ("gbk", "你好", "Content-Type: text/html"),
    ],
)
def test_encodings(name: str, title: str, content: str) -> None:
    text = f'<meta charset="{name}"><title>{title}</title>'
    assert isinstance(asked(reply("200 OK", text.encode(name), content), title), Live)


@pytest.mark.parametrize("name", ["punycode", "iso-8859-99", "unicode_escape", "hex", "undefined"])
def test_an_unknown_encoding_is_read_as_utf_8(name: str) -> None:
    assert isinstance(asked(page("Grüße", "", "", f"Content-Type: text/html; charset={name}"), "Grüße"), Live)


@pytest.mark.parametrize(
    ("status", "why"),
    [("404 Not Found", "answers 404: the page is not there"), ("503 Busy", "answers 503"), ("204 None", "answers 204"),
     ("304 Not Modified", "answers 304"), ("401 Who", "asks for a login")],
)  # fmt: skip
def test_only_200_counts(status: str, why: str) -> None:
    assert why in reason(asked(reply(status)))


# ── redirects ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_redirect_within_the_site_is_followed() -> None:
    found = asked(paths({"/a": reply("301 Moved", b"", "Location: /a/"), "/a/": page("Grüße aus dem Tal")}), path="/a")
    assert isinstance(found, Live)
    assert found.url.endswith("/a/")


def test_at_most_three() -> None:
    chain = {f"/{n}": reply("302 Found", b"", f"Location: {n + 1}") for n in range(3)}
    chain["/3"] = page("Grüße aus dem Tal")
    assert isinstance(asked(paths(chain), path="/0"), Live)
    chain["/3"], chain["/4"] = reply("302 Found", b"", "Location: 4"), chain["/3"]
    assert "redirects more than 3 times" in reason(asked(paths(chain), path="/0"))


@pytest.mark.parametrize(
    "location",
    ["https://parked.example.net/", "//parked.example.net/", "ftp://127.0.0.1/", "http://127.0.0.1:1/", "http://[", "",
     "https://127.0.0.1/", "javascript:alert(1)", "http://127.0.0.1@parked.example.net/", "http://127.0.0.1:99999/"],
)  # fmt: skip
def test_a_redirect_to_another_site_does_not_count(location: str) -> None:
    with RawServer(reply("302 Found", b"", f"Location: {location}")) as server:
        found = check(f"{server.url}/a/", title="t", session=live_session(), allowed_hosts=HERE)
        if location:
            assert len(server.requests) == 1, "nobody was asked after the redirect"
    assert re.search("redirects|Invalid IPv6", reason(found))


def test_a_redirect_to_another_name_of_the_site_counts_and_to_https_but_never_back() -> None:
    """Names and ports no test may use: the session is a stand-in with the site's answers."""
    answers = {
        "http://tal.example.org/a": (301, "https://tal.example.org/a"),
        "https://tal.example.org/a": (301, "https://www.tal.example.org/a/"),
        "https://www.tal.example.org/a/": (200, "<title>Grüße</title>"),
        "https://tal.example.org/b": (301, "http://tal.example.org/b"),
        "https://tal.example.org/c": (301, "https://other.example.org/c"),
    }
    hosts = ["tal.example.org", "www.tal.example.org"]

    def outcome(url: str) -> Live | NotYet:
        return check(url, title="Grüße", session=Remembering(answers), allowed_hosts=hosts)

    assert outcome("http://tal.example.org/a") == Live(url="https://www.tal.example.org/a/")
    assert "another site: http://tal.example.org/b" in reason(outcome("https://tal.example.org/b"))
    assert "another site: https://other.example.org/c" in reason(outcome("https://tal.example.org/c"))


class Remembering(Session):
    """A session that takes its responses from a table."""

    def __init__(self, answers: dict[str, tuple[int, str]]) -> None:
        super().__init__()
        self.answers = answers

    def send(self, request: Any, **_: Any) -> Any:
        import io

        import requests
        from urllib3 import HTTPResponse

        status, content = self.answers[request.url]
        response = requests.Response()
        response.status_code, response.url = status, request.url
        response.headers["location" if status > 300 else "content-type"] = content if status > 300 else "text/html"
        response.raw = HTTPResponse(io.BytesIO(b"" if status > 300 else content.encode()), preload_content=False)
        return response


# ── hostile and broken servers ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url", ["", "/a/", "ftp://127.0.0.1/", "http://", "http://[::1", "http://a:b:c/", "mailto:a@b"]
)
def test_an_address_that_is_not_on_the_web(url: str) -> None:
    assert "is not a web address" in reason(check(url, title="t", session=live_session(), allowed_hosts=HERE))


def test_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    found = check(f"http://127.0.0.1:{port}/", title="t", session=live_session(), allowed_hosts=HERE)
    assert "nothing is listening" in reason(found)


def test_it_never_hangs_and_never_fills_the_memory() -> None:
    def trickle(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _n in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    with RawServer(trickle) as server:
        found = check(server.url, title="t", session=Session(deadline=0.3), allowed_hosts=HERE)
    assert "within 0.3 seconds" in reason(found)
    with RawServer(reply("200 OK", b"x" * 5000)) as server:
        found = check(server.url, title="t", session=Session(max_answer=1000), allowed_hosts=HERE)
    assert "longer than 1000 bytes" in reason(found)


def test_only_the_first_headings_of_a_page_are_read() -> None:
    body = "<h1><div>" * 3000 + "Grüße aus dem Tal"
    assert isinstance(asked(page("Blog", "", body)), Live)
    assert isinstance(asked(page("Blog", "", "<h2>x</h2>" * 3000 + "<h1>Grüße aus dem Tal</h1>")), NotYet)


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 302 F\r\nLocation: ", b"HTTP/1.1 200 OK\r\n"]),
)
def test_no_response_raises(noise: bytes, start: bytes) -> None:
    with RawServer(lambda connection, _: connection.sendall(start + noise)) as server:
        session = Session(read_timeout=2, deadline=2)
        found = check(server.url, title="Grüße", session=session, allowed_hosts=HERE)
    assert reason(found)
