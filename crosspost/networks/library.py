"""The library of a network, imported when it is first used."""

import importlib
from typing import Any

from crosspost.errors import ConfigError


def library(module: str, extra: str) -> Any:
    """Import a network's library on first use.

    :raises ConfigError: naming the extra to install
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if error.name and not module.startswith(error.name.split(".")[0]):
            raise
        from crosspost.config.installer import adding

        raise ConfigError(f"this network needs one more package: {adding(extra)}") from None
