"""Posts that are handed to a network ahead of their time, from the site's file to what people see, on each network that
keeps them: they come out once, at their time, or somebody is told."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.app.deciding.update_unpublish import ledger_of, taken_back
from crosspost.app.forecast import forecast
from crosspost.app.running.publish import PublishView, publish
from crosspost.app.running.run import RunView, run
from crosspost.config import registry
from crosspost.delivery.approval_checksum import checksum
from crosspost.errors import CrosspostError
from crosspost.ledger import Delivery, Ledger, Person
from crosspost.model import Receipt
from crosspost.notifications.delivery_alerts import of_delivery
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import Post
from crosspost.testing import Clock, Place
from tests.delivery.promise import Killed

pytestmark = pytest.mark.long  # whole runs, on each network; nothing of it depends on the Python
KEEPING = [name for name in registry.NETWORKS if registry.load(name).abilities.ahead is not None]
HOUR = datetime(2026, 11, 22, 18, tzinfo=UTC)  # it is noon
TEXT = """---
title: Beet
description: Ein Beet.
tags: [Garten]
crosspost: {{at: "{at}"{more}}}
---

{text}
"""


class Told(RunView):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)


class Day:
    """A site whose post is to be out at six, and a network that is given it before."""

    def __init__(self, place: Place, key: str) -> None:
        self.place, self.key = place, key
        self.told: list[str] = []
        place.post.unlink()
        self.run(first=True)
        self.write()

    def write(self, text: str = "Ein Beet im Regen.", at: str = "2026-11-22 19:00", more: str = "") -> Path:
        """At seven in Berlin it is six in London."""
        return self.place.new_post("2026-11-21-beet", TEXT.format(text=text, at=at, more=more))

    def run(self, *, first: bool = False) -> Delivery:
        view = Told()
        self.outcome = run(self.place.app, view)
        self.told = view.warnings
        if first:
            return None  # type: ignore[return-value]  # there is no post yet
        return self.row

    def at(self, hour: int, minute: int = 0) -> None:
        self.place.clock.now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = Ledger(self.place.app.ledger_place(), self.place.clock)
        try:
            yield ledger
        finally:
            ledger.close()

    @property
    def row(self) -> Delivery:
        with self.ledger() as ledger:
            (row,) = ledger.deliveries(post="2026-11-21-beet") or ledger.deliveries()
            return row

    @property
    def there(self) -> list[Post]:
        """What people see, once the network has looked at its clock."""
        self.place.network(self.key).connect()
        return [post for post in self.place.sandbox.store.timeline(self.key) if post.visibility == "public"]

    def hurt(self, kind: str) -> None:
        """What happens to the next request to publish."""
        self.place.sandbox.fault(self.key, kind)

    def forget(self) -> None:
        """Somebody deletes it there."""
        self.place.network(self.key).delete(Receipt(id=self.row.prepared.taken, url="", at=HOUR))


@pytest.fixture(params=KEEPING)
def day(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Day:
    return Day(
        Place(tmp_path, sandbox, networks=(request.param,), clock=clock, more='ahead = "1 day"\n'), request.param
    )


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


@pytest.mark.parametrize("point", ["claim", "begin", "keep"])
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


def test_a_changed_text_is_carried_there(day: Day) -> None:
    first = day.run().prepared.taken
    day.write("Ein Beet in der Sonne, mit ganz anderen Worten.", more=', text: "Sonne {url}"')
    row = day.run()
    assert row.kept_until == HOUR
    assert row.prepared.taken != first
    day.at(18, 1)
    day.run()
    (post,) = day.there
    assert "Sonne" in post.text


def test_another_time_is_carried_there(day: Day) -> None:
    day.run()
    day.write(at="2026-11-22 21:30")
    later = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert day.run().kept_until == later
    day.at(19)
    assert day.there == []
    day.at(20, 31)
    row = day.run()
    assert (row.state, row.sent_at) == ("sent", later)
    assert len(day.there) == 1


def test_new_quiet_hours_are_carried_there(day: Day) -> None:
    config = day.place.config.read_text("utf-8")
    day.place.config.write_text(f'{config}slots = ["19:00"]\n', "utf-8")
    day.place.new_post("2026-11-21-beet", "---\ntitle: Beet\n---\n\nEin Beet.\n")
    assert day.run().kept_until == HOUR
    day.place.config.write_text(f'{config}quiet = "18:30-20:00"\n', "utf-8")
    assert day.run().kept_until == HOUR.replace(hour=19)
    day.at(18, 30)
    assert day.there == []
    day.at(19, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


def test_a_time_that_is_too_near_changes_nothing_and_is_told(day: Day) -> None:
    day.run()
    day.at(17, 53)
    day.write(at="2026-11-22 21:30")
    row = day.run()
    assert (row.state, row.kept_until) == ("unknown", HOUR)
    assert any("its time is too near. To stop it, delete it on" in said for said in day.told)
    assert day.outcome.exit_code == 1
    (alert,) = of_delivery(row, day.place.clock(), registry.load(day.key).doubt)
    assert alert.key == f"kept:{row.id}"
    day.at(18, 1)
    assert day.run().state == "sent"
    assert len(day.there) == 1


@pytest.mark.parametrize("how", ["cancel", "gone", "off", "skip"])
def test_what_is_not_wanted_any_more_is_deleted_there(day: Day, how: str) -> None:
    day.run()
    day.at(13)
    if how == "cancel":
        app = day.place.app
        with ledger_of(app) as ledger:
            taken_back(app, ledger, [day.key], [day.row])
    if how == "gone":
        (day.place.root / "site/_posts/2026-11-21-beet.md").unlink()
        day.run()
        day.at(13, 30)  # a program may be at work in the folder
    if how == "off":
        day.place.config.write_text(day.place.config.read_text("utf-8").replace('ahead = "1 day"\n', ""), "utf-8")
    if how == "skip":
        day.write(more=", skip: true")
    row = day.run()
    assert (row.kept_until, row.publishing_at) == (None, None)
    day.at(18, 1)
    assert day.there == [], "the network has nothing that it would show"
    assert day.run().state == {"cancel": "skipped", "gone": "planned", "off": "sent", "skip": "planned"}[how]
    assert len(day.there) == (how == "off")


def test_killed_while_it_is_taken_back_it_is_no_riddle(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    day.run()
    day.write(at="2026-11-22 21:30")
    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "withdrawn", _killed)
        with pytest.raises(Killed):
            day.run()
    row = day.run()
    assert (row.state, row.kept_until) == ("unknown", datetime(2026, 11, 22, 20, 30, tzinfo=UTC))
    day.at(20, 31)
    assert day.run().state == "sent"
    assert len(day.there) == 1


def test_what_somebody_deleted_there_is_told_and_not_sent_again(day: Day) -> None:
    day.run()
    day.forget()
    day.at(18, 1)
    row = day.run()
    assert row.state == "held"
    assert "had taken it, and does not have it any more" in row.error
    day.at(20)
    assert day.run().state == "held"
    assert day.there == []


def test_what_does_not_come_out_is_told_and_not_sent_again(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its server's own clockwork stands still."""
    day.run()
    stand_in = day.place.sandbox.networks[day.key]
    monkeypatch.setattr(stand_in, "answer", super(type(stand_in), stand_in).answer)
    day.at(18, 1)
    row = day.run()
    assert row.state == "unknown"
    assert list(of_delivery(row, day.place.clock(), registry.load(day.key).doubt)) == []
    day.at(19, 30)
    row = day.run()
    (alert,) = of_delivery(row, day.place.clock(), registry.load(day.key).doubt)
    assert alert.key == f"late:{row.id}"
    assert len(day.place.sandbox.store.timeline(day.key)) == len(day.there) + (day.key != "ghost")
    assert row.attempts == 1


