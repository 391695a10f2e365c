"""Mail, Apprise and the heartbeat: what arrives, what is said when it does not, and no secret in it."""

import contextlib
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.config.installation_settings import Notify
from crosspost.errors import ConfigError
from crosspost.notifications.alert import Alert
from crosspost.notifications.alert_log import MOST, News, body, title
from crosspost.notifications.apprise_channel import Service
from crosspost.notifications.channels import ChannelError, Notification
from crosspost.notifications.heartbeat import Heartbeat
from crosspost.notifications.mail_channel import Mail
from crosspost.notifications.notification_config import NotificationConfig
from crosspost.testing.harness import Place
from crosspost.transport.apprise_service import redacted
from tests.notifications.receiving import Receiver, configure, mails, told_by_mail

MESSAGE = Notification(
    title="Das Tal: 需要你 ⚠️", text="Grüße, שלום, ไทย.\n.\n* eins\n", at=datetime(2026, 11, 22, tzinfo=UTC)
)


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def the_mail(place: Place) -> Mail:
    configure(place, told_by_mail(place))
    ((way,), wrong) = place.app.notification_config().channels()
    assert wrong == []
    assert isinstance(way, Mail)
    return way


def test_a_mail_arrives_as_it_was_written(place: Place) -> None:
    the_mail(place).send(MESSAGE)
    assert mails(place) == [{"subject": MESSAGE.title, "text": MESSAGE.text.rstrip("\n")}]
    headers = place.sandbox.posts("newsletter")[0]["extra"]["headers"]
    assert headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "fault", ["expired-token", "refuse-sender", "refuse-recipient", "5xx", "cut-before", "bad-json"]
)
def test_a_mail_that_did_not_arrive(place: Place, fault: str) -> None:
    way = the_mail(place)
    place.sandbox.fault("newsletter", fault)
    with pytest.raises(ChannelError) as wrong:
        way.send(MESSAGE)
    assert place.sandbox.accounts()["newsletter"]["credentials"]["password"] not in str(wrong.value)


def test_what_a_mail_needs() -> None:
    def told(said: Notify, **secrets: str) -> NotificationConfig:
        return NotificationConfig(said, Credentials(secrets), lambda key: f"c.toml:{key}")

    for said, wrong in (
        (Notify(mail_to="a@example.org"), "c.toml:mail_to: a mail to `mail_to` needs `smtp` too"),
        (Notify(mail_to="a@example.org", smtp="smtps://h"), "needs `mail_from` too"),
        (Notify(mail_to="a@example.org", smtp="h:25", mail_from="a@example.org"), "write `smtp` as smtps://host:465"),
        (Notify(heartbeat="hc-ping.com"), "`heartbeat` must be the address"),
    ):
        with pytest.raises(ConfigError, match=wrong):
            told(said).check()
    full = Notify(mail_to=("a@example.org", "kein"), smtp="smtps://mail.example.org", mail_from="a@example.org")
    told(full).check()
    found, sentences = told(full).channels()
    assert found == []
    assert "CROSSPOST_NOTIFY_USERNAME and CROSSPOST_NOTIFY_PASSWORD" in sentences[0]
    login = {"CROSSPOST_NOTIFY_USERNAME": "a", "CROSSPOST_NOTIFY_PASSWORD": "b"}
    assert told(full, **login).channels()[1] == [
        "[notify] mail_to: “kein” is not a mail address; write one alone, as name@example.org or Name <name@…>"
    ]


# ── apprise ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_service_gets_the_message(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSPOST_X_ACCESS_TOKEN", "streng-geheim")
    way = Service(f"json://127.0.0.1:{hook.port}/haken", 1)
    way.send(MESSAGE)
    (told,) = hook.json()
    assert told["title"] == MESSAGE.title
    assert told["message"] == MESSAGE.text.rstrip("\n")


def test_a_service_that_refuses_is_named_without_its_address(hook: Receiver) -> None:
    hook.status = 403
    way = Service(f"json://nutzer:kennwort@127.0.0.1:{hook.port}/geheimer-haken", 2)
    assert way.name == "Apprise address 2 (json)"
    with pytest.raises(ChannelError) as wrong:
        way.send(MESSAGE)
    assert not [word for word in ("kennwort", "geheimer", "nutzer") if word in str(wrong.value) + way.key + way.name]


def test_what_is_no_address(hook: Receiver) -> None:
    with pytest.raises(ChannelError, match="this is not an address that Apprise understands"):
        Service("geheim-ohne-alles", 1).send(MESSAGE)


def test_a_service_that_hangs_does_not_hang_a_run() -> None:
    """It takes the connection and says a byte now and then: no time-out of a single read ends that."""
    canary, told = "canary5f2c9a", []
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            told.append(process_list())
            with connection:
                while not stop.wait(0.2):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            way = Service(f"json://127.0.0.1:{server.getsockname()[1]}/{canary}", 1, deadline=4)
            with pytest.raises(ChannelError):
                way.send(MESSAGE)
        finally:
            stop.set()
            thread.join(10)
    assert canary not in told[0], "everybody on the machine can read the process list"
    if told[0]:
        assert "apprise_process.py" in told[0]


