"""What the work at hand is about, and spans around what takes time: for a log whose lines name it, and for
OpenTelemetry. Where neither is switched on, next to nothing happens.

Nothing here knows OpenTelemetry or a log: rooms that have something to tell know only this module, and
:mod:`crosspost.app.monitoring.traces` brings the library along when the config wants it.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import MappingProxyType
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
_followers: list[None] = []  # one for each log that names what a line is about
#: what of a span's attributes belongs to all that is done in it
_KEPT = ("site", "delivery", "account")
_PRESENT: ContextVar[Mapping[str, Any]] = ContextVar("present", default=MappingProxyType({}))


def begin(make: Make) -> None:
    """From now on spans are made; in the place of whatever made them before."""
    _make[:] = [make]


def begun() -> bool:
    """Whether spans are made."""
    return bool(_make)


def end() -> None:
    """No more spans are made."""
    _make.clear()


def follow() -> Callable[[], None]:
    """From now on :func:`present` knows what the work at hand is about, in whichever thread it is done.

    :returns: ends that
    """
    _followers.append(None)
    return _followers.pop


@contextlib.contextmanager
def about(**known: Any) -> Iterator[None]:
    """What is done meanwhile, here and in the threads that it is :func:`carried` to, is about this.

    :param known: ``site``, ``account`` or ``delivery``
    """
    token = _PRESENT.set({**_PRESENT.get(), **known})
    try:
        yield
    finally:
        _PRESENT.reset(token)


def present() -> Mapping[str, Any]:
    """What the work at hand is about, as far as that is known: ``site``, ``account``, ``delivery``."""
    return _PRESENT.get()


def span(name: str, known: Mapping[str, Any] | None = None, *, outside: bool = False) -> AbstractContextManager[Note]:
    """A span as long as the body; what is raised in it is noted by its type alone, because messages quote people.

    :param known: what is known of it: names and numbers, never an address with a path, a text or a secret
    :param outside: whether it is a request to somebody else
    :returns: gives what notes more of it
    """
    if not _make and not _followers:
        return _OFF
    made = _make[0](name, known or {}, outside) if _make else _OFF
    kept = {key: known[f"crosspost.{key}"] for key in _KEPT if f"crosspost.{key}" in known} if known else {}
    return _about_too(kept, made) if kept else made


@contextlib.contextmanager
def _about_too(kept: Mapping[str, Any], made: AbstractContextManager[Note]) -> Iterator[Note]:
    with about(**kept), made as note:
        yield note


def carried(work: Callable[P, R], **known: Any) -> Callable[P, R]:
    """The same work for other threads, in which it is about the same, and its spans are inside of the present one.

    Whatever gives work to a thread hands it over so; several threads may do it at the same time.

    :param known: what it is about besides, see :func:`about`
    """
    if not _make and not _followers:
        return work
    import contextvars

    with about(**known):
        context = contextvars.copy_context()
    return lambda *args, **kwargs: context.copy().run(work, *args, **kwargs)
