"""The sandbox around the networks: its page, its JSON, its doors."""

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture

EVIL = "<script>alert(1)</script> \"'> & https://example.org/?q=<b> #Straße @verein"


class Elements(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_shows_the_posts_and_runs_nothing(http: Caller, sandbox: Sandbox) -> None:
    files = {"file": ("b.png", picture(), "image/png")}
    media = http.mastodon("POST", "v2/media", files=files, data={"description": EVIL}).json()["id"]
    http.toot(EVIL, media_ids=[media], spoiler_text=EVIL)
    http.tweet("日本語 main.py ไทย שלום")
    http.facebook("POST", "me/feed", data={"message": "Hallo", "link": "https://example.org/fest"})
    answer = http.get(sandbox.url + "/")
    seen = Elements(answer.text)
    names = {tag for tag, _ in seen.tags}
    assert not names & {"script", "iframe", "form", "b", "style"}
    assert "".join(seen.words).count("alert(1)") == 3  # text, warning, description
    images = [attributes for tag, attributes in seen.tags if tag == "img"]
    assert [image["alt"] for image in images] == [EVIL]
    assert http.get(sandbox.url + str(images[0]["src"])).content == picture()
    links = [str(attributes["href"]) for tag, attributes in seen.tags if tag == "a"]
    assert {"https://main.py", "https://example.org/fest"} <= set(links)
    assert ("main", {"class": "columns"}) in seen.tags
    assert not [link for link in links if not re.match(r"https?://|/", link)]
    assert "שלום" in answer.text


def test_every_page_of_the_sandbox_is_locked_down(http: Caller, sandbox: Sandbox) -> None:
    post = http.toot("Hallo").json()["url"]
    for url in (f"{sandbox.url}/", post, f"{sandbox.url}/_sandbox/posts", f"{sandbox.url}/_sandbox/style.css"):
        answer = http.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; img-src 'self';")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("network", ["mastodon", "x", "facebook"])
def test_every_post_has_a_page_that_says_when_it_is_gone(http: Caller, sandbox: Sandbox, network: str) -> None:
    http.say(network, "Hallo Welt")
    (post,) = sandbox.posts()
    assert "Hallo Welt" in http.get(post["url"]).text
    sandbox.store.posts[0].deleted = True
    gone = http.get(post["url"])
    assert (gone.status_code, "Hallo Welt" in gone.text) == (410, False)


def test_the_json_is_what_python_sees(http: Caller, sandbox: Sandbox) -> None:
    http.tweet("Hallo https://example.org/x")
    (told,) = http.get(f"{sandbox.url}/_sandbox/posts").json()
    assert [told] == sandbox.posts()
    assert told["link"] == "https://example.org/x"
    assert told["time"] == "2026-11-22T12:00:00+00:00"
    assert http.get(f"{sandbox.url}/_sandbox/accounts").json() == sandbox.describe()
    assert [r["path"] for r in http.get(f"{sandbox.url}/_sandbox/requests").json()] == ["/2/tweets"]


def test_only_this_machine_is_answered(sandbox: Sandbox) -> None:
    port = sandbox.url.rpartition(":")[2]
    for host, status in (
        ("evil.example", 403),
        (f"evil.example:{port}", 403),
        ("127.0.0.1:1", 403),
        (f"localhost:{port}", 200),
    ):
        assert requests.get(sandbox.url + "/", headers={"Host": host}, timeout=10).status_code == status


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\r\n\r\n", 403),
        ("nonsense\r\n\r\n", 400),
        ("POST /2/tweets HTTP/1.1\r\nHost: {}\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST /2/tweets HTTP/1.1\r\nHost: {}\r\nContent-Length: 99999999\r\n\r\n", 413),
        ("POST /2/tweets HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST /2/tweets HTTP/1.1\r\nHost: {}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("POST /2/tweets HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\nabcd", 400),
        ("BREW /2/tweets HTTP/1.1\r\nHost: {}\r\n\r\n", 405),
        ("GET /nowhere HTTP/1.1\r\nHost: {}\r\n\r\n", 404),
    ],
)
def test_malformed_requests_get_an_answer(
    sandbox: Sandbox, request_text: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    host = sandbox.url.removeprefix("http://")
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        connection.sendall(request_text.format(host).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    # a line that is no HTTP at all is answered without a status line, as HTTP/0.9 was
    assert f" {status} " in answer.split("\r\n")[0] or status == 400
    assert '"error"' in answer or '"title"' in answer
    assert capfd.readouterr() == ("", "")


_CHUNKED = "POST /2/tweets HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("\r\n0\r\n\r\n", 401),  # read whole; then X asks who is there
        ("\r\nA;name=value\r\n0123456789\r\n00\r\nTrailer: x\r\n\r\n", 401),
        ("Content-Length: 5\r\n\r\n0\r\n\r\n", 400),
        ("\r\nnone\r\nabc\r\n0\r\n\r\n", 400),
        ("\r\n-3\r\nabc\r\n0\r\n\r\n", 400),
        ("\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
        ("\r\n3\nabc\r\n0\r\n\r\n", 400),
        ("\r\n3\r\nabc\r\n", 400),
        ("\r\n3\r\nabc\r\n0\r\n", 400),
        ("\r\nFFFFFFFF\r\nabc", 413),
    ],
)
def test_a_body_in_chunks_is_read_strictly(sandbox: Sandbox, body: str, status: int) -> None:
    host = sandbox.url.removeprefix("http://")
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        connection.sendall((_CHUNKED.format(host) + body).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
    assert answer.split(" ")[1] == str(status)


def test_chunks_that_together_are_too_long_are_refused(http: Caller, sandbox: Sandbox) -> None:
    part = b"x" * (1024 * 1024)
    for parts, status in ((30, 400), (31, 413)):  # 400: no JSON
        assert http.x("POST", "tweets", data=(part for _ in range(parts))).status_code == status


@pytest.mark.parametrize("network", ["mastodon", "x", "bluesky", "telegram", "linkedin", "facebook", "signal"])
def test_every_network_takes_chunks(http: Caller, sandbox: Sandbox, network: str) -> None:
    def post(path: str, said: dict[str, Any], **headers: str) -> requests.Response:
        body = json.dumps(said).encode()
        kind = {"Content-Type": "application/json"}
        return http.post(sandbox.url + path, data=iter((body[:9], body[9:])), headers=kind | headers, timeout=10)

    known = {key: access["credentials"] for key, access in http.known.items()}
    bearer = {"Authorization": f"Bearer {known[network].get('bearer_token') or known[network].get('access_token')}"}
    linkedin = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
    owner = {"initializeUploadRequest": {"owner": "urn:li:person:sandbox1"}}
    who = {"identifier": "verein.test", "password": known["bluesky"]["app_password"]}
    number = http.known["signal"]["handle"]
    answer = {
        "mastodon": lambda: post("/api/v1/statuses", {"status": "Grüße"}, **bearer),
        "x": lambda: post("/2/tweets", {"text": "Grüße"}, **bearer),
        "bluesky": lambda: post("/xrpc/com.atproto.server.createSession", who),
        "telegram": lambda: post(
            f"/bot{known['telegram']['bot_token']}/sendMessage", {"chat_id": "@verein", "text": "ü"}
        ),
        "linkedin": lambda: post("/rest/images?action=initializeUpload", owner, **bearer, **linkedin),
        "facebook": lambda: post("/v26.0/me/feed", {"message": "Grüße"}, **bearer),
        "signal": lambda: post("/v2/send", {"number": number, "recipients": ["+491713920051"], "message": "Grüße"}),
    }[network]()
    assert answer.ok, answer.text


def test_a_multipart_body_that_lies_is_refused(http: Caller) -> None:
    for content_type, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
    ):
        for call, path in ((http.mastodon, "v2/media"), (http.x, "media/upload"), (http.facebook, "me/photos")):
            assert call("POST", path, data=body, headers={"Content-Type": content_type}).status_code == 400


def test_tokens_never_reach_the_log(http: Caller, sandbox: Sandbox) -> None:
    token = sandbox.accounts()["facebook"]["credentials"]["access_token"]
    http.get(f"{sandbox.url}/v26.0/me?access_token={token}")
    (entry,) = sandbox.requests
    assert (entry["path"], entry["account"], token in str(entry)) == ("/v26.0/me", "verein", False)


def test_many_clients_at_once_lose_nothing(sandbox: Sandbox) -> None:
    def work(number: int) -> int:
        with Caller(sandbox) as caller:
            key = {"Idempotency-Key": f"key-{number % 5}"}
            return caller.toot(f"Nr. {number % 5}", headers=key).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(40))) == {200}
    assert sorted(post["text"] for post in sandbox.posts()) == [f"Nr. {n}" for n in range(5)]


