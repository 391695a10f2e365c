"""Posts that are handed to a network ahead of their time, from the site's file to what people see, on each network that
keeps them: they come out once, at their time, or somebody is told."""

import pytest

from crosspost.config import registry
from crosspost.ledger import Ledger
from tests.delivery.kept_day import HOUR, Day
from tests.delivery.promise import Killed

pytestmark = pytest.mark.long  # whole runs, on each network; nothing of it depends on the Python


def test_it_is_kept_there_and_sent_when_its_time_has_come(day: Day) -> None:
    row = day.run()
    assert (row.state, row.kept_until, row.due_at, row.under_review) == ("unknown", HOUR, HOUR, True)
    assert day.outcome.exit_code == 0
    with day.ledger() as ledger:
        assert ledger.moments(day.key, planned=True) == [HOUR], "its time counts, not that of handing it over"
    asked = len(day.place.sandbox.requests_to(day.key))
    day.at(17, 55)
    assert day.run().state == "unknown"
    assert len(day.place.sandbox.requests_to(day.key)) == asked, "nobody looks before its time"
    assert day.there == []
    day.at(18, 1)
    row = day.run()
    assert (row.state, row.sent_at, row.kept_until) == ("sent", HOUR, None)
    assert row.receipt
    assert row.url.startswith("http")
    day.at(20)
    day.run()
    assert len(day.there) == 1


def test_a_lost_answer_is_found_among_what_is_kept(day: Day) -> None:
    day.hurt("cut-after")
    row = day.run()
    if row.kept_until is None:  # looked for in the same run where a run looks twice
        row = day.run()
    assert (row.state, row.kept_until) == ("unknown", HOUR)
    day.at(18, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


def test_a_lost_answer_that_was_never_heard_is_out_once_or_held(day: Day) -> None:
    day.hurt("cut-before")
    row = day.run()
    day.at(12, 5)  # some networks show late what they have
    row = day.run()
    if row.state == "held":  # its list of posts proves nothing, as ever
        assert registry.load(day.key).abilities.absence_after is None
        return
    assert (row.state, row.due_at) == ("planned", HOUR), "not a minute before its time"
    day.at(18, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


@pytest.mark.parametrize("point", ["claim_to_send", "begin", "keep"])
def test_killed_at_any_point_it_is_out_once_and_never_early(
    day: Day, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = getattr(Ledger, point)

    def killed(self: Ledger, *args: object) -> None:
        if point != "keep":
            made(self, *args)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, point, killed)
        with pytest.raises(Killed):
            day.run()
    for hour in (13, 14, 15):
        day.at(hour)
        row = day.run()
        assert day.there == []
    if row.state == "held":
        assert registry.load(day.key).abilities.absence_after is None
        assert point == "begin"
        return
    day.at(18, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


def test_a_server_in_trouble_gets_it_an_hour_later_or_at_its_time(day: Day) -> None:
    day.hurt("429")
    row = day.run()
    assert (row.state, row.due_at, row.attempts, row.tried_at) == ("planned", HOUR, 0, None)
    day.at(14)
    assert day.run().kept_until == HOUR
    day.at(18, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


def _killed(*_: object) -> None:
    raise Killed
