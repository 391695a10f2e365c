"""What the manual says about connecting accounts: steps and times from the log-ins, questions as they are asked."""

import contextlib
import functools
import io
import tempfile
import textwrap
from importlib import import_module
from pathlib import Path

from crosspost.networks.logins.base import Login
from tests.app.accounts.walk import WAYS, begun, connected
from tests.manual.networks import ours

#: screens in the guides of POSSE Party (docs/images of 2026-07), which begin where ours do: without an app
ELSEWHERE = {
    "bluesky": "5", "mastodon": "6", "linkedin": "15", "threads": "20", "x": "23", "instagram": "24 + 13",
    "facebook": "31 + 13",
}  # fmt: skip
_WIDTH = 116


def login_of(network: str) -> type[Login]:
    """The log-in of a network."""
    module, _, name = ours()[network].login.partition(":")
    found: type[Login] = getattr(import_module(module), name)
    return found


def table() -> str:
    """How many steps a person takes to connect each network, and for how long."""
    lines = ["| network | your steps | screens elsewhere | minutes | where it begins |", "| --- " * 5 + "|"]
    for network, cls in ours().items():
        login = login_of(network)
        where = f"<{login.page}>" if login.page else "your own server"
        name = f"[{cls.name}](networks/{network}.md)"
        cells = [name, str(len(login.steps)), ELSEWHERE.get(network, "–"), str(login.minutes), where]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def steps(network: str) -> str:
    """What a person does, one act each."""
    login = login_of(network)
    where = f" The first steps are at <{login.page}>." if login.page else ""
    lines = [f"It takes about {_minutes(login.minutes)}.{where}", ""]
    for number, step in enumerate(login.steps, 1):
        lines += textwrap.wrap(f"{number}. {step}", _WIDTH, subsequent_indent="   ", break_long_words=False)
    return "\n".join([*lines, "", "Then `crosspost doctor` says whether all is well."])


@functools.cache
def questions(network: str) -> str:
    """What `crosspost accounts add` asks, by the key with which a script answers."""
    ways = [way for way in WAYS if way.network == network]
    asked: dict[str, tuple[str, list[str]]] = {}
    for way in ways:
        unheard = io.StringIO()
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.redirect_stdout(unheard),
            contextlib.redirect_stderr(unheard),
            begun(way, Path(folder)) as (place, person),
        ):
            connected(place, way, person)
        for key, text in person.asked.items():
            asked.setdefault(key, (text, []))[1].append(way.name)
    asked["name"] = asked.pop("name")  # which is the last one on every way
    lines = ["| key | question | asked |", "| --- | --- | --- |"]
    for key, (text, at) in asked.items():
        lines.append(f"| `{key}` | {text} | {'always' if len(at) == len(ways) else '; '.join(at)} |")
    return "\n".join(lines)


def _minutes(number: int) -> str:
    return "a minute" if number == 1 else f"{number} minutes"
