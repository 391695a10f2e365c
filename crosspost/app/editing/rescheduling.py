"""Moves a post on one account or several to another time: shown first as one difference, then made."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.editing import edit_proposal
from crosspost.app.editing.edit_words import Edit
from crosspost.errors import ConfigError, CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.editing.edit_proposal import Proposal, Where
    from crosspost.ledger import Person


class Move(Value, frozen=True, kw_only=True):
    """A move that is not made yet. ``seen`` is a checksum of everything it starts from."""

    at: datetime
    where: "Where"
    proposals: "tuple[Proposal, ...]"
    seen: str


def propose(app: "App", post: Path, accounts: Sequence[str], at: datetime | None, where: "Where") -> Move:
    """How a post would be moved on these accounts; changes nothing.

    :param at: the new time
    :raises ConfigError: without an account or a time, or for a time that is over
    :raises CrosspostError: when it cannot be moved on one of them, with the reason
    """
    if not accounts:
        raise ConfigError("no account was chosen; choose at least one on which the post is to be moved")
    if at is None:
        raise ConfigError("there is no time; say when the post is to go out")
    if at <= app.clock():
        raise ConfigError(f"{at:%Y-%m-%d %H:%M} is over already; choose a later time")
    found = tuple(edit_proposal.propose(app, post, account, Edit(at=at), where) for account in accounts)
    seen = hashlib.sha256("\n".join(one.seen for one in found).encode()).hexdigest()
    return Move(at=at, where=where, proposals=found, seen=seen)


def apply(app: "App", move: Move, person: "Person", *, seen: str) -> None:
    """Make a move, account after account.

    :param seen: the checksum of what the person saw
    :raises CrosspostError: when something changed since then, or it cannot be moved on an account; the message says
        where it was moved before that
    """
    if seen != move.seen:
        raise CrosspostError(f"{move.proposals[0].post}: it changed since you looked; look again")
    done: list[str] = []
    for one in move.proposals:
        try:  # a file has another checksum after each change, so each starts from the one before
            again = edit_proposal.propose(app, one.path, one.account, Edit(at=move.at), move.where)
            edit_proposal.apply(app, again, person)
        except CrosspostError as error:
            raise CrosspostError(f"{error}; moved before that: {', '.join(done) or 'nothing'}") from error
        done.append(one.account)
