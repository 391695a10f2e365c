"""Secrets an account needs between runs: login sessions, renewed tokens.

The ledger never holds a secret, and the files in which a person writes tokens are not ours to change. So the tokens a
network issues at run time go into one file per account, beside the ledger, readable by its owner only; or, where
several machines share a database, into that, encrypted (:mod:`crosspost.app.database_vault`).
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from crosspost.config.vault_stores import Store


class Vault:
    """Keeps one small JSON object per account. Creating a vault does no I/O.

    :param store: the folder of the files, or another place; None keeps everything in memory only
    """

    def __init__(self, store: "Path | Store | None" = None) -> None:
        self._given = store

    @cached_property
    def _store(self) -> "Store":
        """Imported where it is needed: a preview needs none."""
        from crosspost.config.vault_stores import Folder, Memory

        if self._given is None:
            return Memory()
        return Folder(self._given) if isinstance(self._given, Path) else self._given

    def get(self, account: str) -> dict[str, Any]:
        """The object kept for an account; {} when there is none or it is damaged: all of it can be fetched again.

        :raises NotSent: when it is there but cannot be read
        """
        data = self._store.read(account)
        if data is None:
            return {}
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}

    def put(self, account: str, values: dict[str, Any]) -> None:
        """Replace what is kept for an account; it is safe when this returns.

        :raises NotSent: when it cannot be written, or another machine has written something meanwhile
        """
        self._store.write(account, msgspec.json.encode(values))

    @contextlib.contextmanager
    def lock(
        self, account: str, *, wait: float = 90, lasts: float = 300, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[None]:
        """Keep other processes, threads and machines that ask for this lock away from an account's object.

        Reading and writing need no lock; what must happen between the two once only does.

        :param wait: seconds to wait for whoever holds it
        :param lasts: seconds after which a machine that died with it, or cannot be reached, no longer has it
        :raises NotSent: when they still do, or there can be no lock there
        """
        with self._store.lock(account, wait, lasts, sleep):
            yield

    def remove(self, account: str) -> None:
        """Forget what is kept for an account.

        :raises NotSent: when the database it is in cannot be reached
        """
        self._store.remove(account)
