"""Tokens that end by themselves are looked after while nothing is due, for years."""

from pathlib import Path

import pytest

from crosspost.cli import common
from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.notifications.receiving import configure, mails, told_by_mail

pytestmark = pytest.mark.long


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(common, "now", clock)
    return Place(tmp_path, sandbox, networks=("mastodon", "threads", "linkedin"), clock=clock)


def asked(place: Place, network: str) -> int:
    return len(place.sandbox.requests_to(network))


def run(place: Place) -> None:
    ran = place.crosspost("run", "--quiet")
    assert (ran.code, ran.err) == (0, "")


def test_a_silent_year_loses_no_login(place: Place) -> None:
    for _ in range(75):
        run(place)
        place.clock.pass_by(days=5)
    place.new_post("2027-11-21-neu", "---\ntitle: Neu\n---\nText\n")
    place.crosspost("run", "--quiet")
    assert len(place.sandbox.posts("threads")) == 1
    (row,) = [one for one in place.crosspost("status", "--json").json["accounts"] if one["account"] == "threads"]
    assert row["token_until"] > place.clock().isoformat()
    assert f"threads (sandbox): token until {row['token_until'][:10]}" in place.crosspost("status").out


def test_once_a_day_and_never_where_a_token_has_no_end(place: Place) -> None:
    run(place)
    first = asked(place, "threads")
    assert first > 0
    for _ in range(5):
        place.clock.pass_by(hours=4)
        run(place)
    assert asked(place, "threads") == first
    place.clock.pass_by(hours=4)
    run(place)
    assert asked(place, "threads") > first
    assert asked(place, "mastodon") == 0


def test_a_look_that_fails_is_tried_again_after_an_hour_and_breaks_nothing(place: Place) -> None:
    place.sandbox.fault("threads", "503-before", times=2, match="GET /*/*")
    run(place)
    before = asked(place, "threads")
    run(place)
    place.clock.pass_by(minutes=59)
    run(place)
    assert asked(place, "threads") == before
    place.clock.pass_by(minutes=1)
    run(place)
    assert asked(place, "threads") > before


def test_a_token_that_died_in_silence_is_told_and_a_new_one_ends_it(place: Place) -> None:
    configure(place, told_by_mail(place))
    good = place.secrets.read_text("utf-8")
    token = place.sandbox.accounts()["threads"]["credentials"]["access_token"]
    place.secrets.write_text(good.replace(token, "von-gestern"), "utf-8")
    for _ in range(30):
        run(place)
        place.clock.pass_by(hours=2)
    assert len(mails(place)) == 1
    assert "The login of threads is refused" in mails(place)[0]["text"]
    assert "von-gestern" not in mails(place)[0]["text"]
    place.secrets.write_text(good, "utf-8")
    run(place)
    place.clock.pass_by(hours=2)
    run(place)
    assert "threads works again" in mails(place)[1]["text"]


def test_linkedin_tells_no_end_so_it_is_counted_from_the_first_look(place: Place) -> None:
    configure(place, told_by_mail(place))
    run(place)
    place.clock.pass_by(days=1)
    run(place)
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    identity = ledger.account("linkedin").identity
    ledger.close()
    assert identity is not None
    assert identity.expires_at is not None
    assert (identity.expires_at - place.clock()).days == 59
    for _ in range(58):
        place.clock.pass_by(days=1)
        run(place)
    texts = [mail["text"] for mail in mails(place) if "linkedin" in mail["text"]]
    assert "The token of linkedin ends on 2027-01-21, in 13 days" in texts[0]
    assert "Make a new one and set CROSSPOST_LINKEDIN_ACCESS_TOKEN" in texts[0]
    assert any("ends on 2027-01-21, in 2 days" in text for text in texts)
