"""The guarded session keeps its guarantees whatever the server does and the library asks for."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.transport.rate_limits import retry_at
from crosspost.transport.session import Session, TransportError
from tests.raw_server import RawServer, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_last_exchange_is_kept() -> None:
    with RawServer(reply("200 OK", b'{"id": 1}', "X-Rate-Limit-Reset: 17")) as server:
        session = Session()
        response = session.post(f"{server.url}/a?access_token=hush", data={"x": "y"})
        assert response.json() == {"id": 1}
    last = session.last
    assert last is not None
    assert (last.method, last.status, last.sent) == ("POST", 200, True)
    assert last.url == f"{server.url}/a"
    assert last.headers["x-rate-limit-reset"] == "17"
    assert last.json() == {"id": 1}


def test_nothing_listening_is_not_sent() -> None:
    session = Session()
    with pytest.raises(TransportError, match="nothing is listening"):
        session.post(f"http://127.0.0.1:{closed_port()}/")
    assert session.last is not None
    assert not session.last.sent


def test_unknown_name_is_not_sent() -> None:
    session = Session()
    with pytest.raises(TransportError, match="DNS"):
        session.get("http://no-such-host.invalid/")
    assert session.last is not None
    assert not session.last.sent


def test_failed_tls_is_not_sent() -> None:
    with RawServer(lambda connection, _: connection.sendall(b"this is not TLS")) as server:
        session = Session()
        with pytest.raises(TransportError):
            session.post(server.url.replace("http://", "https://"))
        assert session.last is not None
        assert not session.last.sent


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"not HTTP at all\r\n\r\n",
    ],
    ids=["no answer", "half a body", "half a chunk", "no HTTP"],
)
def test_after_a_cut_response_the_request_may_be_out(answer: bytes) -> None:
    with RawServer(lambda connection, _: connection.sendall(answer)) as server:
        session = Session()
        with pytest.raises(TransportError):
            session.post(server.url, data=b"x")
        assert session.last is not None
        assert session.last.sent
        assert session.last.status is None
        assert len(server.requests) == 1, "never tried again"


def test_the_deadline_ends_a_slow_response() -> None:
    """Each byte comes within the read time-out; only the total deadline can end it."""

    def trickle(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _n in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    with RawServer(trickle) as server:
        session = Session(read_timeout=5, deadline=0.5)
        with pytest.raises(TransportError, match=r"within 0\.5 seconds"):
            session.get(server.url)


def test_the_deadline_ends_endless_headers() -> None:
    def headers(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _n in range(100):
            connection.sendall(b"X-A: b\r\n")
            time.sleep(0.05)

    with RawServer(headers) as server:
        session = Session(read_timeout=5, deadline=0.5)
        with pytest.raises(TransportError):
            session.get(server.url)
        assert session.last is not None
        assert session.last.sent


def test_library_timeouts_are_overruled() -> None:
    with RawServer(lambda *_: time.sleep(1)) as server:
        session = Session(read_timeout=0.2)
        with pytest.raises(TransportError, match="no answer in time"):
            session.get(server.url, timeout=None)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(status: str) -> None:
    with (
        RawServer(reply("200 OK")) as elsewhere,
        RawServer(reply(status, b"", f"Location: {elsewhere.url}/?access_token=hush")) as server,
    ):
        session = Session()
        with pytest.raises(TransportError, match="redirects to") as caught:
            session.post(server.url, allow_redirects=True)
        assert elsewhere.requests == []
        assert "hush" not in str(caught.value)


def test_a_response_that_is_too_long_is_refused() -> None:
    with RawServer(reply("200 OK", b"x" * 5000)) as server:
        session = Session(max_answer=1000)
        with pytest.raises(TransportError, match="longer than 1000 bytes"):
            session.get(server.url)


def test_base_url_replaces_a_fixed_host() -> None:
    with RawServer(reply("200 OK")) as server:
        session = Session(rewrite={"https://api.example.com": f"{server.url}/x"})
        session.get("https://api.example.com/2/me?a=b")
        assert server.requests[0].startswith(b"GET /x/2/me?a=b ")
        session.get(f"{server.url}/plain")
        assert server.requests[1].startswith(b"GET /plain ")


def test_a_host_with_the_same_beginning_is_not_replaced() -> None:
    session = Session(rewrite={"https://api.example.com": "http://127.0.0.1:1"})
    with pytest.raises(TransportError, match=r"api\.example\.com\.evil\.invalid"):
        session.get("https://api.example.com.evil.invalid/")


def test_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawServer(reply("200 OK")) as server:
        Session().get(server.url, headers={"Authorization": "Bearer mine"})
        assert b"Authorization: Bearer mine" in server.requests[0]


def test_no_secret_in_any_message() -> None:
    session = Session(secrets=["s3cr3t-token"])
    with pytest.raises(TransportError) as caught:
        session.get(f"http://127.0.0.1:{closed_port()}/me?access_token=s3cr3t-token")
    assert "s3cr3t-token" not in str(caught.value)
    assert "s3cr3t-token" not in repr(session.last)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_redact_finds_tokens_in_the_usual_places() -> None:
    session = Session()
    redacted = session.redact("GET /me?access_token=abc123&x=1 with Authorization: Bearer xyz789")
    assert "abc123" not in redacted
    assert "xyz789" not in redacted
    redacted = session.redact(
        '{"access_token":"abc123","token_type": "bearer", "expires_in": 5, "oauth_token" : "xyz789"}'
    )
    assert redacted == '{"access_token":"***","token_type": "bearer", "expires_in": 5, "oauth_token" : "***"}'


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_get_follows_a_redirect_that_only_changes_the_trailing_slash(method: str) -> None:
    answers = iter([reply("307 Moved", b"", "Location: /api/v2/instance"), reply("200 OK", b'{"id": 1}')])

    def answer(connection: socket.socket, request: bytes) -> None:
        next(answers)(connection, request)

    with RawServer(answer) as server:
        session = Session()
        if method != "GET":
            with pytest.raises(TransportError, match="redirects to"):
                session.request(method, f"{server.url}/api/v2/instance/")
            assert len(server.requests) == 1
            return
        assert session.get(f"{server.url}/api/v2/instance/", params={"a": "b"}).json() == {"id": 1}
        assert session.last is not None
        assert session.last.url == f"{server.url}/api/v2/instance"
        assert server.requests[1].startswith(b"GET /api/v2/instance?a=b ")


@pytest.mark.parametrize(
    "place",
    ["/api/v2/other", "http://elsewhere.example/api/v2/instance", "//elsewhere.example/api/v2/instance", "http://["],
)
def test_no_other_redirect_is_followed(place: str) -> None:
    with RawServer(reply("301 Moved", b"", f"Location: {place}")) as server:
        with pytest.raises(TransportError):
            Session().get(f"{server.url}/api/v2/instance/")
        assert len(server.requests) == 1


def test_a_server_that_redirects_back_and_forth_is_asked_twice() -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        place = "/a" if request.startswith(b"GET /a/ ") else "/a/"
        reply("301 Moved", b"", f"Location: {place}")(connection, request)

    with RawServer(answer) as server:
        with pytest.raises(TransportError, match="redirects to"):
            Session().get(f"{server.url}/a/")
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"x-ratelimit-reset": "2026-11-22T12:02:00.000000Z"}, 120),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 5)}, 5),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "99999999999"}, 7 * 86400),
        ({"retry-after": "soon", "x-ratelimit-reset": "2026-11-22T12:00:07+00:00"}, 7),
    ],
)
def test_when_to_retry(headers: dict[str, str], seconds: float) -> None:
    assert retry_at(headers, NOW) == NOW + timedelta(seconds=seconds)


@given(st.dictionaries(st.sampled_from(["retry-after", "x-rate-limit-reset", "x-ratelimit-reset"]), st.text()))
def test_any_header_gives_a_time_or_none(headers: dict[str, str]) -> None:
    moment = retry_at(headers, NOW)
    assert moment is None or NOW <= moment <= NOW + timedelta(days=7)
