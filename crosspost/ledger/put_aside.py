"""Why nothing is sent from a ledger that is whole: it is a copy, went elsewhere, or is being rebuilt."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crosspost.ledger.backups import COPY
from crosspost.ledger.facts import MOVED, REBUILT, UNFINISHED

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where


def put_aside(path: "Where", facts: Mapping[str, str]) -> str:
    """The error message that says what to do; "" for a ledger that is in use.

    :param facts: those of the ledger, by name
    """
    if made := facts.get(COPY):
        if moved := facts.get(MOVED):
            return _went(path, moved, made)
        return (
            f"{path} is a copy made at {made:.16}; what went out since is not in it. Nothing was sent. `crosspost "
            "ledger rebuild` finds that on the accounts; if nothing went out since: `crosspost ledger adopt`. See "
            "`crosspost help ledger`"
        )
    if facts.get(REBUILT):
        return (
            f"{path} was being rebuilt, and that did not finish. Nothing was sent. Run `crosspost ledger rebuild` again"
        )
    return ""


def _went(path: "Where", moved: str, made: str) -> str:
    """The error message for the place that a ledger was moved from, or not wholly to."""
    if moved == UNFINISHED:
        return (
            f"a ledger was being moved to {path}, and that did not finish. Nothing was sent. Give `crosspost ledger "
            "copy --to` again, with the config as it was before. See `crosspost help database`"
        )
    return (
        f"{path} was moved to {moved} at {made:.16}, and that is the ledger since then. Nothing was sent. Name that "
        "place under [state] in the config. Only if it is lost, and nothing went out since: `crosspost ledger adopt`. "
        "See `crosspost help database`"
    )
