"""``crosspost --version --json``: what somebody who helps, or a program, needs to know of an installation."""

import json
import platform
import sqlite3

from crosspost import __version__
from crosspost.config import registry
from crosspost.config.installer import installer
from crosspost.ledger.schema import VERSION


def as_json() -> str:
    """Version, Python, system, the ledger's schema, and the networks that are installed."""
    known = {
        "version": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "ledger": VERSION,
        "installer": installer(),
        "networks": registry.names(),
    }
    return json.dumps(known, indent=2)
