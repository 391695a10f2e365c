"""Accounts the config had once, and posts that still name them: that is told once, and stops nothing.

The ledger remembers every account that a run worked for. A name it does not know either is misspelt, and an error.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.ledger import Ledger
    from crosspost.ledger.connection import Where
    from crosspost.model import Entry

_TOLD = "former_accounts_told"


def former(place: Callable[[], "Where"], clock: Callable[[], datetime], configured: Collection[str]) -> frozenset[str]:
    """The accounts that were in the config once; nothing when the ledger cannot be read, which others tell.

    :param place: says what the ledger is
    :param configured: every account of the config
    """
    from crosspost.ledger import Ledger

    try:
        path = place()
        if isinstance(path, Path) and not path.exists():
            return frozenset()
        ledger = Ledger(path, clock, read_only=True)
        try:
            return frozenset(ledger.account_states()) - set(configured)
        finally:
            ledger.close()
    except CrosspostError:
        return frozenset()


def naming(entries: Iterable["Entry"], names: Collection[str]) -> dict[str, list[str]]:
    """Account → the files of the posts that name it under ``crosspost:``."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for name in {*entry.overrides.only, *entry.overrides.targets} & set(names):
            found.setdefault(name, []).append(entry.path)
    return found


def sentence(name: str, files: list[str]) -> str:
    """What a person should know about the posts that name an account."""
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    verb = "name" if len(files) > 1 else "names"
    return (
        f"{files[0]}{more} {verb} the account “{name}” under `crosspost:`, which is no longer in the config;"
        " the other accounts get the post"
    )


def todo(name: str) -> str:
    """What to do about it."""
    return f"take “{name}” out of these files, or put the account back with `crosspost accounts add`"


def tell_once(ledger: "Ledger", entries: Iterable["Entry"], warn: Callable[[str], None]) -> None:
    """Tell of each account once; when it comes back and goes again, once more."""
    known = set(ledger.account_states()) - ledger.configured
    found = naming(entries, known) if known else {}
    told = set(filter(None, ledger.fact(_TOLD).split(" ")))  # a name has no blanks
    for name in sorted(found.keys() - told):
        warn(f"{sentence(name, found[name])}: {todo(name)}. This is told once.")
    if found.keys() != told:
        ledger.keep_fact(_TOLD, " ".join(sorted(found)))