def test_an_approval_that_is_taken_away_takes_it_back(day: Day) -> None:
    day.place.config.write_text(f"{day.place.config.read_text('utf-8')}approve = true\n", "utf-8")
    assert day.run().state == "planned"
    with day.ledger() as ledger:
        draft = day.place.network(day.key)
        draft.me()
        said = draft.draft(day.place.app.source().load(day.place.app.source().entry(day.write())))
        ledger.approvals.give(day.row, checksum(said, draft), Person(name="eva"))
    assert day.run().kept_until == HOUR
    with day.ledger() as ledger:
        ledger.approvals.forget(day.row, checksum(said, draft))
    row = day.run()
    assert (row.state, row.due_at, row.kept_until) == ("planned", HOUR, None)
    day.at(18, 1)
    assert day.there == []


def test_the_plan_says_who_has_it(day: Day) -> None:
    (line,) = forecast(day.place.app, timedelta(days=2)).lines
    assert "handed over up to 1 d before" in line.why
    day.run()
    (line,) = forecast(day.place.app, timedelta(days=2)).lines
    assert (line.at, line.why) == (HOUR, f"{registry.load(day.key).name} has it already and shows it then")


def test_a_person_who_wants_it_now_gets_it_now(day: Day) -> None:
    with contextlib.suppress(CrosspostError):
        publish(day.place.app, [day.write()], [day.key], PublishView())
    assert day.row.state == "sent"
    assert len(day.there) == 1


def _killed(*_: object) -> None:
    raise Killed
