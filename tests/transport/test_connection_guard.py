"""The guard of an exchange: it connects only to checked addresses, and nothing outlives the deadline."""

import gzip
import socket
import zlib
from typing import Any

import pytest

from crosspost.transport.addresses import judged, refusal
from crosspost.transport.page_check import Live, NotYet, check, check_picture
from crosspost.transport.session import Session, TransportError
from tests.raw_server import RawServer, reply

PAGE = b"<!doctype html><title>Regen</title>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def rows(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


class Rebinding:
    """A DNS server that returns a public address first and a private one from then on."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *_: Any, **__: Any) -> list[Any]:
        self.asked += 1
        return rows("192.88.98.1" if self.asked == 1 else "127.0.0.1")


# ── where the packets go ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_pinned_exchange_does_not_resolve_the_name() -> None:
    with RawServer(reply("200 OK", PAGE)) as server:
        port = server.url.rpartition(":")[2]
        with Session() as session, session.pinned(["127.0.0.1"]):
            answer = session.get(f"http://nobody-has-this-name.invalid:{port}/a")
        assert answer.status_code == 200
        assert f"Host: nobody-has-this-name.invalid:{port}".encode() in server.requests[0]


def test_the_first_address_that_responds_is_used() -> None:
    with RawServer(reply("200 OK", PAGE)) as server, Session() as session:
        port = server.url.rpartition(":")[2]
        with session.pinned(["127.0.0.2", "127.0.0.1"]):
            assert session.get(f"http://pictures.invalid:{port}/").status_code == 200
        with session.pinned(["127.0.0.2"]), pytest.raises(TransportError, match="refused"):
            session.get(f"http://127.0.0.1:{port}/")
        assert session.get(f"http://127.0.0.1:{port}/").status_code == 200, "only inside"


def test_a_name_that_resolves_differently_the_second_time_reaches_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, connected = Rebinding(), []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Session() as session:
        said = check_picture("http://rebind.example.net/a.png", session=session, resolve=resolve)
    assert isinstance(said, NotYet)
    assert connected == ["192.88.98.1"]
    assert resolve.asked == 1


def test_a_redirect_is_checked_again() -> None:
    there = {b"/a.png": reply("302 Found", b"", "Location: /b.png"), b"/b.png": reply("200 OK", PNG)}
    with RawServer(lambda line, said: there[said.split()[1]](line, said)) as server, Session() as session:
        port = server.url.rpartition(":")[2]
        seen = check_picture(f"http://127.0.0.1:{port}/a.png", session=session, allowed_hosts=["127.0.0.1"])
        assert isinstance(seen, Live)
    away = reply("302 Found", b"", "Location: http://169.254.169.254/latest/meta-data/")
    with RawServer(away) as server, Session() as session:
        gone = check(f"{server.url}/a", title="Regen", session=session, allowed_hosts=["127.0.0.1"])
        assert isinstance(gone, NotYet)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "64:ff9b:1::7f00:1", "::127.0.0.1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1",
        "2001:db8::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    assert refusal("http://pictures.example.net/", resolve=lambda *_, **__: rows(address))
    assert refusal("http://pictures.example.net/", resolve=lambda *_, **__: rows("93.184.215.14", address)), (
        "all of them"
    )


def test_only_checked_addresses_are_connected_to() -> None:
    why, where = judged("http://bücher.example.net/", resolve=lambda host, *_, **__: rows("93.184.215.14", "1.1.1.1"))
    assert (why, where) == ("", ("93.184.215.14", "1.1.1.1"))
    asked: list[str] = []
    judged("http://faß.example.net/", resolve=lambda host, *_, **__: asked.append(host) or rows("1.1.1.1"))
    assert asked == ["xn--fa-hia.example.net"], "as the request asks for it"
    assert judged("http://tal.example.org/", ["tal.example.org"]) == ("", ()), "the site may be anywhere"


# ── the deadline and the size ─────────────────────────────────────────────────────────────────────────────────────


def drip(first: bytes, again: bytes) -> Any:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.settimeout(0.05)
        connection.sendall(first)
        for _number in range(200):  # ten seconds, then it gives up by itself
            connection.sendall(again)
            try:
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                pass

    return answer


def test_a_slow_handshake_is_cut_at_the_deadline() -> None:
    # the head of a TLS record that announces 16 kB, then a byte at a time
    with RawServer(drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\0")) as server:
        with Session(deadline=0.6, read_timeout=5) as session, pytest.raises(TransportError, match=r"within 0\.6 sec"):
            session.get(server.url.replace("http:", "https:"))
        assert session.last is not None
        assert not session.last.sent, "no request goes out before the handshake is over"


def test_slow_headers_are_cut_at_the_deadline() -> None:
    with (
        RawServer(drip(b"HTTP/1.1 200 OK\r\nX: ", b"a")) as server,
        Session(deadline=0.6, read_timeout=5) as session,
        pytest.raises(TransportError, match=r"within 0\.6 sec"),
    ):
        session.get(server.url)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_compressed_response_is_unpacked_no_further_than_the_limit(layers: int) -> None:
    body = zlib.compress(b"\0" * 60_000_000, 9) if layers == 1 else b"\0" * 60_000_000
    coding = "deflate" if layers == 1 else "gzip, gzip"
    if layers == 2:
        body = gzip.compress(gzip.compress(body))
    with (
        RawServer(reply("200 OK", body, f"Content-Encoding: {coding}")) as server,
        Session(max_answer=1_000_000) as session,
        pytest.raises(TransportError, match="longer than 1000000 bytes"),
    ):
        session.get(server.url)


def test_a_response_sent_byte_by_byte_is_read_in_linear_time() -> None:
    body = b"1\r\na\r\n" * 200_000 + b"0\r\n\r\n"

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body)

    with RawServer(answer) as server, Session() as session:
        assert session.get(server.url).content == b"a" * 200_000
