"""The outer boundary of an adapter: what it did not expect of an answer becomes a delivery error, too.

:meth:`Network.talking` guards the requests. What is read from an answer afterwards may still have another shape than
the network's documents say: a list for an object, a number for a text, nothing at all.
"""

import functools
from collections.abc import Callable
from typing import Any

from crosspost.errors import CrosspostError

_VERBS = ("connect", "prepare", "publish", "find", "edit", "delete")


class Bounded:
    """Every verb an adapter defines raises errors of crosspost only; a subclass has ``session`` and ``_meaning``."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        for verb in _VERBS:
            if verb in vars(cls):
                setattr(cls, verb, _bounded(vars(cls)[verb], irreversible=verb == "publish"))


def _bounded(method: Callable[..., Any], *, irreversible: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **named: Any) -> Any:
        self.session.last = None  # an answer of before says nothing about what goes wrong now
        try:
            return method(self, *args, **named)
        except (CrosspostError, ImportError):
            raise
        except Exception as error:  # answers can have any shape
            raise self._meaning(error, irreversible) from error

    return guarded
