"""The networks of the documents: those that crosspost brings along, in the order of the matrix."""

from crosspost.config import registry
from crosspost.networks.base import Network


def ours() -> dict[str, type[Network]]:
    """Name → class; a plug-in that happens to be installed here is none of them."""
    return {name: registry.load(name) for name in registry.NETWORKS}
