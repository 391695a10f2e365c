"""Tokens that Facebook's log-in gives out: a person's, and those of their Pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crosspost.sandbox.core.store import Store


@dataclass(frozen=True)
class Issued:
    """One token.

    :ivar account: the person's or the Page's name
    :ivar until: when it ends; ``NEVER`` for a Page token that was made with a long-lived token
    :ivar lasting: whether it is long-lived
    """

    kind: Literal["USER", "PAGE"]
    account: str
    scopes: frozenset[str]
    made: datetime
    until: datetime
    lasting: bool = False


def issued(store: Store) -> dict[str, Issued]:
    """The tokens that were given out, by their text; Instagram's stand-in looks here too."""
    found: dict[str, Issued] = store.memory.setdefault(("facebook", "issued"), {})
    return found
