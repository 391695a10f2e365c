"""Posts of one run, read fully once for all accounts."""

import threading
from collections.abc import Callable

from crosspost.model import Entry, Post


class PostCache:
    """Reads each post when it is asked for first; from any thread.

    :param load: reads a listed post fully
    """

    def __init__(self, load: Callable[[Entry], Post]) -> None:
        self._load = load
        self._posts: dict[str, Post] = {}
        self._lock = threading.Lock()

    def __call__(self, entry: Entry) -> Post:
        """The post of an entry.

        :raises PostRefused: when it cannot be understood
        :raises SourceError: when its file is gone
        """
        with self._lock:
            if entry.id not in self._posts:
                self._posts[entry.id] = self._load(entry)
            return self._posts[entry.id]
