"""Network names → classes, imported on first use, so that nobody pays for a network they do not use.

Third parties add a network with an entry point in the group ``crosspost.networks``.
"""

import importlib
from typing import Any

from crosspost.config.installed import EntryPoint, entry_points
from crosspost.errors import ConfigError

#: network name → "module:Class", in the order of the feature matrix
NETWORKS: dict[str, str] = {
    "x": "crosspost.networks.x:X",
    "mastodon": "crosspost.networks.mastodon:Mastodon",
    "facebook": "crosspost.networks.facebook:Facebook",
    "linkedin": "crosspost.networks.linkedin:LinkedIn",
    "instagram": "crosspost.networks.instagram:Instagram",
    "threads": "crosspost.networks.threads:Threads",
    "bluesky": "crosspost.networks.bluesky:Bluesky",
    "telegram": "crosspost.networks.telegram:Telegram",
    "signal": "crosspost.networks.signal_cli:Signal",
    "newsletter": "crosspost.networks.newsletter:Newsletter",
    "listmonk": "crosspost.networks.listmonk:Listmonk",
    "discord": "crosspost.networks.discord:Discord",
    "matrix": "crosspost.networks.matrix:Matrix",
    "slack": "crosspost.networks.slack:Slack",
    "misskey": "crosspost.networks.misskey:Misskey",
    "nostr": "crosspost.networks.nostr:Nostr",
    "lemmy": "crosspost.networks.lemmy:Lemmy",
    "ntfy": "crosspost.networks.ntfy:Ntfy",
    "forem": "crosspost.networks.forem:Forem",
    "wordpress": "crosspost.networks.wordpress:WordPress",
    "ghost": "crosspost.networks.ghost:Ghost",
    "apprise": "crosspost.networks.apprise:Apprise",
}


def names() -> list[str]:
    """All known networks, ours first."""
    return [*NETWORKS, *sorted(set(_foreign()) - set(NETWORKS))]


def load(name: str) -> Any:
    """The class of a network.

    :raises ConfigError: for a name nobody registered, or a third party's network that cannot be imported
    """
    target = NETWORKS.get(name)
    if target is not None:
        module, _, cls = target.partition(":")
        return getattr(importlib.import_module(module), cls)
    foreign = _foreign().get(name)
    if foreign is None:
        from crosspost.text.plain_errors import suggestion

        raise ConfigError(f"there is no network called “{name}”; {suggestion(name, names(), mark='')}")
    try:
        return foreign.load()
    except Exception as error:  # a broken plug-in may raise anything; the other networks go on
        raise ConfigError(
            f"the network “{name}” from {foreign.value} cannot be loaded: {error}; install that package again"
        ) from error


def _foreign() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points("crosspost.networks")}
