"""Imports what a ``crosspost run`` or ``worker`` may need, once for all the processes of a storm.

A process that is forked from here begins at once, and runs the code as it was when the storm began.
"""

import gc
import importlib
import pkgutil
from types import ModuleType

import crosspost
from crosspost.config import registry

#: rooms that neither command enters, and files that are programs
_NOT = ("crosspost.sandbox", "crosspost.testing", "crosspost.web", "crosspost.ledger.migrations")
#: what adapters import when they first need it
_LIBRARIES = ("mastodon", "tweepy", "requests_oauthlib", "facebook", "PIL.Image", "jinja2", "procrastinate", "psycopg")


def _import_all(room: ModuleType) -> None:
    for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        if found.name.startswith(_NOT) or found.name.endswith(".__main__"):
            continue
        try:
            module = importlib.import_module(found.name)
        except ImportError:  # an extra that is not installed here; whoever needs it says so
            continue
        if found.ispkg:
            _import_all(module)


for _library in _LIBRARIES:
    importlib.import_module(_library)
_import_all(crosspost)
for _name in registry.names():
    registry.load(_name)
for _victim in ("tests.torture.victim", "tests.torture.worker_victim"):
    importlib.import_module(_victim)
gc.collect()
gc.freeze()  # else looking for garbage would copy all of it into each process
