"""The networks the sandbox stands in for. Adding one: a file with a :class:`StandIn`, and a line here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from crosspost.sandbox.standin import StandIn
from crosspost.sandbox.store import Store

STAND_INS = {
    "mastodon": "crosspost.sandbox.mastodon:Mastodon",
    "x": "crosspost.sandbox.x:X",
    "instagram": "crosspost.sandbox.instagram:Instagram",  # before facebook, whose paths its own lie among
    "facebook": "crosspost.sandbox.facebook:Facebook",
    "linkedin": "crosspost.sandbox.linkedin:LinkedIn",
    "threads": "crosspost.sandbox.threads:Threads",
    "bluesky": "crosspost.sandbox.bluesky:Bluesky",
    "newsletter": "crosspost.sandbox.newsletter:Newsletter",
    "listmonk": "crosspost.sandbox.listmonk:Listmonk",
}


def make(store: Store, options: Mapping[str, dict[str, Any]]) -> dict[str, StandIn]:
    """Make every stand-in.

    :raises ValueError: when ``options`` names a network or an option that does not exist
    """
    if unknown := sorted(options.keys() - STAND_INS.keys()):
        raise ValueError(f"The sandbox does not know {', '.join(unknown)}; it knows {', '.join(STAND_INS)}.")
    made = {}
    for key, target in STAND_INS.items():
        module, _, name = target.partition(":")
        made[key] = getattr(import_module(module), name)(store, options.get(key, {}))
    return made