def test_tokens_are_new_at_every_start_unless_fixed() -> None:
    assert Sandbox().describe()["env"] != Sandbox().describe()["env"]
    fixed = Sandbox(tokens="fixed").describe()["env"]
    assert fixed == Sandbox(tokens="fixed").describe()["env"]
    assert fixed.keys() >= {
        "CROSSPOST_MASTODON_ACCESS_TOKEN",
        "CROSSPOST_X_CONSUMER_KEY",
        "CROSSPOST_X_CONSUMER_SECRET",
        "CROSSPOST_X_ACCESS_TOKEN",
        "CROSSPOST_X_ACCESS_TOKEN_SECRET",
        "CROSSPOST_FACEBOOK_ACCESS_TOKEN",
        "CROSSPOST_BLUESKY_HANDLE",
        "CROSSPOST_BLUESKY_APP_PASSWORD",
        "CROSSPOST_NEWSLETTER_USERNAME",
        "CROSSPOST_NEWSLETTER_PASSWORD",
        "CROSSPOST_LISTMONK_USERNAME",
        "CROSSPOST_LISTMONK_TOKEN",
    }


def test_it_starts_again_on_its_port_and_remembers(clock: Clock) -> None:
    sandbox = Sandbox(clock=clock).start()
    url = sandbox.url
    with Caller(sandbox) as caller:
        caller.toot("Hallo")
        sandbox.stop()
        assert sandbox.wait(0)
        with pytest.raises(requests.exceptions.ConnectionError):
            caller.toot("Welt")
        sandbox.start()
        assert sandbox.url == url
        caller.toot("Welt")
    assert [post["text"] for post in sandbox.posts()] == ["Hallo", "Welt"]
    sandbox.reset()
    assert (sandbox.posts(), sandbox.requests) == ([], [])
    sandbox.stop()


def test_unknown_options_are_explained() -> None:
    with pytest.raises(ValueError, match="myspace"):
        Sandbox(options={"myspace": {}})
    with pytest.raises(ValueError, match="colour"):
        Sandbox(options={"x": {"colour": "blue"}})
