"""Names of networks and sources → classes, imported on first use, so that nobody pays for what they do not use.

Third parties add them with entry points in the groups ``crosspost.networks`` and ``crosspost.sources``.
"""

import importlib
from collections.abc import Callable
from typing import Any

from crosspost.config.entry_points import EntryPoint, entry_points
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
    "mobilizon": "crosspost.networks.mobilizon:Mobilizon",
    "whatsapp": "crosspost.networks.whatsapp:WhatsApp",
    "tumblr": "crosspost.networks.tumblr:Tumblr",
    "pinterest": "crosspost.networks.pinterest:Pinterest",
    "google_business": "crosspost.networks.google_business:GoogleBusiness",
    "micropub": "crosspost.networks.micropub:Micropub",
    "apprise": "crosspost.networks.apprise:Apprise",
}
#: networks whose real servers often are on this machine (``at_home`` of the class), known without loading them
AT_HOME = ("signal", "newsletter", "listmonk", "ntfy", "wordpress", "ghost", "micropub")
#: networks that take only posts which announce an event (``event:``), known without loading them
EVENTS_ONLY = ("mobilizon",)
#: the kinds of sources that are here, see :mod:`crosspost.app.sources`
SOURCES = ("jekyll", "hugo", "built", "feed")


def names() -> list[str]:
    """All known networks, ours first."""
    return [*NETWORKS, *sorted(set(_foreign("crosspost.networks")) - set(NETWORKS))]


def load(name: str) -> Any:
    """The class of a network.

    :raises ConfigError: for a name nobody registered, or a third party's network that cannot be imported
    """
    target = NETWORKS.get(name)
    if target is not None:
        module, _, cls = target.partition(":")
        return getattr(importlib.import_module(module), cls)
    return _of_another_package("crosspost.networks", name, "network", names)


def source_names() -> list[str]:
    """All kinds of sources of posts, ours first."""
    return [*SOURCES, *sorted(set(_foreign("crosspost.sources")) - set(SOURCES))]


def load_source(name: str) -> Any:
    """The class of a source from another package, see :class:`crosspost.sources.base.SourceClass`.

    :raises ConfigError: for a name nobody registered, or one that cannot be imported
    """
    return _of_another_package("crosspost.sources", name, "source", source_names)


def _of_another_package(group: str, name: str, what: str, known: Callable[[], list[str]]) -> Any:
    foreign = _foreign(group).get(name)
    if foreign is None:
        from crosspost.text.plain_errors import suggestion

        raise ConfigError(f"there is no {what} called “{name}”; {suggestion(name, known(), mark='')}")
    try:
        return foreign.load()
    except Exception as error:  # a broken plug-in may raise anything; the others go on
        raise ConfigError(
            f"the {what} “{name}” from {foreign.value} cannot be loaded: {error}; install that package again"
        ) from error


def _foreign(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group)}
