"""JSON-RPC has the same safeguards as the HTTP session."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from crosspost.transport import jsonrpc
from crosspost.transport.jsonrpc import ask
from crosspost.transport.session import Session, TransportError

REQUEST = {"jsonrpc": "2.0", "id": "7", "method": "send", "params": {}}


def served(answer: Callable[[socket.socket], Any]) -> str:
    """A server for one connection; it reads a line, then does what the test wants."""
    server = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        with server, server.accept()[0] as wire:
            wire.makefile("rb").readline()
            answer(wire)

    threading.Thread(target=work, daemon=True).start()
    return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_events_and_other_answers_are_skipped() -> None:
    lines = [{"method": "receive"}, {"id": "6", "result": 1}, {"id": "7", "result": "Grüße 👋"}]
    session = Session()
    response = ask(
        session, served(lambda w: w.sendall(b"".join(msgspec.json.encode(x) + b"\n" for x in lines))), REQUEST
    )
    assert response["result"] == "Grüße 👋"
    assert session.last is not None
    assert session.last.json() == response


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w: None, "cut before the answer was complete"),
        (lambda w: w.sendall(b'{"id": "7", "resu'), "cut before the answer was complete"),
        (lambda w: w.sendall(b"<html>\n"), "not JSON"),
        (lambda w: w.sendall(b"\xff\xfe\n"), "not JSON"),
        (lambda w: w.sendall(b"x" * 3000), "longer than 2000 bytes"),
        (lambda w: w.recv(1), "no answer in time"),
    ],
    ids=["nothing", "half", "html", "bytes", "endless", "silence"],
)
def test_after_any_other_response_the_request_may_be_out(
    answer: Callable[[socket.socket], Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonrpc, "MAX_ANSWER", 2000)
    session = Session(read_timeout=0.5)
    with pytest.raises(TransportError, match=words):
        ask(session, served(answer), REQUEST)
    assert session.last is not None
    assert (session.last.sent, session.last.status) == (True, None)


def test_the_deadline_ends_a_stream_of_events() -> None:
    stop = threading.Event()

    def chatter(wire: socket.socket) -> None:
        while not stop.wait(0.02):
            try:
                wire.sendall(b'{"method": "receive"}\n')
            except OSError:
                return

    session = Session(read_timeout=5, deadline=0.3)
    with pytest.raises(TransportError, match="in time"):
        ask(session, served(chatter), REQUEST)
    stop.set()


@pytest.mark.parametrize("address", ["tcp://no-such-host.invalid:1", "tcp://127.0.0.1:1", "unix:/no/such/socket"])
def test_nobody_there_is_not_sent(address: str) -> None:
    session = Session()
    with pytest.raises(TransportError, match=r"DNS|nothing is listening"):
        ask(session, address, REQUEST)
    assert session.last is not None
    assert not session.last.sent


def test_no_secret_in_a_message() -> None:
    session = Session(secrets=["s3cr3t"])
    with pytest.raises(TransportError) as caught:
        ask(session, "unix:/no/s3cr3t/socket", REQUEST)
    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in repr(session.last)
