"""A process that is told to end while it sends ends what it is sending first."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM came, as from a service manager or a machine that is switched off.

    :ivar exit_code: what the process ends with
    """

    exit_code = 128 + signal.SIGTERM


@contextmanager
def ends_gently() -> Iterator[None]:
    """Meanwhile SIGTERM raises in the main thread, as Ctrl-C does, instead of cutting off a request in its middle. A
    second one of either ends the process at once.

    Nothing changes in other threads, whose process has its own way to end, nor for a signal that somebody handles or
    ignores already.

    :raises KeyboardInterrupt: in the middle of the body; :class:`Terminated` for SIGTERM
    """
    here = threading.current_thread() is threading.main_thread()
    found = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM) if here}
    ours = {name: how for name, how in found.items() if how in (signal.default_int_handler, signal.SIG_DFL)}
    told: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        if told:
            os._exit(128 + number)
        told.append(number)
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    for name in ours:
        signal.signal(name, end)
    try:
        yield
    finally:
        for name, how in ours.items():
            signal.signal(name, how)
