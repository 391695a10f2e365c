"""A small cache that computes each result once, however many threads ask for it at the same time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from crosspost.errors import MediaError

Result = TypeVar("Result")


class Once(Generic[Result]):
    """Caches results up to a total weight; the least recently used goes first.

    :param capacity: the maximum total weight
    :param weigh: the weight of a result, in the unit of ``capacity``
    """

    def __init__(self, capacity: int, weigh: Callable[[Result], int]) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._lock = Lock()
        self._under_way: dict[Hashable, Future[Result]] = {}
        self._kept: OrderedDict[Hashable, Result] = OrderedDict()
        self._weight = 0

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result for a key: computed by the first caller, awaited by concurrent callers, and cached.

        An error is raised to everybody who waits and is not cached, so the next call tries again.

        :raises MediaError: what ``compute`` raised
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            waiting = self._under_way.get(key)
            mine: Future[Result] = Future()
            if waiting is None:
                self._under_way[key] = mine
        if waiting is None:
            return self._work(key, compute, mine)
        try:
            return waiting.result()
        except MediaError as error:  # a new instance: threads must not share a traceback
            raise type(error)(*error.args) from None

    def clear(self) -> None:
        """Empty the cache."""
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def _work(self, key: Hashable, compute: Callable[[], Result], mine: "Future[Result]") -> Result:
        try:
            result = compute()
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            mine.set_exception(error)
            raise
        mine.set_result(result)  # before anything else: whoever waits does so without an end
        with self._lock:
            del self._under_way[key]
            self._kept[key] = result
            self._weight += self._weigh(result)
            while self._weight > self._capacity and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._weight -= self._weigh(oldest)
        return result
