"""What a login may do, where its network tells: one remark for each right it has not."""

from collections.abc import Container, Sequence
from typing import Literal, NamedTuple

from crosspost.model import Remark


class Need(NamedTuple):
    """A right that is needed. Any of ``names`` will do, the last one is asked for; ``what`` follows "it may not"."""

    names: tuple[str, ...]
    what: str
    weight: Literal["warn", "fail"] = "warn"


def missing(has: Container[str], needed: Sequence[Need], todo: str, *, who: str = "its token") -> list[Remark]:
    """What a login cannot do.

    :param has: the rights it has, as the network calls them
    :param todo: how to get a login that may
    :param who: the subject of the sentences
    """
    return [
        Remark(
            said=f"{who} may not {need.what}: the right {need.names[-1]} is missing",
            todo=todo,
            weight=need.weight,
        )
        for need in needed
        if not any(name in has for name in need.names)
    ]
