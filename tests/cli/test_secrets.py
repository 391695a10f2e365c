"""No token reaches a message, a log, the ledger, a page or any file but the one the user wrote it into."""

import http.client
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import NETWORKS, Clock, Place, served

FAULTS = (
    "429", "500-before", "500-after", "html-503", "cut-before", "cut-after", "half-answer", "bad-json", "redirect",
    "expired-token",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """`--debug` adds a handler to the process's log; the next test has none."""
    yield
    logger = logging.getLogger("crosspost")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def test_no_token_anywhere(place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.chdir(place.root)
    caplog.set_level(logging.DEBUG)
    tokens = [
        token
        for access in place.sandbox.describe()["networks"].values()
        for token in access["credentials"].values()
        if len(token) > 8
    ]
    said = []
    for number, fault in enumerate(FAULTS):
        for network in NETWORKS:
            place.sandbox.fault(network, fault)
        file = place.new_post(f"2026-11-21-p{number}")
        for arguments in (("--debug", str(file)), ("--debug", "run"), ("status",), ("status", "--json")):
            ran = place.crosspost(*arguments)
            said += [ran.out, ran.err]
        place.clock.pass_by(hours=1)
    said += [place.crosspost("ledger", "export").out, place.crosspost("posts", "--json").out, caplog.text]
    place.sandbox.stop()
    said += [str(place.crosspost(str(place.new_post("2026-11-21-zu"))))]
    text = "\n".join(said)
    assert tokens
    assert [token for token in tokens if token in text] == []
    others = [file for file in place.root.rglob("*") if file.is_file() and file != place.secrets]
    assert [(file, token) for file in others for token in tokens if token.encode() in file.read_bytes()] == []


#: libraries that write whole requests at DEBUG
LOUD = ("urllib3", "urllib3.connectionpool", "oauthlib", "requests_oauthlib", "tweepy", "mastodon", "requests")


def test_no_token_of_any_network_whatever_the_libraries_log(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in LOUD:
        caplog.set_level(logging.DEBUG, name)
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    said = []
    with served(tmp_path / "site") as url:
        place = Place(
            tmp_path, sandbox, networks=registry.NETWORKS, clock=clock, url=url, more="[run]\nmax_per_run = 9\n"
        )
        monkeypatch.chdir(place.root)
        tokens = [
            value
            for access in sandbox.describe()["networks"].values()
            for field, value in access["credentials"].items()
            if field not in ("username", "handle") and len(value) > 8
        ]
        for fault in (None, "500-after", "redirect", "bad-json", "expired-token"):
            for network, standin in sandbox.networks.items():
                if fault in standin.kinds():
                    sandbox.fault(network, fault)
            file = place.new_post(f"2026-11-21-{fault}")
            for arguments in (
                ("--debug", str(file)),
                ("status", "--json"),
                ("preview", "--html", "seite.html", str(file)),
            ):
                ran = place.crosspost(*arguments)
                said += [ran.out, ran.err]
            clock.pass_by(hours=25)
    text = "\n".join([*said, caplog.text, *(record.getMessage() for record in caplog.records)])
    assert len(tokens) >= 11
    assert "DEBUG" in caplog.text, "the libraries are loud"
    assert [token for token in tokens if token in text] == []
    kept = [file for file in place.root.rglob("*") if file.is_file() and file != place.secrets]
    assert [(file, token) for file in kept for token in tokens if token.encode() in file.read_bytes()] == []
