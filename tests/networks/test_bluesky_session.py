"""Bluesky's session: one login serves many runs, is renewed in time, and is shown to nobody."""

from pathlib import Path

import msgspec
import pytest

from crosspost.errors import AuthExpired, RateLimited
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

LOGIN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("bluesky",), clock=clock)


def calls(place: Place, line: str) -> int:
    return len(place.sandbox.requests_to("bluesky", line))


# ── the session ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_login_serves_many_runs(place: Place) -> None:
    for _ in range(3):
        place.network("bluesky").connect()
    assert calls(place, LOGIN) == 1


def test_the_session_is_renewed_before_it_ends(place: Place) -> None:
    place.network("bluesky").connect()
    place.clock.pass_by(hours=1, minutes=54)
    place.network("bluesky").connect()
    assert calls(place, REFRESH) == 0
    place.clock.pass_by(minutes=2)
    place.network("bluesky").connect()
    assert (calls(place, LOGIN), calls(place, REFRESH)) == (1, 1)


def test_after_a_quarter_of_a_year_it_logs_in_again(place: Place) -> None:
    place.network("bluesky").connect()
    place.clock.pass_by(days=91)
    place.network("bluesky").connect()
    assert (calls(place, LOGIN), calls(place, REFRESH)) == (2, 1)


def test_new_credentials_end_the_old_session(place: Place) -> None:
    place.network("bluesky").connect()
    second = place.sandbox.accounts("zweitkonto")["bluesky"]["credentials"]
    place.secrets.write_text("".join(f"CROSSPOST_BLUESKY_{k.upper()}={v}\n" for k, v in second.items()))
    assert place.network("bluesky").connect().handle == "@zweitkonto.test"


def test_the_session_is_in_no_message_and_not_in_the_ledger(place: Place) -> None:
    assert place.crosspost("publish", str(place.post)).code == 0
    (file,) = (place.root / "config/state/sessions").glob("*.json")
    session = msgspec.json.decode(file.read_bytes())
    ledger = b"".join(path.read_bytes() for path in (place.root / "config/state").glob("ledger*"))
    network = place.network("bluesky")
    network.connect()
    for token in (session["access"], session["refresh"]):
        assert token.encode() not in ledger
        assert token not in network.session.redact(f"Bearer: {token} / {token}")


def test_a_login_that_is_limited_waits(place: Place) -> None:
    place.sandbox.fault("bluesky", "429", match=LOGIN, retry_after=120)
    with pytest.raises(RateLimited) as caught:
        place.network("bluesky").connect()
    assert caught.value.retry_at is not None
    assert (caught.value.retry_at - place.clock()).total_seconds() == 120


def test_a_revoked_app_password_is_reported(place: Place) -> None:
    network: Network = place.network("bluesky")
    network.connect()
    place.clock.pass_by(days=91)
    text = place.secrets.read_text()
    old = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    place.secrets.write_text(text.replace(old, "revoked-0000"))
    with pytest.raises(AuthExpired, match=r"Invalid identifier or password \(AuthenticationRequired, HTTP 401\)"):
        place.network("bluesky").connect()
