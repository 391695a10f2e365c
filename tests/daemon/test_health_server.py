"""``/health`` over the wire: who may ask, and that no client, however rude, makes it print or stop."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import click
import pytest

from crosspost.app import loading
from crosspost.app.application import App
from crosspost.cli.health_page import Where
from crosspost.daemon import health_server, ticks
from crosspost.errors import ConfigError, LedgerError
from crosspost.testing.harness import Clock, Place
from tests.several_sites import Sites


def answer() -> health_server.Answer:
    return 200, "application/json", b'{"ok": true}\n'


@pytest.fixture
def port() -> Iterator[int]:
    with health_server.serve(0, {"/health": answer}) as number:
        yield number


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def said(port: int, request: str) -> bytes:
    """Everything the server answers to these lines."""
    with connected(port) as line:
        line.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        return b"".join(iter(lambda: line.recv(65536), b""))


def status(port: int, request: str) -> int:
    return int(said(port, request).split(b" ", 2)[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost:80", "127.0.0.1:65535", "localhost "])
def test_this_machine_may_ask(port: int, host: str) -> None:
    assert status(port, f"GET /health HTTP/1.1\nHost: {host}\n\n") == 200


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example.org",
            "127.0.0.1@evil.example.org",
            "evil.example.org@127.0.0.1",
            "localhost:80@evil.example.org",
        ),
        *(
            "user:pass@localhost",
            "localhost.",
            "localhost.evil.example.org",
            "127.0.0.1.",
            "127.0.0.1.evil.example.org",
        ),
        *("[::1]", "[127.0.0.1]", "[::ffff:127.0.0.1]:80", "127.1", "2130706433", "0.0.0.0", "127.0.0.2", ""),
        *(
            "localhost:",
            "localhost:x",
            "localhost:-1",
            "localhost:80:80",
            ":80",
            "localhost/evil",
            "localhost#x",
            "localhost?x",
        ),
        *(
            "http://localhost",
            "localhost, evil.example.org",
            "localhost localhost",
            "127.0.0.1\t80",
            "l\xf6calhost",
            "\xb9localhost",
        ),
        "localhost:\xb2",
    ],
)
def test_every_other_host_is_refused(port: int, host: str) -> None:
    assert status(port, f"GET /health HTTP/1.1\nHost: {host}\n\n") == 403


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("GET /health HTTP/1.1\n\n", 403),
        ("GET /health HTTP/1.0\n\n", 403),
        ("GET /health HTTP/1.1\nHost: localhost\nHost: evil.example.org\n\n", 403),
        ("GET /health HTTP/1.1\nHost: localhost\nHost: localhost\n\n", 403),
        ("GET /health HTTP/1.1\nHost: localhost\n evil.example.org\n\n", 403),
        ("GET http://evil.example.org/health HTTP/1.1\nHost: localhost\n\n", 404),
        ("GET //evil.example.org/health HTTP/1.1\nHost: localhost\n\n", 404),
        ("GET /health?a=b HTTP/1.1\nHost: localhost\n\n", 200),
        ("GET /healthy HTTP/1.1\nHost: localhost\n\n", 404),
        ("GET * HTTP/1.1\nHost: localhost\n\n", 404),
        ("POST /health HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nhello", 405),
        ("BREW /health HTTP/1.1\nHost: localhost\n\n", 405),
        ("GET /health HTTP/9.9\nHost: localhost\n\n", 505),
        ("GET /health nonsense and more\n\n", 400),
        ("GET /" + "a" * 70_000 + " HTTP/1.1\nHost: localhost\n\n", 414),
        ("GET /health HTTP/1.1\nX: " + "a" * 70_000 + "\n\n", 431),
        ("GET /health HTTP/1.1\n" + "X: a\n" * 200 + "\n", 431),
        ("\x16\x03\x01\x02\x00 \x01\x00\n\n", 400),
    ],
)
def test_what_else_a_request_may_be(port: int, request_: str, expected: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert status(port, request_) == expected
    assert capfd.readouterr() == ("", "")


def test_head_has_the_same_headers_and_no_body(port: int) -> None:
    get, head = (said(port, f"{method} /health HTTP/1.1\nHost: localhost\n\n") for method in ("GET", "HEAD"))
    lines, _, body = get.partition(b"\r\n\r\n")
    assert json.loads(body) == {"ok": True}
    without_date = [
        [line for line in one.split(b"\r\n") if not line.startswith(b"Date:")]
        for one in (lines, head.removesuffix(b"\r\n\r\n"))
    ]
    assert without_date[0] == without_date[1]


@pytest.mark.parametrize(
    "begun", ["", "GET", "GET /health HTTP/1.1\r\nHost: loc", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"]
)
def test_a_client_that_goes_away_is_no_news(port: int, begun: str, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        line = connected(port)
        line.sendall(begun.encode())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
        line.close()
    assert status(port, "GET /health HTTP/1.1\nHost: localhost\n\n") == 200
    assert capfd.readouterr() == ("", "")


def test_a_client_that_takes_too_long_is_hung_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_server._Handler, "whole", 0.2)
    monkeypatch.setattr(health_server._Handler, "timeout", 60)  # which each letter begins anew
    with connected(port) as line:
        line.sendall(b"GET /health HTTP/1.1\r\n")
        assert line.recv(100) == b""


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(("10.244.0.7:8787", 200), ("worker-1:8787", 200), ("[fd00::7]:8787", 200), ("127.0.0.2", 200)),
        *(("evil.example.org", 403), ("10.0.0.1.evil.example.org:80", 403), ("worker-1.", 403), ("a@10.0.0.1", 403)),
        *(("[evil.example.org]", 403), ("", 403), ("10.0.0.1, evil.example.org", 403)),
    ],
)
def test_others_may_ask_by_number_or_a_name_that_no_website_has(host: str, expected: int) -> None:
    with (
        health_server.serve(0, {"/livez": answer}, host="127.0.0.2") as port,
        socket.create_connection(("127.0.0.2", port), timeout=20) as line,
    ):
        line.sendall(f"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert int(line.recv(65536).split(b" ", 2)[1]) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("8787", ("127.0.0.1", 8787)),
        ("0.0.0.0:8787", ("0.0.0.0", 8787)),
        ("[::]:80", ("::", 80)),
        ("worker-1:0", ("worker-1", 0)),
        *((wrong, None) for wrong in ("", "x", "70000", ":80", "x:", "::1:80", "[::1:80", "[::1]", "80x", "-1", "²")),
    ],
)
def test_where_it_answers_can_be_written_in_one_way_only(written: str, meant: tuple[str, int] | None) -> None:
    if meant is not None:
        assert Where().convert(written, None, None) == meant
        return
    with pytest.raises(click.BadParameter, match="is neither a port, such as 8787, nor an address, such as"):
        Where().convert(written, None, None)


def test_how_the_ticks_are_is_told() -> None:
    clock = Clock()
    health = health_server.Health(60, clock, lambda: {"deliveries": {"sent": 3}})
    begun = clock()
    assert health.report() == (True, {"ok": True, "last_run": None, "seconds_since": 0,
                                      "next_run": (begun + timedelta(minutes=1)).isoformat(),
                                      "deliveries": {"sent": 3}})  # fmt: skip
    clock.pass_by(seconds=50)
    health.ticked(good=True)
    ticked = clock()
    clock.pass_by(seconds=180)
    well, told = health.report()
    assert (well, told["last_run"], told["seconds_since"]) == (True, ticked.isoformat(), 180), "three of them late"
    clock.pass_by(seconds=1)
    assert health.report()[0] is health.report()[1]["ok"] is False
    health.stepped()
    assert health.report()[0], "a long one goes on"
    health.ticked(good=False)
    assert not health.report()[0]


def test_a_ledger_that_cannot_be_read_is_no_reason_to_say_nothing() -> None:
    def more() -> dict[str, object]:
        raise LedgerError("away")

    well, told = health_server.Health(60, Clock(), more).report()
    assert (well, told["ok"], set(told)) == (False, False, {"ok", "last_run", "seconds_since", "next_run"})


def test_figures_are_text_and_a_library_that_is_missing_is_told() -> None:
    def missing() -> bytes:
        raise ConfigError("needs one more package")

    def asked(text: Callable[[], bytes]) -> health_server.Answer:
        said = {"live": lambda: (True, {}), "ready": lambda: (False, {"ok": False})}
        given = cast("Any", (SimpleNamespace(), SimpleNamespace(**said), SimpleNamespace(text=text)))
        answers = health_server.pages(*given)
        assert answers["/livez"]() == (200, "application/json", b"{}\n")
        assert answers["/readyz"]() == (503, "application/json", b'{"ok": false}\n')
        return answers["/metrics"]()

    assert asked(lambda: b"up 1\n") == (200, "text/plain; version=0.0.4; charset=utf-8", b"up 1\n")
    assert asked(missing) == (501, "application/json", b'{"error": "needs one more package"}\n')


def test_a_mistake_of_our_own_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    def wrong() -> health_server.Answer:
        raise ValueError("a mistake")

    with health_server.serve(0, {"/health": wrong}) as number:
        assert said(number, "GET /health HTTP/1.1\nHost: localhost\n\n") == b""
    assert "a mistake" in capfd.readouterr().err


def test_an_answer_reads_some_of_many_ledgers_and_begins_with_those_that_could_not_be_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = Sites(place, dict.fromkeys("abcde", "live_check = false"))
    app = loading.load(config=place.config, site=None, environ={}, clock=place.clock, required=True, whole=True)
    now, looked, broken = [1000.0], list[str](), {"b"}

    def read(app: App) -> dict[str, Any]:
        now[0] += 0.4
        assert app.settings is not None
        looked.append(app.settings.name)
        if app.settings.name in broken:
            raise LedgerError("b is damaged")
        return {"deliveries": {"sent": 1}, "paused": [f"x-{app.settings.name}"]}

    monkeypatch.setattr(ticks, "_situation", read)
    standing = ticks.Standing(clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(LedgerError, match="b is damaged"):
            standing.now(app)
        looked.append("|")
    broken.clear()
    assert standing.now(app)["deliveries"] == {"sent": 5}
    assert "".join(looked) == "abc|bde|bac"
    sites.tables.pop("d")
    sites.write()
    assert standing.now(app)["paused"] == ["x-a", "x-b", "x-c", "x-e"]
