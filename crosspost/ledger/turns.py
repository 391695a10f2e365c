"""Whose turn it is on an account: one process at a time works on it, so that order, gaps and limits are kept.

No promise depends on it. What is sent twice, or not, is decided by the lease of each delivery.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where

#: seconds between two attempts of whoever waits
_PAUSE = 0.1


class Turns(Protocol):
    """The accounts that this process works on."""

    def take(self, account: str) -> bool:
        """Whether it is this process's turn now; False while another one, or another thread, works on the account."""

    def give_back(self, account: str) -> None:
        """The account is free for others."""

    def close(self) -> None:
        """Give back all, for good."""


class Alone:
    """The turns of a ledger in a file: the run lock lets only one process work on it anyway."""

    def take(self, account: str) -> bool:  # noqa: ARG002  # whoever asks has it
        return True

    def give_back(self, account: str) -> None:
        """Nobody waits for it."""

    def close(self) -> None:
        """There is nothing to close."""


@contextlib.contextmanager
def turn(turns: Turns, account: str, wait: float = 0) -> Iterator[bool]:
    """Have the turn on an account while the body runs.

    :param wait: seconds to wait for whoever has it
    :returns: whether it was to be had
    """
    deadline = time.monotonic() + wait
    while not (mine := turns.take(account)) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    try:
        yield mine
    finally:
        if mine:
            turns.give_back(account)


def turns_of(path: "Where") -> Turns:
    """The turns of a ledger, not yet connected."""
    if isinstance(path, Path):
        return Alone()
    from crosspost.ledger.postgresql.turns import SharedTurns

    return SharedTurns(path)
