"""A webhook with the right signature or token has the daemon look at once; everything else does nothing."""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import time
from pathlib import Path

import pytest

from crosspost.app import wake_file
from crosspost.web.pages import hook
from tests.hooks.conftest import Hinted
from tests.hooks.hub import ask

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python

BODY = b'{"ref": "refs/heads/main", "commits": []}'


def mac(secret: str, body: bytes = BODY, method: str = "sha256") -> str:
    return hmac.new(secret.encode(), body, method).hexdigest()


def jws(secret: str, body: bytes = BODY, **claims: str) -> str:
    """As docs.netlify.com describes it."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"iss": "netlify", "sha256": hashlib.sha256(body).hexdigest()} | claims]
    said = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    signature = hmac.digest(secret.encode(), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def send(hinted: Hinted, headers: dict[str, str], body: bytes = BODY) -> int:
    return ask("POST", f"http://127.0.0.1:{hinted.door.port}/hook", body=body, headers=headers)[0]


def secret_of(hinted: Hinted) -> str:
    ran = hinted.place.crosspost("web", "hook")
    assert ran.code == 0
    assert f"http://127.0.0.1:{hinted.door.port}/hook" in ran.out
    hinted.woken()
    return ran.out.split()[-1]


GOOD = {
    "github": lambda s: {"X-Hub-Signature-256": f"sha256={mac(s)}", "X-Hub-Signature": f"sha1={mac(s, BODY, 'sha1')}"},
    "forgejo": lambda s: {"X-Forgejo-Signature": mac(s)},
    "gitea": lambda s: {"X-Gitea-Signature": mac(s)},
    "gogs": lambda s: {"X-Gogs-Signature": mac(s)},
    "bitbucket": lambda s: {"X-Hub-Signature": f"sha256={mac(s)}"},
    "gitlab": lambda s: {"X-Gitlab-Token": s},
    "netlify": lambda s: {"X-Webhook-Signature": jws(s)},
    "cloudflare": lambda s: {"cf-webhook-auth": s},
    "a script": lambda s: {"Authorization": f"Bearer {s}"},
    "a form": lambda s: {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Hub-Signature-256": f"sha256={mac(s).upper()}",
    },
}
BAD = {
    "nothing": lambda _: {},
    "empty": lambda _: {"X-Hub-Signature-256": "sha256=", "X-Gitlab-Token": ""},
    "another body": lambda s: {"X-Hub-Signature-256": f"sha256={mac(s, b'{}')}"},
    "another secret": lambda s: {"X-Hub-Signature-256": f"sha256={mac(s[:-1])}"},
    "sha1": lambda s: {"X-Hub-Signature": f"sha1={mac(s, BODY, 'sha1')}"},
    "not made up for": lambda s: {"X-Hub-Signature-256": f"sha256={'0' * 64}", "Authorization": f"Bearer {s}"},
    "letters": lambda _: {"X-Gitlab-Token": "\xfc\xff"},
    "basic": lambda s: {"Authorization": f"Basic {s}"},
    "jws of another body": lambda s: {"X-Webhook-Signature": jws(s, b"{}")},
    "jws without body": lambda s: {"X-Webhook-Signature": jws(s, sha256="")},
    "jws unsigned": lambda s: {"X-Webhook-Signature": jws(s).rpartition(".")[0] + "."},
    "jws of nothing": lambda _: {"X-Webhook-Signature": ".."},
    "the checksum": lambda s: {"X-Gitlab-Token": hashlib.sha256(s.encode()).hexdigest()},
}


def test_it_is_off_until_somebody_makes_a_secret(hinted: Hinted) -> None:
    assert send(hinted, {"X-Gitlab-Token": ""}) == 404
    secret = secret_of(hinted)
    assert hinted.door.get("/hook").status == 404
    assert send(hinted, {"X-Gitlab-Token": secret}) == 202
    other = secret_of(hinted)
    assert [send(hinted, {"X-Gitlab-Token": one}) for one in (secret, other)] == [401, 202]
    assert hinted.place.crosspost("web", "hook", "--end").out == "No webhook is taken any more.\n"
    assert send(hinted, {"X-Gitlab-Token": other}) == 404
    assert "before, either" in hinted.place.crosspost("web", "hook", "--end").out


def test_each_place_signs_in_its_own_way(hinted: Hinted) -> None:
    secret = secret_of(hinted)
    for who, headers in GOOD.items():
        hinted.place.clock.pass_by(minutes=1)
        assert (send(hinted, headers(secret)), hinted.woken()) == (202, True), who
    for how, headers in BAD.items():
        hinted.place.clock.pass_by(minutes=1)
        assert (send(hinted, headers(secret)), hinted.woken()) == (401, False), how


def test_it_leads_to_a_look_and_nothing_else(hinted: Hinted) -> None:
    """The body says what it likes; sent again and again it posts once what the feed has."""
    secret = secret_of(hinted)
    hinted.run()
    hinted.publish("Neu")
    body = b'{"title": "Lies", "url": "https://evil.example/"}'
    for _ in range(3):
        assert send(hinted, {"X-Hub-Signature-256": f"sha256={mac(secret, body)}"}, body) == 202
    assert hinted.woken()
    hinted.run()
    hinted.run()
    (said,) = hinted.said()
    assert said.startswith("Neu")


def test_the_guard_still_asks_for_the_right_name(hinted: Hinted) -> None:
    secret = secret_of(hinted)
    right = {"X-Gitlab-Token": secret, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert send(hinted, right | {"Host": "evil.example"}) == 400
    assert send(hinted, right) == 202  # who has the secret needs no browser, and no login
    assert send(hinted, right | {"X-Gitlab-Token": "x"}) == 401
    assert hinted.door.ask("PUT", "/hook", headers=right).status == 405


def test_many_are_told_to_come_later_and_wrong_ones_take_nobodys_place(hinted: Hinted) -> None:
    secret = secret_of(hinted)
    assert {send(hinted, {"X-Gitlab-Token": "x"}) for _ in range(70)} == {401}
    assert [send(hinted, {"X-Gitlab-Token": secret}) for _ in range(61)] == [202] * 60 + [429]


def test_what_is_too_long_or_too_slow_is_refused(hinted: Hinted, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = secret_of(hinted)
    monkeypatch.setattr(hook, "PATIENCE", 0.2)
    port = hinted.door.port
    assert send(hinted, {"X-Gitlab-Token": secret, "Content-Length": "25000001"}, b"") == 413
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/hook", body=(b"x" * 1_000_000 for _ in range(26)), headers={"X-Gitlab-Token": secret})
    assert connection.getresponse().status in (408, 413)
    connection.close()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        head = (
            f"POST /hook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Gitlab-Token: {secret}\r\nContent-Length: 5\r\n\r\nab"
        )
        slow.sendall(head.encode())
        began = time.monotonic()
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - began < 10
    assert not hinted.woken()


def test_the_secret_is_in_its_file_only(hinted: Hinted, tmp_path: Path) -> None:
    secret = secret_of(hinted)
    said = [one.said for one in hinted.doctor() if one.state == "ok"]
    assert said == [f"webhooks are taken at http://127.0.0.1:{hinted.door.port}/hook"]
    found = [file for file in tmp_path.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert [file.name for file in found] == ["secret"]
    assert found[0].stat().st_mode & 0o077 == 0
    found[0].write_bytes(b"\xff\xfe")
    assert send(hinted, {"X-Gitlab-Token": secret}) == 503
    assert "damaged" in hinted.doctor()[0].said


def test_what_says_when_may_be_damaged(hinted: Hinted) -> None:
    ledger = hinted.place.app.main_ledger_file()
    assert wake_file.woken(ledger) is None
    for wrong in (b"", b"\xff", b"tomorrow", b"2026-11-22T12:00:00"):
        wake_file.write(wake_file.file(ledger), wrong)
        assert wake_file.woken(ledger) is None
    hinted.run()
