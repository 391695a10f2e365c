"""The networks of the sandbox: every ``standin.py`` in a folder of :mod:`crosspost.sandbox.networks`.

A package of your own adds its stand-in with an entry point in the group ``crosspost.stand_ins``.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from crosspost.sandbox import networks
from crosspost.sandbox.core.standin import StandIn
from crosspost.sandbox.core.store import Store


@cache
def stand_ins() -> dict[str, type[StandIn]]:
    """Every stand-in by its network's name; who answers some of another's paths comes before it.

    :raises ValueError: when two have the same name
    """
    found: dict[str, type[StandIn]] = {}
    for cls in sorted([*_ours(), *_foreign()], key=lambda cls: (not cls.asked_first, cls.key)):
        if cls.key in found:
            raise ValueError(f"Two stand-ins are called {cls.key}: {found[cls.key].__module__} and {cls.__module__}.")
        found[cls.key] = cls
    return found


def _ours() -> Iterator[type[StandIn]]:
    for folder in pkgutil.iter_modules(networks.__path__, f"{networks.__name__}."):
        name = f"{folder.name}.standin"
        if folder.ispkg and find_spec(name):  # a folder without it holds what several networks share
            yield _stand_in(name)


def _stand_in(name: str) -> type[StandIn]:
    """The stand-in a module defines; those it only imports do not count."""
    module = import_module(name)
    (cls,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StandIn) and value.__module__ == name
    )
    return cls


def _foreign() -> Iterator[type[StandIn]]:
    for point in entry_points(group="crosspost.stand_ins"):
        yield point.load()


def make(store: Store, options: Mapping[str, dict[str, Any]]) -> dict[str, StandIn]:
    """Create every stand-in.

    :raises ValueError: when ``options`` names a network or an option that does not exist
    """
    known = stand_ins()
    if unknown := sorted(options.keys() - known.keys()):
        raise ValueError(f"The sandbox does not know {', '.join(unknown)}; it knows {', '.join(known)}.")
    return {key: cls(store, options.get(key, {})) for key, cls in known.items()}
