"""What says the same of several accounts is one line: a post goes out on all of them at about the same time."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Group(NamedTuple, Generic[Row]):
    """Rows that differ only in their account; ``first`` speaks for all."""

    first: Row
    rows: list[Row]


def grouped(rows: Iterable[Row], same: Callable[[Row], Hashable]) -> list[Group[Row]]:
    """Groups in the order of their first rows.

    :param same: what rows of one group have in common

    >>> [group.rows for group in grouped([1, 12, 2, 13], lambda number: number < 10)]
    [[1, 2], [12, 13]]
    """
    found: dict[Hashable, list[Row]] = {}
    for row in rows:
        found.setdefault(same(row), []).append(row)
    return [Group(several[0], several) for several in found.values()]
