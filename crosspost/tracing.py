"""Spans around what takes time, for OpenTelemetry, where that is switched on; else next to nothing happens.

Nothing here knows OpenTelemetry: rooms that have something to tell know only this module, and
:mod:`crosspost.app.monitoring.traces` brings the library along when the config wants it.
"""

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
#: notes something of a span, name and value
Note = Callable[[str, Any], None]
#: makes a span: its name, what is known of it, and whether it is a request to somebody else
Make = Callable[[str, Mapping[str, Any], bool], AbstractContextManager[Note]]


def _nothing(_name: str, _value: Any) -> None:
    """Nobody wants to know."""


_OFF = contextlib.nullcontext(_nothing)
_make: list[Make] = []  # one, where it is switched on


def begin(make: Make) -> None:
    """From now on spans are made; in the place of whatever made them before."""
    _make[:] = [make]


def begun() -> bool:
    """Whether spans are made."""
    return bool(_make)


def end() -> None:
    """No more spans are made."""
    _make.clear()


def span(name: str, known: Mapping[str, Any] | None = None, *, outside: bool = False) -> AbstractContextManager[Note]:
    """A span as long as the body; what is raised in it is noted by its type alone, because messages quote people.

    :param known: what is known of it: names and numbers, never an address with a path, a text or a secret
    :param outside: whether it is a request to somebody else
    :returns: gives what notes more of it
    """
    return _make[0](name, known or {}, outside) if _make else _OFF


def carried(work: Callable[P, R]) -> Callable[P, R]:
    """The same work, whose spans are inside of the present one when another thread does it."""
    if not _make:
        return work
    import contextvars

    context = contextvars.copy_context()
    return lambda *args, **kwargs: context.run(work, *args, **kwargs)
