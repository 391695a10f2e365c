"""What takes longer than a page waits: done beside it, one piece of work for each thing at a time."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from crosspost import tracing
from crosspost.errors import CrosspostError

_log = logging.getLogger("crosspost.web")


class Work:
    """Something that is being done.

    :ivar said: what else a person should know, sentences, once it is done
    :ivar error: why it was not done; None when it was, or is not done yet
    """

    def __init__(self, run: Callable[[], Sequence[str]]) -> None:
        self._run, self._done = run, threading.Event()
        self.said: tuple[str, ...] = ()
        self.error: CrosspostError | None = None

    @property
    def busy(self) -> bool:
        """Whether it is not done yet."""
        return not self._done.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it is done, at the latest after this time."""
        return self._done.wait(seconds)

    def begin(self) -> None:
        """Do it; for a thread of its own."""
        try:
            self.said = tuple(self._run())
        except CrosspostError as error:
            self.error = error
        except Exception as error:  # a mistake of ours: the log has it, the page says so
            _log.error("a piece of work failed", exc_info=error)  # the same as the pages' own
            self.error = CrosspostError("This is a mistake in crosspost; the terminal it runs in says more.")
        finally:
            self._done.set()


class Works:
    """Everything that is being done, by what it is about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}

    def begin(self, about: str, run: Callable[[], Sequence[str]]) -> Work | None:
        """Do something in a thread; None while something else is done about the same."""
        with self._lock:
            before = self._works.get(about)
            if before is not None and before.busy:
                return None
            work = self._works[about] = Work(run)
        threading.Thread(target=tracing.carried(work.begin), name="work").start()
        return work

    def look(self, about: str) -> Work | None:
        """What is being done about something; once it is done, it is given once."""
        with self._lock:
            work = self._works.get(about)
            if work is not None and not work.busy:
                del self._works[about]
            return work


class Helpers:
    """A few threads for what is made beside pages, for all sites together; each ends when there is nothing to do.

    :param most: so many work at the same time
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._at_work = 0

    def begin(self, work: Callable[[], None]) -> None:
        """Do something as soon as one of them has nothing else to do."""
        with self._lock:
            self._waiting.append(work)
            if self._at_work == self._most:
                return
            self._at_work += 1
        threading.Thread(target=self._go_on, name="forecast", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work -= 1
                    return
                work = self._waiting.popleft()
            try:
                work()
            except Exception as error:  # a mistake of ours: the others still get theirs
                _log.error("a piece of work failed", exc_info=error)  # the same as the pages' own
