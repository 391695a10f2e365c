"""Alarms ring once, in time, from one thread that ends."""

import threading
import time

import pytest

from crosspost.transport import shared_timer
from crosspost.transport.shared_timer import Alarm

#: seconds in which whatever happens has happened, on the busiest machine
_ENOUGH = 60


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> shared_timer._Bell:
    """One of its own: no request of another test has an alarm there."""
    made = shared_timer._Bell()
    monkeypatch.setattr(shared_timer, "_bell", made)
    return made


class Rung:
    """What has rung.

    :ivar names: in this order
    :ivar threads: from these threads
    """

    def __init__(self) -> None:
        self.names, self.times = list[str](), list[float]()
        self.threads: list[threading.Thread] = []

    def alarm(self, seconds: float, name: str) -> Alarm:
        return Alarm(seconds, lambda: self._rings(name))

    def _rings(self, name: str) -> None:
        self.times.append(time.monotonic())
        self.threads.append(threading.current_thread())
        self.names.append(name)

    def wait(self, name: str) -> None:
        """Until this one has rung."""
        deadline = time.monotonic() + _ENOUGH
        while name not in self.names:
            assert time.monotonic() < deadline, f"{name} does not ring"
            time.sleep(0.001)

    def end(self, name: str) -> None:
        """Until this one has rung and its thread has ended, which it does when nothing is set any more."""
        self.wait(name)
        thread = self.threads[self.names.index(name)]
        thread.join(_ENOUGH)
        assert not thread.is_alive()


@pytest.fixture
def rung(bell: shared_timer._Bell) -> Rung:  # alarms are set there
    return Rung()


def test_it_rings_once_and_not_before_its_time(rung: Rung) -> None:
    begun = time.monotonic()
    rung.alarm(0.05, "it").set()
    rung.end("it")
    assert rung.names == ["it"]
    assert rung.times[0] - begun >= 0.05


def test_a_later_alarm_that_is_due_sooner_rings_in_time(rung: Rung) -> None:
    slow = rung.alarm(3600, "slow")
    slow.set()
    time.sleep(0.01)  # so that it is waited for already; if it is not, the test sees less
    rung.alarm(0, "quick").set()
    rung.wait("quick")
    slow.cancel()
    rung.alarm(0, "last").set()
    rung.end("last")
    assert rung.names == ["quick", "last"]


def test_what_is_cancelled_does_not_ring_and_one_thread_serves_all(bell: shared_timer._Bell, rung: Rung) -> None:
    alarms = [rung.alarm(0, str(number)) for number in range(50)]
    with bell._changed:  # so that none rings meanwhile
        for alarm in alarms:
            alarm.set()
        for alarm in alarms[5:]:
            alarm.cancel()
    rung.end("0")
    assert sorted(rung.names) == list("01234")
    assert len(set(rung.threads)) == 1
    rung.alarm(0, "again").set()
    rung.end("again")


def test_one_that_fails_keeps_no_other_from_ringing(
    bell: shared_timer._Bell, rung: Rung, caplog: pytest.LogCaptureFixture
) -> None:
    """A request whose deadline never comes would wait without an end."""

    def fail() -> None:
        raise ZeroDivisionError

    with bell._changed:
        Alarm(0, fail).set()
        rung.alarm(0.01, "right").set()
    rung.end("right")
    assert "a mistake in crosspost itself" in caplog.text
