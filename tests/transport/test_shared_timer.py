"""Alarms ring once, in time, from one thread that ends."""

import threading
import time

import pytest

from crosspost.transport.shared_timer import Alarm


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "alarms"]


def test_it_rings_once_and_not_before_its_time() -> None:
    rang: list[float] = []
    done = threading.Event()
    alarm = Alarm(0.1, lambda: (rang.append(time.monotonic()), done.set()))  # type: ignore[func-returns-value]
    begun = time.monotonic()
    alarm.set()
    assert done.wait(5)
    time.sleep(0.15)
    assert len(rang) == 1
    assert rang[0] - begun >= 0.1


def test_a_later_alarm_that_is_due_sooner_rings_in_time() -> None:
    order: list[str] = []
    done = threading.Event()
    slow = Alarm(0.5, lambda: (order.append("slow"), done.set()))  # type: ignore[func-returns-value]
    quick = Alarm(0.05, lambda: order.append("quick"))
    slow.set()
    time.sleep(0.01)
    quick.set()
    time.sleep(0.3)
    assert order == ["quick"]
    assert done.wait(5)
    assert order == ["quick", "slow"]


def test_what_is_cancelled_does_not_ring_and_one_thread_serves_all() -> None:
    rang: list[int] = []
    alarms = [Alarm(0.2, lambda number=number: rang.append(number)) for number in range(50)]  # type: ignore[misc]
    for alarm in alarms:
        alarm.set()
    assert len(threads()) == 1
    for alarm in alarms[1:]:
        alarm.cancel()
    time.sleep(0.5)
    assert rang == [0]
    deadline = time.monotonic() + 5
    while threads() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threads() == [], "it ends when nothing is set"
    again = threading.Event()
    Alarm(0.05, again.set).set()
    assert again.wait(5)


def test_one_that_fails_keeps_no_other_from_ringing(caplog: pytest.LogCaptureFixture) -> None:
    """A request whose deadline never comes would wait without an end."""

    def fail() -> None:
        raise ZeroDivisionError

    rang = threading.Event()
    wrong, right = Alarm(0.01, fail), Alarm(0.02, rang.set)
    wrong.set()
    right.set()
    assert rang.wait(10)
    assert "a mistake in crosspost itself" in caplog.text
