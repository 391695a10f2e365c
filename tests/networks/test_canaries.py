"""No part of a secret appears in any message, whatever characters it has."""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.application import App
from crosspost.config import registry
from crosspost.config.credentials import Credentials, variable
from crosspost.errors import AuthExpired, CrosspostError
from crosspost.model import Prepared
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

NETWORKS = [name for name in registry.NETWORKS if registry.load(name).credentials]
#: what a person may have in a token or password by mistake or by right
ODD = {
    "umlaut": "ü",
    "emoji": "🐤",
    "beyond latin-1": "ł€",
    "address": "/?#%&@:",
    "quotes": "\"'\\",
    "line": "\n",
    "carriage": "\r\nX-Injected: 1",
    "nothing": "\0",
    "half": "\ud83d",
    "space": " ",
}

#: as if everything had been uploaded
REMOTE = {
    "media_0": "1",
    "image_0": "1",
    "container": "1",
    "campaign": 1,
    "rkey": "a",
    "record": {"text": "x"},
    "date": "2026-11-22T12:00:00+00:00",
}


def secret(odd: str) -> str:
    return f"Qzxjk{odd}Wvqjx{odd}Zkqpv"


def app(place: Place, name: str, value: str) -> App:
    known = {variable(name, field): value for field in registry.load(name).credentials}
    return App(
        settings=place.app.settings, site=place.root / "site", credentials=Credentials(known, None), clock=place.clock
    )


def journey(network: Network, place: Place) -> list[BaseException]:
    """Everything a delivery does, each step for itself; the errors with their causes."""
    receipt = type("R", (), {"id": "118000000000000001", "url": "https://a.example/1", "at": place.clock()})()
    draft = network.draft(place.the_post())
    prepared = Prepared(draft=draft, handle="key", remote=REMOTE)
    steps: list[Callable[[], Any]] = [
        network.connect,
        lambda: network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None),
        lambda: network.publish(prepared),
        lambda: network.find(prepared, place.clock()),
        lambda: network.edit(receipt, prepared),
        lambda: network.delete(receipt),
    ]
    errors: list[BaseException] = []
    for step in steps:
        try:
            step()
        except CrosspostError as error:
            errors.append(error)
    return errors


def leaks(text: str, value: str) -> list[str]:
    """Parts of the secret that a text contains."""
    pieces = {value[at : at + 4] for at in range(len(value) - 3)} | {"Qzxjk", "Wvqjx", "Zkqpv"}
    pieces |= {letter for letter in value if ord(letter) > 0x7F}
    for letter in {letter for letter in value if ord(letter) > 0x7F}:
        pieces |= {repr(letter.encode("utf-8", "surrogatepass"))[2:-1], f"{ord(letter):x}", ascii(letter)[1:-1]}
    return [piece for piece in pieces if piece.casefold() in text.casefold()]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_message_holds_a_character_of_it(
    name: str, odd: str, tmp_path: Path, sandbox: Sandbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    place = Place(tmp_path, sandbox, networks=(name,), clock=clock)
    value = secret(odd)
    network = app(place, name, value).network(name, sleep=lambda _: None)
    errors = journey(network, place)
    assert errors, "a wrong login is refused"
    assert any(isinstance(error, AuthExpired) for error in errors), [str(error) for error in errors]
    said = "\n".join(f"{error} {error!r}" for error in errors)
    said += "".join(record.getMessage() for record in caplog.records if record.name.startswith("crosspost"))
    assert not leaks(said, value), said
    assert not sandbox.posts()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_line_break_in_it_is_reported_with_its_variable(
    name: str, tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    place = Place(tmp_path, sandbox, networks=(name,), clock=clock)
    network = app(place, name, secret("\n")).network(name)
    with pytest.raises(AuthExpired, match=rf"CROSSPOST_{name.upper()}_\w+ cannot be used, because it has a line break"):
        network.connect()
    assert not [r for r in sandbox.requests_to(name) if r["path"] != ""], "nothing was asked with it"


@pytest.mark.parametrize("name", NETWORKS)
def test_an_answer_that_repeats_it_is_shown_without(
    name: str, tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the answer is cut off in the middle of it."""
    from crosspost.transport.exchange import Exchange

    place = Place(tmp_path, sandbox, networks=(name,), clock=clock)
    value = secret("ü🐤 ")
    network = app(place, name, value).network(name)
    for before in range(900, 1010, 7):
        body = io.BytesIO(('{"error": "' + "x" * before + value + '"}').encode()).getvalue()
        last = Exchange(method="GET", url="u", sent=True, status=400, body=body)
        assert not leaks(network.sentence(last).replace("x", ""), value.replace("x", ""))
        assert not leaks(network.sentence(last), "QzxjküWvqjx")
