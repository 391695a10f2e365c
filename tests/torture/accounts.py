"""The accounts of a storm: every network, and the forms of it that work differently on the wire."""

import contextlib
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config import registry
from crosspost.config.credentials import variable
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.signal.jsonrpc_server import Lines
from crosspost.sandbox.networks.signal.server import group_id
from crosspost.sandbox.registry import stand_ins
from crosspost.testing.harness import Clock, Place, served

#: two accounts of one group would say everything twice there, which crosspost refuses
SIGNAL_GROUPS = {"signal": 0, "signal-rest": 1, "signal-tcp": 2}
#: beside one account per network: account → (network, settings)
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "newsletter-each": ("newsletter", {"recipients": "people.txt", "at_once": 4}),
    "signal-tcp": ("signal", {"group": group_id(SIGNAL_GROUPS["signal-tcp"])}),
    "mastodon-thread": ("mastodon", {"link": "reply"}),
    "bluesky-thread": ("bluesky", {"link": "reply"}),
    "threads-thread": ("threads", {"link": "reply"}),
    "signal-rest": ("signal", {"kind": "rest", "group": group_id(SIGNAL_GROUPS["signal-rest"])}),
}
PEOPLE = tuple(f"person{number}@example.org" for number in range(6))
#: a second account of the sandbox, so that posts of two accounts on one network can be told apart
SECOND = "zweitkonto"
#: where a request cannot arrive: refused, no such name, no TLS
NOWHERE = ("http://127.0.0.1:9", "http://nowhere.invalid", "https://127.0.0.1:{port}")
_QUIET: dict[str, dict[str, Any]] = {
    **{name: {"rate_limits": False} for name, cls in stand_ins().items() if "rate_limits" in cls.options},
    **{name: {"quota": 100_000} for name in ("instagram", "threads")},
}


def everybody() -> tuple[str, ...]:
    """All accounts there can be in a storm; where people post by hand nothing is sent."""
    return (*(name for name in registry.names() if not registry.load(name).by_hand), *FORMS)


def network_of(account: str) -> str:
    return FORMS[account][0] if account in FORMS else account


def user_of(account: str) -> str:
    """The sandbox's name of the account that speaks."""
    return {"signal-rest": "verein"}.get(account, SECOND if account in FORMS else "verein")


@contextlib.contextmanager
def settled(folder: Path, accounts: tuple[str, ...], clock: Clock) -> Iterator[Place]:
    """A site that is served, a sandbox, and a config with these accounts.

    ``signal`` and ``signal-rest`` speak for the same number; each form of Signal has a group of its own.
    """
    with (
        Sandbox(clock=clock, options=_QUIET) as sandbox,
        Lines(sandbox) as lines,
        served(folder / "site") as url,
    ):
        plain = tuple(name for name in accounts if name not in FORMS)
        forms = [name for name in accounts if name in FORMS]
        more = "".join(_form(sandbox, name, lines.url) for name in forms)
        place = Place(folder, sandbox, networks=plain, more=more, clock=clock, url=url)
        text = place.config.read_text("utf-8").replace("timeout = 5\n", "timeout = 2\n")
        text = text.replace("[site]", "[run]\nmax_per_run = 10\n[site]\nlive_check = false")
        # the site's picture is too small for it as it is, and nobody writes copies in a storm
        text = text.replace("[accounts.google_business]\n", "[accounts.google_business]\nimages = false\n")
        text = text.replace("\nbase_url", '\non_edit = "update"\non_delete = "unpublish"\nbase_url')
        place.config.write_text(text, "utf-8")
        place.write("config/people.txt", "\n".join(PEOPLE))
        place.secrets.write_text(place.secrets.read_text("utf-8") + _secrets(sandbox, forms), "utf-8")
        place.post.unlink()
        yield place


def _form(sandbox: Sandbox, name: str, lines: str) -> str:
    network, own = FORMS[name]
    access = sandbox.accounts(user_of(name))[network]
    known = {key: value for key, value in access.get("settings", {}).items() if key != "to"}
    base = lines if name == "signal-tcp" else access["base_url"]
    said = {"network": network, "base_url": base, "timeout": 5, **known, **own}
    return f"[accounts.{name}]\n" + "".join(f"{k} = {msgspec.json.encode(v).decode()}\n" for k, v in said.items())


def _secrets(sandbox: Sandbox, forms: list[str]) -> str:
    return "\n" + "".join(
        f"{variable(name, field)}={value}\n"
        for name in forms
        for field, value in sandbox.accounts(user_of(name))[network_of(name)]["credentials"].items()
    )


def message_of(place: Place, account: str) -> list[dict[str, Any]]:
    """What the sandbox has got from an account, as ``GET /_sandbox/posts`` tells it."""
    posts = [post for post in place.sandbox.posts(network_of(account)) if post["account"] == user_of(account)]
    if network_of(account) != "signal":
        return posts
    return [post for post in posts if post["extra"]["group"] == group_id(SIGNAL_GROUPS[account])]


def misfortune(place: Place, account: str, chance: random.Random) -> str:
    """Order one of the faults this account's network knows; its name."""
    network = network_of(account)
    kind = chance.choice([*place.sandbox.networks[network].kinds()])
    if kind.startswith("delay") and chance.random() < 0.7:  # they take their time
        return ""
    place.sandbox.fault(network, kind, seconds=2.5, retry_after=chance.choice((0, 60, 4000)))
    return kind


@contextlib.contextmanager
def unreachable(place: Place, account: str, chance: random.Random) -> Iterator[None]:
    """For a while the account's server cannot be reached."""
    kept = place.config.read_text("utf-8")
    head, found, rest = kept.partition(f"[accounts.{account}]\n")
    address = chance.choice(NOWHERE).format(port=place.sandbox.url.rpartition(":")[2])
    if "smtp://" in rest.partition("[")[0]:
        address = address.replace("http", "smtp")
    elif "tcp://" in rest.partition("[")[0]:
        address = "tcp://127.0.0.1:9"
    elsewhere = re.sub(r'base_url = ".*"', f'base_url = "{address}"', rest, count=1)
    place.config.write_text(head + found + elsewhere, "utf-8")
    try:
        yield
    finally:
        place.config.write_text(kept, "utf-8")
