"""Lines: mail headers nobody can add to, mails that end where they end, servers that answer nonsense line by line."""

import email
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import policy
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.compose.formats import mail
from crosspost.errors import ConfigError
from crosspost.model import Draft, Post
from crosspost.networks.mail.recipients import read
from crosspost.transport.jsonrpc import ask
from crosspost.transport.mail_server import SmtpError, server
from crosspost.transport.session import Session, TransportError
from crosspost.transport.smtp import Connection, _stuffed
from tests.fuzz.profile import EXAMPLES
from tests.fuzz.strategies import BODIES, texts

fuzzed = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SENDER = mail.address("Verein Beispiel <post@example.org>", "sender")
INJECTED = [
    "\r\nBcc: x@evil.example",
    "\nBcc: x@evil.example",
    "\rBcc: x",
    "\x0bBcc: x",
    "\x85Bcc: x",
    "\u2028Bcc: x",
    "\r\n\r\nHi",
]


def message(title: str, text: str = "x") -> bytes:
    draft = Draft(account="n", network="newsletter", text=text, length=1, limit=0, unit="code-points")
    post = Post(id="a", path="a.md", url="https://a.example/", title=title, date=NOW)
    made = mail.as_mail(draft, post, content="teaser", subject=title)
    return mail.message(made, sender=SENDER, to=[SENDER], date=NOW, message_id="<a@example.org>").as_bytes()


@fuzzed
@given(texts(12) | st.sampled_from(INJECTED).map(lambda bad: f"Regen{bad}") | st.text(max_size=400))
def test_a_title_adds_no_header(title: str) -> None:
    raw = message(re.sub("[\ud800-\udfff]", "", title) or "x")
    said = email.message_from_bytes(raw, policy=policy.SMTP)
    assert set(said.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
    assert not said.defects
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("bad", INJECTED)
def test_no_setting_adds_a_header(bad: str, tmp_path: Path) -> None:
    for text in (f"post@example.org{bad}", f"Verein{bad} <post@example.org>", f"Verein <post{bad}@example.org>"):
        try:
            address = mail.address(text, "sender")
        except ConfigError as error:
            assert "sender" in str(error)
        else:
            assert not re.search("[\r\n]", str(address))
    file = tmp_path / "leute.csv"
    file.write_text(f'email,unsubscribe\na@example.org,"https://a.example/{bad}"\n', "utf-8")
    try:
        (one,) = read(str(file), "")
    except ConfigError as error:
        assert "leute.csv" in str(error)
    else:
        assert re.fullmatch("https://[!-~]+", one.leave)


@pytest.mark.parametrize(
    "own", ["http://a.example", "https://a.example>, <mailto:x@evil.example", "javascript:x", "https://ä"]
)
def test_an_address_for_leaving_is_one(own: str, tmp_path: Path) -> None:
    file = tmp_path / "leute.csv"
    file.write_text(f'email,unsubscribe\na@example.org,"{own}"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"leute\.csv:2: .* https://"):
        read(str(file), "")


@fuzzed
@given(st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"a", b"QUIT", b"\0"])))
def test_a_mail_ends_where_it_ends(pieces: list[bytes]) -> None:
    sent = _stuffed(b"".join(pieces))
    assert b"\r\n.\r\n" not in b"\r\n" + sent
    assert b"\n.\n" not in b"\n" + sent
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", sent), "no bare CR or LF: servers differ in what they make of it"
    assert sent.endswith(b"\r\n")


REPLIES = st.lists(
    st.sampled_from(
        [b"220 hi\r\n", b"250 ok\r\n", b"250-a\r\n", b"354 go\r\n", b"550 no\r\n", b"421 bye\r\n", b"999 x\r\n"]
    )
    | st.sampled_from(
        [b"250", b"\r\n", b"2.0.0\r\n", b"250 " + b"x" * 9000 + b"\r\n", b"-1 x\r\n", b"\xff\xfe\r\n", b"\0"]
    )
    | st.binary(max_size=20),
    max_size=12,
)


@contextmanager
def saying(data: bytes, *, first: bool) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says ``data``, at once (``first``) or when it was told something: its place, what it was told."""
    told: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):  # the client may have gone
            wire, _ = listener.accept()
            with wire:
                wire.settimeout(5)
                told.extend([] if first else [wire.recv(65536)])
                wire.sendall(data)
                wire.shutdown(socket.SHUT_WR)
                while wire.recv(65536):
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", told
    finally:
        listener.close()
        thread.join(10)


@settings(fuzzed, max_examples=max(20, EXAMPLES // 4))
@given(REPLIES)
def test_a_mail_server_that_talks_nonsense(replies: list[bytes]) -> None:
    with saying(b"".join(replies), first=True) as (place, _):
        where = msgspec.structs.replace(server(f"smtp://{place}", "none"), read=5, deadline=5)
        try:
            with Connection(where, None) as line:
                line.send("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nx\r\n")
        except SmtpError as error:
            assert str(error)


@pytest.mark.parametrize("body", [*BODIES, b"\n" * 200_000, b"{}\n" * 20_000, b'{"id": "x"}\n' * 1000])
def test_a_daemon_that_talks_nonsense_leaves_doubt(body: bytes) -> None:
    session = Session(read_timeout=5, deadline=5)
    with saying(body + b"\n", first=False) as (place, _), pytest.raises(TransportError):
        ask(session, f"tcp://{place}", {"id": "wanted", "method": "send"})
    assert session.last is not None
    assert session.last.sent, "the message may be out"
    assert session.last.status is None


def test_a_line_that_is_sent_is_one_line() -> None:
    request = {"id": "1", "method": "send", "params": {"message": 'a\n{"method": "quit"}\r\n\u2028'}}
    with saying(b"", first=False) as (place, told), pytest.raises(TransportError):
        ask(Session(read_timeout=5, deadline=5), f"tcp://{place}", request)
    assert told[0].count(b"\n") == 1
    assert told[0].endswith(b"\n")
