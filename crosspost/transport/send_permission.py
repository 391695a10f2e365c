"""Whether what this thread is about to send may still be sent.

A process can stand still at any moment: the machine sleeps, or somebody stops it. When it wakes, another one may have
taken on what it was about to send. So whoever delivers says how to find that out, and it is asked when the connection
stands, directly before the bytes go out.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

_current = threading.local()


class TooLateError(OSError):
    """Nothing more may be sent; ``str()`` says why in a clause."""


@contextlib.contextmanager
def asked(whether: Callable[[], None]) -> Iterator[None]:
    """Inside, this thread sends nothing before it has called ``whether``, which raises TooLateError when it is late.

    What was to be called before still is.
    """
    before = getattr(_current, "whether", None)

    def both() -> None:
        if before is not None:
            before()
        whether()

    _current.whether = both
    try:
        yield
    finally:
        _current.whether = before


def ask() -> None:
    """:raises TooLateError: when nothing more may be sent"""
    if (whether := getattr(_current, "whether", None)) is not None:
        whether()
