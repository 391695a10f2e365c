"""How what runs by itself ends: SIGTERM and Ctrl-C let it end what it is sending, a second one ends it at once."""

import os
import signal
import threading
from collections.abc import Callable

from crosspost.cli.common import say
from crosspost.cli.progress_printer import ENDING


def listen(told: threading.Event, busy: Callable[[], bool], end: Callable[[], None]) -> None:
    """Have the signals end it.

    :param told: set by ``end``
    :param busy: whether it is at work just now; then the person is told that this ends first
    :param end: begins nothing more; called within a signal handler
    """

    def handle(number: int, _frame: object) -> None:
        if told.is_set():
            os._exit(128 + number)
        end()

    def announce() -> None:  # a handler must not write: it may have interrupted somebody who does
        told.wait()
        if busy():
            say(ENDING)

    threading.Thread(target=announce, name="ending", daemon=True).start()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, handle)
