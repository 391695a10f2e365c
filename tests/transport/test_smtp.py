"""SMTP against a server nobody here wrote (aiosmtpd), with real TLS, and against servers that misbehave."""

import base64
import hmac
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from crosspost.transport.mail_server import MailServer, SmtpError, server
from crosspost.transport.smtp import Connection

MESSAGE = b"Subject: x\r\n\r\nGr=C3=BC=C3=9Fe\r\n.Punkt\r\n"


class Box:
    """What arrived."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(envelope)
        return "250 Ok"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate for the TLS tests")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    order = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    subprocess.run(["openssl", *order.split(), *more], check=True, capture_output=True)
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@contextmanager
def running(tls: str, certificate: Path) -> Iterator[tuple[Box, int]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box, port = Box(), free_port()
    known: dict[str, Any] = {"ssl_context": context} if tls == "implicit" else {"tls_context": context}
    check = lambda _s, _c, _e, _m, data: AuthResult(success=data.password == b"geheim", handled=False)  # noqa: E731
    made = Controller(
        box, "127.0.0.1", port, authenticator=check, auth_required=True, auth_require_tls=tls == "starttls", **known
    )
    made.start()
    try:
        yield box, port
    finally:
        made.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not:UserWarning")  # aiosmtpd does not see the TLS around it
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_independent_server_accepts_the_mail_over_tls(
    tls: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    with running(tls, certificate) as (box, port):
        where = MailServer(host="127.0.0.1", port=port, tls=tls)
        with Connection(where, ("verein", "geheim")) as line:
            line.try_sender("a@example.org")
            assert line.send("a@example.org", ["b@example.org"], MESSAGE) == {}
            assert line.send("a@example.org", ["c@example.org"], MESSAGE) == {}
        assert [mail.content for mail in box.mails] == [MESSAGE, MESSAGE]
        with pytest.raises(SmtpError) as refused, Connection(where, ("verein", "falsch-und-geheim")):
            pass
        assert refused.value.stage == "login"
        assert "falsch" not in str(refused.value)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not:UserWarning")  # aiosmtpd does not see the TLS around it
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_untrusted_certificate_is_refused(tls: Any, certificate: Path) -> None:
    with (
        running(tls, certificate) as (box, port),
        pytest.raises(SmtpError, match="certificate is not valid") as refused,
        Connection(MailServer(host="127.0.0.1", port=port, tls=tls), ("verein", "geheim")),
    ):
        pass
    assert (refused.value.stage, refused.value.in_doubt, box.mails) == ("connect", False, [])


def test_a_server_without_starttls_gets_no_password() -> None:
    box, port = Box(), free_port()
    made = Controller(box, "127.0.0.1", port)
    made.start()
    try:
        with (
            pytest.raises(SmtpError, match="STARTTLS"),
            Connection(MailServer(host="127.0.0.1", port=port, tls="starttls"), ("a", "b")),
        ):
            pass
    finally:
        made.stop()


@pytest.mark.parametrize("greeting", [b"", b"554 no\r\n", b"HTTP/1.1 400 what\r\n", b"220" + b"x" * 9000 + b"\r\n"])
def test_a_server_that_is_not_a_mail_server(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        where = MailServer(host="127.0.0.1", port=listening.getsockname()[1], tls="none", read=0.3, deadline=1)

        def greet() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(greeting)
                connection.recv(10)  # until the client goes

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(SmtpError) as error, Connection(where, None):
            pass
        thread.join(5)
    assert (error.value.stage, error.value.in_doubt) == ("connect", False)


@pytest.mark.parametrize(
    ("url", "tls", "found"),
    [
        ("smtps://mail.example.org", "", ("mail.example.org", 465, "implicit")),
        ("smtp://mail.example.org", "", ("mail.example.org", 587, "starttls")),
        ("smtp://127.0.0.1:2525", "", ("127.0.0.1", 2525, "none")),
        ("smtp://127.0.0.1:2525", "starttls", ("127.0.0.1", 2525, "starttls")),
    ],
)
def test_addresses(url: str, tls: str, found: tuple[str, int, str]) -> None:
    where = server(url, tls)
    assert (where.host, where.port, where.tls) == found


def test_an_unencrypted_connection_must_be_forced() -> None:
    with pytest.raises(ValueError, match="unencrypted"):
        server("smtp://mail.example.org", "none")
    assert server("smtp://mail.example.org", "none", insecure=True).tls == "none"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_a_login_is_utf_8(mechanism: str) -> None:
    """RFC 4616 section 2; smtplib knows ASCII only."""
    name, password = "Jürgen@example.org", "pässwört🐤"
    seen: list[bytes] = []
    challenge = b"<1896.697170952@postoffice.example.org>"

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            steps = iter({"PLAIN": [], "LOGIN": [b"Password:"], "CRAM-MD5": [challenge]}[mechanism])
            for line in lines:
                if line.upper().startswith(b"EHLO"):
                    connection.sendall(f"250-here\r\n250 AUTH {mechanism}\r\n".encode())
                    continue
                if line.upper().startswith(b"QUIT"):
                    break
                seen.append(line.strip())
                asked = next(steps, None)
                answer = b"235 welcome" if asked is None else b"334 " + base64.b64encode(asked)
                connection.sendall(answer + b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: serve(listening.accept()[0]), daemon=True)
        thread.start()
        with Connection(MailServer(host="127.0.0.1", port=listening.getsockname()[1], tls="none"), (name, password)):
            pass
        thread.join(5)
    first = seen[0].split()[2] if len(seen[0].split()) > 2 else b""
    decoded = [base64.b64decode(word) for word in (first, *seen[1:])]
    if mechanism == "PLAIN":
        assert decoded == [f"\0{name}\0{password}".encode()]
    elif mechanism == "LOGIN":
        assert decoded == [name.encode(), password.encode()]
    else:
        digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
        assert decoded[1] == f"{name} {digest}".encode()


def test_an_error_about_a_character_does_not_quote_it() -> None:
    from crosspost.transport.smtp import _reason

    with pytest.raises(UnicodeEncodeError) as caught:
        "gehüim".encode("ascii")
    assert "ü" not in _reason(caught.value)
    assert "xfc" not in _reason(caught.value)
    assert "3" not in _reason(caught.value)
