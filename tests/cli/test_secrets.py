"""No token reaches a message, a log, the ledger, a page or any file but the one the user wrote it into."""

import logging
from collections.abc import Iterator

import pytest

from tests.harness import NETWORKS, Place

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
