"""The networks of the sandbox. To add one, write a :class:`StandIn` and add a line here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Store

STAND_INS = {
    "mastodon": "crosspost.sandbox.networks.mastodon.standin:Mastodon",
    "x": "crosspost.sandbox.networks.x.standin:X",
    "instagram": "crosspost.sandbox.networks.instagram.standin:Instagram",  # before facebook: shared paths
    "facebook": "crosspost.sandbox.networks.facebook.standin:Facebook",
    "linkedin": "crosspost.sandbox.networks.linkedin.standin:LinkedIn",
    "threads": "crosspost.sandbox.networks.threads.standin:Threads",
    "bluesky": "crosspost.sandbox.networks.bluesky.standin:Bluesky",
    "telegram": "crosspost.sandbox.networks.telegram.standin:Telegram",
    "signal": "crosspost.sandbox.networks.signal.standin:Signal",
    "newsletter": "crosspost.sandbox.networks.newsletter.standin:Newsletter",
    "listmonk": "crosspost.sandbox.networks.listmonk.standin:Listmonk",
}


def make(store: Store, options: Mapping[str, dict[str, Any]]) -> dict[str, StandIn]:
    """Create every stand-in.

    :raises ValueError: when ``options`` names a network or an option that does not exist
    """
    if unknown := sorted(options.keys() - STAND_INS.keys()):
        raise ValueError(f"The sandbox does not know {', '.join(unknown)}; it knows {', '.join(STAND_INS)}.")
    made = {}
    for key, target in STAND_INS.items():
        module, _, name = target.partition(":")
        made[key] = getattr(import_module(module), name)(store, options.get(key, {}))
    return made
