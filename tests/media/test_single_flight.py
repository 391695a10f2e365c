"""The memory: worked out once for everybody, bounded, and not fooled by a changed file."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pictures import drawing, encode, photo, write

from crosspost.errors import MediaError
from crosspost.media import fit, fitting
from crosspost.media.single_flight import Once
from crosspost.model import ImageLimits


def test_threads_that_ask_at_once_share_one_computation() -> None:
    once: Once[str] = Once(100, len)
    calls: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        calls.append(1)
        begun.set()
        assert go_on.wait(10)
        return "result"

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(once.get, "key", work)
        assert begun.wait(10)
        others = [pool.submit(once.get, "key", work) for _ in range(7)]
        go_on.set()
        assert {future.result(10) for future in (first, *others)} == {"result"}
    assert len(calls) == 1
    assert once.get("key", work) == "result"
    assert len(calls) == 1


def test_a_failure_reaches_everybody_and_is_not_kept() -> None:
    once: Once[str] = Once(100, len)
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> str:
        begun.set()
        assert go_on.wait(10)
        raise MediaError("broken")

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(once.get, "key", fail)
        assert begun.wait(10)
        others = [pool.submit(once.get, "key", fail) for _ in range(2)]
        go_on.set()
        for future in (first, *others):
            with pytest.raises(MediaError, match="broken"):
                future.result(10)
    assert once.get("key", lambda: "better") == "better"


def test_nobody_waits_for_a_result_that_cannot_be_kept() -> None:
    """Whoever waits would do so without an end."""

    def weigh(_: str) -> int:
        raise MemoryError

    once: Once[str] = Once(100, weigh)
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert go_on.wait(10)
        return "result"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once.get, "key", work)
        assert begun.wait(10)
        waiting = once._under_way["key"]
        go_on.set()
        assert waiting.result(10) == "result"
        with pytest.raises(MemoryError):
            first.result(10)


def test_the_oldest_makes_room() -> None:
    once: Once[str] = Once(10, len)
    for key in "abc":
        once.get(key, lambda: "1234")
    assert once.get("c", lambda: "new") == "1234"
    assert once.get("a", lambda: "new") == "new"
    assert once.get("huge", lambda: "x" * 50) == "x" * 50
    assert once.get("huge", lambda: "again") == "again"
    once.clear()
    assert once.get("c", lambda: "new") == "new"


def test_a_picture_for_several_accounts_is_fitted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examined: list[int] = []
    real = fitting.examine

    def examine(data: bytes, max_pixels: int) -> object:
        examined.append(len(data))
        return real(data, max_pixels)

    monkeypatch.setattr(fitting, "examine", examine)
    path = write(tmp_path, "a.jpg", encode(photo(), "JPEG"))
    limits = [ImageLimits(count=count, alt=count * 100, max_width=300) for count in (1, 4, 10)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda one: fit(path, one), limits * 4))
    assert all(result is results[0] for result in results)
    assert len(examined) == 1
    fit(path, limits[0], shape="crop")
    assert len(examined) == 2


def test_a_changed_file_is_fitted_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", encode(photo(), "PNG"))
    before = fit(path, ImageLimits())
    path.write_bytes(encode(drawing(), "PNG"))
    os.utime(path, ns=(1, 1))
    after = fit(path, ImageLimits())
    assert (before.width, after.width) == (640, 400)
