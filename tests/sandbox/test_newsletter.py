"""The mail server stand-in with Python's own smtplib, which knows nothing of crosspost; and how strict it is."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
import requests

from crosspost.sandbox import Sandbox
from crosspost.transport import mail_server, smtp

EIGHT_BIT = ["BODY=8BITMIME"]
TEXT = "Grüße aus dem Tal 🌻\n\n.ein Punkt am Anfang\nhttps://example.org/fest"


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[smtplib.SMTP]:
    account = sandbox.accounts()["newsletter"]
    host, _, port = account["base_url"].removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as connected:
        connected.login(user=account["credentials"]["username"], password=account["credentials"]["password"])
        yield connected


def mail(**headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {
        "From": "Verein <verein@example.org>",
        "To": "rundbrief@lists.example.org",
        "Subject": "Grüße",
        "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
        "Message-ID": "<eins@example.org>",
        **headers,
    }.items():
        if value:
            made[name.replace("_", "-")] = value
    made.set_content(TEXT)
    made.add_alternative('<p>Hallo <img src="https://example.org/a.jpg" alt="Ein Beet"></p><script>x</script>', "html")
    return made


def test_smtplib_sends_and_everything_arrives(sandbox: Sandbox, client: smtplib.SMTP) -> None:
    assert client.send_message(mail(), mail_options=EIGHT_BIT) == {}
    (post,) = sandbox.posts()
    assert post["text"] == TEXT
    assert post["extra"]["subject"] == "Grüße"
    assert post["images"][0]["alt"] == "Ein Beet"
    page = requests.get(sandbox.url, timeout=10).text
    assert "<strong>Grüße</strong>" in page
    html = requests.get(sandbox.url + post["extra"]["html_path"], timeout=10)
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert requests.get(post["url"], timeout=10).ok


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Subject": ""}, 554),
        ({"Date": ""}, 554),
        ({"Message_ID": "", "Message-ID": ""}, 554),
        ({"List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}, 554),
    ],
)
def test_an_invalid_message_is_refused(client: smtplib.SMTP, headers: dict[str, str], code: int) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        client.send_message(mail(**headers), mail_options=EIGHT_BIT)
    assert refused.value.smtp_code == code


def test_only_as_oneself_and_only_to_mailboxes_that_exist(client: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused):
        client.send_message(mail(), mail_options=EIGHT_BIT, from_addr="zweitkonto@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(mail(), mail_options=EIGHT_BIT, to_addrs=["a@nowhere.invalid"])
    refused = client.send_message(mail(), mail_options=EIGHT_BIT, to_addrs=["a@nowhere.invalid", "a@example.org"])
    assert refused.keys() == {"a@nowhere.invalid"}


def test_wrong_password(sandbox: Sandbox) -> None:
    host, _, port = sandbox.accounts()["newsletter"]["base_url"].removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("verein@example.org", "wrong")


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        (["MAIL FROM:<a@example.org>"], [503]),
        (["EHLO", "EHLO x", "MAIL FROM:<verein@example.org>"], [501, 250, 530]),
        (["EHLO x", "RCPT TO:<a@example.org>", "DATA", "BREW"], [250, 503, 503, 500]),
        (["EHLO x", "AUTH PLAIN ???", "AUTH CRAM-MD5", "MAIL FROM:a@example.org"], [250, 501, 504, 501]),
        (["EHLO x", "MAIL FROM:<a@example.org> SIZE=99999999", "MAIL FROM:<a@example.org> X=1"], [250, 552, 555]),
        (["HELO x", "NOOP", "RSET", "VRFY a", "QUIT"], [250, 250, 250, 252, 221]),
    ],
)
def test_commands_out_of_order(sandbox: Sandbox, lines: list[str], answers: list[int]) -> None:
    host, _, port = sandbox.accounts()["newsletter"]["base_url"].removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        assert [client.docmd(line)[0] for line in lines] == answers


def test_bare_line_feeds_are_refused(sandbox: Sandbox, client: smtplib.SMTP) -> None:
    client.mail("verein@example.org")
    client.rcpt("a@example.org")
    assert client.docmd("DATA")[0] == 354
    client.send(b"Subject: x\n\nHallo\n.\r\nMAIL FROM:<verein@example.org>\r\n.\r\n")
    assert client.getreply()[0] == 550
    assert sandbox.posts() == []


def test_it_stops_with_the_sandbox_and_starts_on_its_port(sandbox: Sandbox) -> None:
    url = sandbox.accounts()["newsletter"]["base_url"]
    port = int(url.rpartition(":")[2])
    sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    sandbox.start()
    assert sandbox.accounts()["newsletter"]["base_url"] == url


# ── STARTTLS ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def required() -> Iterator[Sandbox]:
    with Sandbox(options={"newsletter": {"tls": "required"}}) as running:
        yield running
    assert running.errors == []


def trusting(sandbox: Sandbox) -> ssl.SSLContext:
    pem = requests.get(f"{sandbox.url}/_sandbox/certificate.pem", timeout=30).text
    return ssl.create_default_context(cadata=pem)


def connected(sandbox: Sandbox) -> smtplib.SMTP:
    host, _, port = sandbox.accounts()["newsletter"]["base_url"].removeprefix("smtp://").partition(":")
    return smtplib.SMTP(host, int(port), timeout=10)


def test_a_mail_over_a_secure_line(required: Sandbox) -> None:
    known = required.accounts()["newsletter"]["credentials"]
    with connected(required) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        assert not smtp.has_extn("auth"), "no login where others can read it"
        assert smtp.docmd("MAIL FROM:<verein@example.org>")[0] == 530
        assert smtp.starttls(context=trusting(required))[0] == 220
        assert smtp.docmd("MAIL FROM:<verein@example.org>")[0] == 503, "what was said before is forgotten"
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("STARTTLS")[0] == 503
        smtp.login(known["username"], known["password"])
        smtp.send_message(mail(), mail_options=EIGHT_BIT)
    (post,) = required.posts()
    assert post["text"] == TEXT


def test_who_does_not_trust_the_certificate_sends_nothing(required: Sandbox) -> None:
    smtp = connected(required)
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        smtp.starttls(context=ssl.create_default_context())
    smtp.close()
    assert required.posts() == []


def test_commands_sent_in_the_clear_behind_starttls_are_not_read(required: Sandbox) -> None:
    with connected(required) as smtp:
        smtp.ehlo()
        smtp.send("STARTTLS\r\nNOOP\r\n")
        assert smtp.getreply()[0] == 220
        smtp.sock = trusting(required).wrap_socket(smtp.sock, server_hostname="127.0.0.1")
        smtp.file = None
        smtp.ehlo_resp = smtp.helo_resp = None
        assert smtp.ehlo()[0] == 250, "the first answer is the one to EHLO"
        assert smtp.noop()[0] == 250


def test_starttls_is_left_to_the_client_or_not_there(sandbox: Sandbox) -> None:
    with connected(sandbox) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls")
        assert smtp.has_extn("auth")
        assert smtp.docmd("STARTTLS", "now")[0] == 501
    with Sandbox(options={"newsletter": {"tls": "none"}}) as without, connected(without) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("starttls")
        assert smtp.docmd("STARTTLS")[0] == 500


def test_our_own_connection_uses_starttls(required: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = tmp_path / "sandbox.pem"
    trusted.write_text(requests.get(f"{required.url}/_sandbox/certificate.pem", timeout=30).text)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    account = required.accounts()["newsletter"]
    known = account["credentials"]
    login = (known["username"], known["password"])
    with smtp.Connection(mail_server.server(account["base_url"], "starttls"), login) as connection:
        assert (
            connection.send(
                "verein@example.org", ["a@example.org"], mail().as_bytes(policy=SMTP.clone(cte_type="7bit"))
            )
            == {}
        )
    assert len(required.posts()) == 1
