"""What changes until the hour of a post that its network keeps: it is carried there, or somebody is told."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.app.deciding.update_unpublish import ledger_of, taken_back
from crosspost.app.forecast import forecast
from crosspost.app.running.publish import PublishView, publish
from crosspost.config import registry
from crosspost.delivery.approval_checksum import checksum
from crosspost.errors import CrosspostError
from crosspost.ledger import Ledger, Person
from crosspost.notifications.delivery_alerts import of_delivery
from tests.delivery.kept_day import HOUR, Day
from tests.delivery.promise import Killed

pytestmark = pytest.mark.long  # whole runs, on each network; nothing of it depends on the Python


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
