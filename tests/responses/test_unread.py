"""What a token may not read is told, by the command and beside the post, and nothing that was known is lost."""

from pathlib import Path

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.config.credentials import variable
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import FacebookReader
from tests.networks.meta_scopes import NARROW, without

READING = "pages_read_user_content"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, sandbox, clock=clock, networks=("facebook",))
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    assert place.crosspost(str(place.post), "--yes").code == 0
    return place


def narrow(place: Place) -> None:
    """From now on the account has a token that may not read what others wrote."""
    without(place, "facebook", READING)
    text = place.secrets.read_text("utf-8").splitlines()
    name = variable("facebook", "access_token")
    kept = [line for line in text if not line.startswith(f"{name}=")]
    place.secrets.write_text("\n".join([*kept, f"{name}={NARROW}", ""]), "utf-8")


def test_it_is_said_and_replies_that_were_known_stay(place: Place) -> None:
    (post,) = place.sandbox.posts()
    FacebookReader(place.sandbox).answer(post["id"], "Schön")
    assert place.crosspost("responses", "fetch").code == 0
    narrow(place)
    ran = place.crosspost("responses", "fetch", "--all")
    assert ran.code == 0, "the figures came, so nothing failed"
    for word in (READING, "`responses = true` in [accounts.facebook]", "crosspost accounts renew facebook"):
        assert word in " ".join(ran.out.split())
    ledger = open_ledger(place.app, read_only=True)
    try:
        assert [one.reply.text for one in ledger.responses.said()] == ["Schön"]
        (told,) = ledger.responses.told()
    finally:
        ledger.close()
    assert told.figures.replies == 1
    assert READING in told.error
    assert READING in place.crosspost("responses", str(place.post)).out
