"""The ways in which X is connected, on a sandbox of its own."""

import contextlib
import random
import re
import socket
from collections.abc import Iterator
from typing import Any

from crosspost.networks.logins.own_app import LOOPBACK
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.visitor import Visitor


@contextlib.contextmanager
def sandbox_with(callback: str, clock: Clock, options: dict[str, Any]) -> Iterator[Sandbox]:
    """A sandbox whose X knows this address to come back to."""
    options = {"callbacks": (callback, LOOPBACK, "https://tal.example.org/")} | options
    with Sandbox(clock=clock, options={"x": options}) as running:
        yield running
    assert running.errors == []


def free_address() -> str:
    """An address of this computer that is free, with a port that the system gives to nobody by itself: other tests
    open ports all the time, and this one is opened later.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return f"http://localhost:{port}/callback"


def keys(place: Place, account: str = "verein", **other: str | list[str]) -> dict[str, Any]:
    known = place.sandbox.accounts(account)["x"]["credentials"]
    return {"way": "keys"} | {name: known[name] for name in known if name != "bearer_token"} | other


def in_browser(place: Place, callback: str, **other: str | list[str]) -> dict[str, Any]:
    return {"way": "browser", **place.sandbox.accounts()["x"]["app"], "redirect": callback} | other


def why(person: Visitor, key: str) -> list[str]:
    return [said for wrong, said in person.wrongs if wrong == key]


def tells_nothing(place: Place, person: Visitor) -> bool:
    """Whether no secret was said, and none is in the config."""
    secrets = re.findall(r"=(\S+)$", place.secrets.read_text("utf-8"), re.MULTILINE)
    assert len(secrets) >= 4
    client = place.sandbox.accounts()["x"]["app"]["client_id"]  # which is no secret
    said = [*person.heard, *(text for _, text in person.wrongs), place.config.read_text("utf-8")]
    return not [value for value in secrets for text in said if value in text and value != client]
