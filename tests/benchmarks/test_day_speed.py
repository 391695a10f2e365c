"""What a simulated day says of its speed."""

from datetime import timedelta

from tests.benchmarks.day_books import Out, Said
from tests.benchmarks.day_ledgers import Row
from tests.benchmarks.day_plan import BEGIN
from tests.benchmarks.day_speed import Bare, fullest, taken

NOON = BEGIN + timedelta(hours=12)
#: four requests within three seconds, and one an hour later
BARE = Bare([*(NOON + timedelta(seconds=second) for second in range(4)), NOON + timedelta(hours=1)], 0.5, 2)


def delivery(number: int, due: float, sent: float) -> tuple[Said, Row, Out]:
    """One that was due so many seconds after noon, tried two seconds later, and out at last."""
    at = NOON + timedelta(seconds=sent)
    tried = NOON + timedelta(seconds=due + 2)
    row = Row("s1", f"S1P{number}", 0, "sent", NOON + timedelta(seconds=due), str(number), "", tried, at)
    return ("s1", f"S1P{number}", 0), row, Out(at, str(number))


def test_the_fullest_minute_is_compared_with_its_requests_alone() -> None:
    found = [delivery(0, 0, 3), delivery(1, 59, 0), delivery(2, 60, 70), delivery(3, 3600, 3700)]
    ledger, out = {said: row for said, row, _ in found}, {said: [one] for said, _, one in found}
    expected = {"at": NOON, "deliveries": 2, "seconds": 3.0, "bare": 4 * 0.5 / 2}
    assert fullest(ledger, out, BARE, 2) == expected
    assert fullest(ledger, out, BARE, 3) == {}
    assert fullest({}, {}, BARE, 0) == {}


def test_what_was_not_sent_took_no_time() -> None:
    _, row, _ = delivery(0, 0, 3)
    assert taken([row, row._replace(state="unknown"), row._replace(tried=None), row._replace(sent=None)]) == [1.0]
