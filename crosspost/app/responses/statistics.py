"""Figures per post and per account."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from crosspost.model import Value
from crosspost.model.response import Figures

if TYPE_CHECKING:
    from crosspost.ledger.responses import Told

NAMES = ("likes", "reposts", "replies", "views")


class Row(Value, frozen=True, kw_only=True):
    """One line: a post or an account, how many deliveries it has figures of, and their sums."""

    name: str
    title: str
    deliveries: int
    figures: Figures


def wanted(told: "Iterable[Told]", accounts: Collection[str], since: datetime | None) -> "list[Told]":
    """Those on these accounts that went out since then and of which figures are known."""
    return [
        one
        for one in told
        if one.account in accounts and (since is None or one.sent_at >= since) and one.figures != Figures()
    ]


def per_post(told: "Sequence[Told]") -> list[Row]:
    """A line for each post, the one that went out last first."""
    return _rows(told, [(one.post, one.title) for one in told])


def per_account(told: "Sequence[Told]") -> list[Row]:
    """A line for each account, by name."""
    return sorted(_rows(told, [(one.account, one.network) for one in told]), key=lambda row: row.name)


def _rows(told: "Sequence[Told]", keys: Sequence[tuple[str, str]]) -> list[Row]:
    groups: dict[str, list[Figures]] = {}
    titles: dict[str, str] = {}
    for one, (name, title) in zip(told, keys, strict=True):
        groups.setdefault(name, []).append(one.figures)
        titles.setdefault(name, title)
    return [
        Row(name=name, title=titles[name], deliveries=len(several), figures=_sum(several))
        for name, several in groups.items()
    ]


def _sum(several: Sequence[Figures]) -> Figures:
    """Together; None where no network tells."""
    found: dict[str, int | None] = {}
    for name in NAMES:
        known = [value for one in several if (value := getattr(one, name)) is not None]
        found[name] = sum(known) if known else None
    return Figures(**found)
