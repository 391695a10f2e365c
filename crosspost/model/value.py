"""The base class of all values, and what decodes them from any thread."""

import threading
from typing import TypeVar

import msgspec

T = TypeVar("T")
_LOCK = threading.Lock()
_MADE: set[object] = set()


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value: immutable, created with keyword arguments only."""


def ready(kind: type[T]) -> type[T]:
    """The type itself, once all is made that decoding it needs.

    msgspec (0.22) makes that when a type is decoded first. Where two threads do so at once, the whole process ends with
    a segmentation fault.

    :param kind: what is given to ``msgspec.json.decode``, ``msgspec.msgpack.decode`` or ``msgspec.convert``
    """
    if kind not in _MADE:
        with _LOCK:  # one type at a time: they share the types of their fields
            msgspec.json.Decoder(kind)
            _MADE.add(kind)
    return kind
