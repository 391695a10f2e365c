"""What is fetched for sources: redirects, moves for good, conditions, and what is never asked."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from crosspost.transport import page_check, web_fetch

LOCAL = {"127.0.0.1"}


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, headers, body = {
            "/feed": (200, {"ETag": '"1"'}, b"feed"),
            "/moved": (301, {"Location": "/feed"}, b""),
            "/twice": (308, {"Location": "/moved"}, b""),
            "/for-now": (302, {"Location": "/moved"}, b""),
            "/round": (301, {"Location": "/round"}, b""),
            "/gone": (410, {}, b""),
            "/away": (302, {"Location": "http://192.168.0.1/feed"}, b""),
        }.get(self.path, (404, {}, b""))
        if self.headers.get("If-None-Match") == headers.get("ETag", ""):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def base() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(10)


def ask(url: str, **headers: str) -> web_fetch.Answer:
    return web_fetch.fetch(url, headers, session=page_check.live_session(), allowed_hosts=LOCAL)


def test_an_answer_and_one_that_did_not_change(base: str) -> None:
    answer = ask(f"{base}/feed")
    assert (answer.status, answer.body, answer.headers["etag"], answer.problem) == (200, b"feed", '"1"', "")
    unchanged = ask(f"{base}/feed", **{"If-None-Match": '"1"'})
    assert (unchanged.status, unchanged.problem) == (304, "")


@pytest.mark.parametrize(("path", "moved"), [("/feed", ""), ("/moved", "/feed"), ("/twice", "/feed"), ("/for-now", "")])
def test_moved_for_good_and_for_now(base: str, path: str, moved: str) -> None:
    answer = ask(base + path)
    assert (answer.url, answer.body) == (f"{base}/feed", b"feed")
    assert answer.moved == (base + moved if moved else "")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/gone", "answers 410: it was removed for good"),
        ("/nothing", "answers 404"),
        ("/round", "redirects more than 5 times"),
        ("/away", "is in a private network"),
    ],
)
def test_what_is_of_no_use_says_why(base: str, path: str, says: str) -> None:
    assert says in ask(base + path).problem


def test_a_private_address_is_not_asked() -> None:
    found = web_fetch.fetch("http://127.0.0.1:9/feed", {}, session=page_check.live_session())
    assert "private network" in found.problem


def test_nobody_answers() -> None:
    assert "nothing is listening" in ask("http://127.0.0.1:9/feed").problem