def process_list() -> str:
    """What others see of the processes: their command lines and what of their environment can be read; "" elsewhere."""
    found = []
    for kind in ("cmdline", "environ"):
        for file in Path("/proc").glob(f"[0-9]*/{kind}"):
            with contextlib.suppress(OSError):
                found.append(file.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)


def test_apprise_needs_its_addresses() -> None:
    def told(**secrets: str) -> NotificationConfig:
        return NotificationConfig(Notify(apprise=True), Credentials(secrets), lambda: "c.toml")

    found, (wrong,) = told().channels()
    assert found == []
    assert "CROSSPOST_NOTIFY_APPRISE" in wrong
    found, wrongs = told(
        CROSSPOST_NOTIFY_APPRISE="json://a.example/1\n ntfy://b.example  json://a.example/2"
    ).channels()
    assert wrongs == []
    assert len({way.key for way in found}) == 3


@given(
    st.from_regex(r"[a-z]{3,8}://[A-Za-z0-9]{4,20}(:[A-Za-z0-9]{4,9})?@[a-z]{4,9}/[A-Za-z0-9_-]{4,40}", fullmatch=True)
)
def test_nothing_of_an_address_is_told(url: str) -> None:
    token = url.rpartition("/")[2]
    said = redacted(f"Failed to send to {url} ({token}).", url)
    assert url not in said
    assert token not in said or token in "Failed to send to***"


# ── heartbeat ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_heartbeat_begins_and_ends(hook: Receiver) -> None:
    said: list[str] = []
    beat = Heartbeat(f"http://127.0.0.1:{hook.port}/ping/3f2a-geheim?create=1", said.append)
    beat.start()
    for code, remark in ((0, "2 sent"), (3, "1 held (x)"), (1, "1 failed (Grüße)"), (2, "config.toml:3: what?")):
        beat.end(code, remark)
    path = "/ping/3f2a-geheim"
    assert hook.paths == [f"{path}{end}?create=1" for end in ("/start", "", "", "/fail", "/fail")]
    assert [data.decode() for _, _, data in hook.requests] == [
        *("", "2 sent", "1 held (x)", "1 failed (Grüße)", "config.toml:3: what?")
    ]
    assert said == []
    hook.status = 404
    beat.end(0, "")
    assert said == ["the heartbeat was not taken: 127.0.0.1 says HTTP 404"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/3f2a-geheim", "3f2a-geheim", "http://[3f2a-geheim/x", "ftp://h/3f2a-geheim"]
)
def test_a_heartbeat_that_fails_is_a_warning_without_its_address(url: str) -> None:
    said: list[str] = []
    Heartbeat(url, said.append).end(0, "")
    assert len(said) == 1
    assert "geheim" not in said[0]


def test_every_run_has_a_heartbeat(place: Place, hook: Receiver) -> None:
    with place.secrets.open("a") as file:
        file.write(f"CROSSPOST_NOTIFY_HEARTBEAT=http://127.0.0.1:{hook.port}/ping\n")
    place.crosspost("run")
    place.new_post("2026-11-21-neu")
    place.crosspost("run", "--quiet")
    place.sandbox.fault("mastodon", "503-before", match="POST /api/v1/statuses")
    place.new_post("2026-11-21-noch-eins")
    place.crosspost("run", "--quiet")
    place.config.write_text(place.config.read_text("utf-8").replace("timeout = 5", 'delay = "bald"'), "utf-8")
    assert place.crosspost("run", "--quiet").code == 2
    place.crosspost("run", "--dry-run")
    assert hook.paths == [
        "/ping/start",
        "/ping",
        "/ping/start",
        "/ping",
        "/ping/start",
        "/ping/fail",
        "/ping/start",
        "/ping/fail",
    ]
    remarks = [data.decode() for _, path, data in hook.requests if not path.endswith("start")]
    assert remarks[:2] == ["nothing was due", "3 sent"]
    assert "mastodon" in remarks[2]
    assert "bald" in remarks[3]


# ── the words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flood_is_counted() -> None:
    many = tuple(Alert(key=f"failed:{n}", says=f"Not sent: {n}.", todo="Do it.") for n in range(500))
    news = News(new=many)
    assert title(news, "Das Tal") == "Das Tal: 500 things need you"
    assert body(news, "").count("Not sent") == MOST
    assert "and 475 more" in body(news, "")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("silent_days = -1", "silent_days"),
        ("mail_to = 3", "mail_to"),
        ("telegram = true", "there is no setting `telegram`"),
        ("[daemon]\nhealth = 70000", "health"),
        ("[daemon]\nevery = 1", "every"),
    ],
)
def test_settings_are_checked(place: Place, line: str, wrong: str) -> None:
    configure(place, f"[notify]\n{line}\n")
    with pytest.raises(ConfigError, match=rf"crosspost\.toml:\d+: .*{wrong}"):
        settings_file.read(place.config)
