"""A process that stands still in the middle of a delivery, and wakes when others have gone on without it."""

import threading
import time
from datetime import timedelta

import pytest

from crosspost.delivery import lease_timer
from crosspost.delivery.lease_timer import Hold
from crosspost.errors import LedgerError, NotSent, Unknown
from crosspost.ledger import Delivery, Ledger
from crosspost.ledger.deliveries import LEASE, SURE
from crosspost.model import Prepared
from crosspost.networks.base import Save
from crosspost.transport import send_permission
from crosspost.transport.send_permission import TooLateError
from tests.delivery.scripted import Quick


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the machine's two clocks have gone on."""
    ahead = [0.0, 0.0]

    class Time:
        monotonic = staticmethod(lambda: time.monotonic() + ahead[0])
        time = staticmethod(lambda: time.time() + ahead[1])

    monkeypatch.setattr(lease_timer, "time", Time)
    return ahead


def taken_over(quick: Quick) -> Delivery:
    """Another worker finds the lease over, nothing on the account, and claims the delivery itself."""
    quick.later(seconds=LEASE.total_seconds() + 1)
    assert quick.ledger.orphaned("another") == 1
    row = quick.ledger.again(quick.row(), "not there", quick.clock(), certain=False)
    held = quick.ledger.claim(row, "another:1")
    assert held is not None
    return held


@pytest.mark.parametrize("which", [0, 1], ids=["asleep", "stopped"])
def test_what_it_was_about_to_send_is_not_sent(quick: Quick, slept: list[float], which: int) -> None:
    held: list[Delivery] = []

    def stand_still() -> None:
        send_permission.ask()  # in time
        slept[which] = SURE.total_seconds()
        held.append(taken_over(quick))
        try:
            send_permission.ask()  # the connection stands, the request comes next
        except TooLateError as error:
            raise NotSent(str(error)) from None

    quick.network.next("publish", stand_still)
    quick.run()
    assert quick.network.out == []
    assert quick.row() == held[0], "what the other one has stays as it is"


def test_it_may_send_as_long_as_its_lease_lasts(quick: Quick, slept: list[float]) -> None:
    def wait() -> None:
        slept[0] = SURE.total_seconds() - 5
        send_permission.ask()

    quick.network.next("publish", wait)
    quick.run()
    assert quick.row().state == "sent"


def test_preparing_may_take_its_time(quick: Quick, slept: list[float]) -> None:
    def upload() -> None:
        slept[0] = LEASE.total_seconds() * 2
        send_permission.ask()

    quick.network.next("prepare", upload)
    quick.network.next("publish", send_permission.ask)
    quick.run()
    assert quick.row().state == "sent", "the lease begins anew before the irreversible request"


@pytest.mark.parametrize(("written", "counts"), [("media_1", False), ("journal", True)])
def test_from_a_journal_on_each_request_counts(quick: Quick, slept: list[float], written: str, counts: bool) -> None:
    """A mail to the next person cannot be taken back, an upload can; and each word to the ledger renews the lease."""
    late = list[bool]()

    def prepare(prepared: Prepared, save: Save) -> Prepared:
        for _ in range(2):
            save(written, {})
            slept[0] += SURE.total_seconds() - 5
            send_permission.ask()
        slept[0] += 5
        try:
            send_permission.ask()
        except TooLateError:
            late.append(True)
        return prepared

    quick.network.prepare = prepare  # type: ignore[method-assign]
    quick.run()
    assert bool(late) == counts


@pytest.mark.parametrize("error", [NotSent("no route"), Unknown("no answer"), ZeroDivisionError("oops")])
def test_an_error_of_whoever_was_overtaken_changes_nothing(quick: Quick, error: Exception) -> None:
    held: list[Delivery] = []

    def fail() -> None:
        held.append(taken_over(quick))
        raise error

    quick.network.next("publish", fail)
    quick.run()
    assert quick.row() == held[0], "else the delivery would be free for a third one, while the second one sends it"


def test_the_age_of_a_lease_counts_by_the_clock_that_went_further() -> None:
    made = Hold()
    made.arm()
    made.ask()
    assert made.age < timedelta(minutes=1)


# ── runs after an error ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_met_an_error_does_not_end_the_next_one(quick: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    quick.write("second")

    def refuse(*_: object) -> None:
        raise LedgerError("the connection was cut")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "begin", refuse)
        with pytest.raises(LedgerError):
            quick.run(stop=stop)
    assert not stop.is_set(), "it belongs to the daemon, whose next run may find everything well again"
    quick.later(minutes=20)
    quick.run(stop=stop)
    assert set(quick.states()) == {"sent"}
