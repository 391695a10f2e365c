"""Digests: what is new in a week or month, in one mail, exactly once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.delivery.digest import last_period, next_period
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A site with a weekly newsletter and a monthly listmonk, after its first run on a Wednesday."""
    clock.now = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = Place(tmp_path, sandbox, networks=("newsletter", "listmonk"), clock=clock)
    text = made.config.read_text("utf-8")
    text = text.replace(
        "[accounts.newsletter]", '[accounts.newsletter]\ndigest = "weekly"\ndigest_title = "Neu: {site}"'
    )
    made.config.write_text(text.replace("[accounts.listmonk]", '[accounts.listmonk]\ndigest = "monthly"'), "utf-8")
    assert made.crosspost("run").code == 0
    return made


def mails(place: Place, network: str = "newsletter") -> list[str]:
    return [post["text"] for post in place.sandbox.posts(network)]


def test_a_week_becomes_one_mail_of_what_was_new(place: Place) -> None:
    place.new_post(
        "2026-11-18-eins", "---\ntitle: Eins & 2*3*4 <viel>\ndescription: Über Beete & mehr_als_das.\n---\n\nText.\n"
    )
    place.crosspost("run")
    place.clock.pass_by(days=2)
    place.new_post("2026-11-19-zwei")
    place.crosspost("run")
    assert mails(place) == [], "the week is not over"
    place.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday, 00:30 in Berlin
    ran = place.crosspost("run")
    assert (ran.code, ran.err) == (0, "")
    (mail,) = mails(place)
    assert "Eins & 2*3*4 <viel>" in mail
    assert "& mehr_als_das." in mail
    assert "zwei" in mail
    assert "https://tal.example.org/2026/11/19/zwei.html" in _html(place)
    assert place.sandbox.posts("newsletter")[0]["extra"]["subject"] == "Neu: Das Tal"
    for _ in range(5):
        place.crosspost("run")
        place.clock.pass_by(hours=30)
    assert len(mails(place)) == 1
    assert mails(place, "listmonk") == [], "the month is not over"


def _html(place: Place) -> str:
    import requests

    path = place.sandbox.posts("newsletter")[0]["extra"]["html_path"]
    return requests.get(f"{place.sandbox.url}{path}", timeout=10).text


def test_an_empty_week_says_nothing_and_a_missed_one_is_made_up(place: Place) -> None:
    place.clock.pass_by(days=14)
    place.crosspost("run")
    assert mails(place) == []
    place.new_post("2026-12-02-neu")
    place.crosspost("run")
    place.clock.pass_by(days=30)  # the machine was off over several ends of weeks
    place.crosspost("run")
    assert len(mails(place)) == 1
    assert len(mails(place, "listmonk")) == 1


def test_a_lost_answer_is_held_not_repeated(place: Place) -> None:
    place.new_post("2026-11-18-eins")
    place.crosspost("run")
    place.clock.pass_by(days=7)
    place.sandbox.fault("newsletter", "cut-after")
    assert place.crosspost("run").code == 3
    for _ in range(3):
        place.clock.pass_by(days=1)
        place.crosspost("run")
    assert len(mails(place)) == 1


def test_stopped_between_the_row_and_the_gathering(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from crosspost.ledger import Ledger

    place.new_post("2026-11-18-eins")
    place.crosspost("run")
    place.clock.pass_by(days=7)

    def dies(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "gather", dies)
        assert place.crosspost("run").code == 130
    assert mails(place) == []
    place.crosspost("run")
    (mail,) = mails(place)
    assert "eins" in mail


def test_a_post_asked_for_by_hand_goes_alone_and_not_in_the_digest(place: Place) -> None:
    file = place.new_post("2026-11-18-eins")
    place.new_post("2026-11-18-zwei")
    place.crosspost("run")
    assert place.crosspost(str(file), "--to", "newsletter").code == 0
    assert len(mails(place)) == 1
    place.clock.pass_by(days=7)
    place.crosspost("run")
    alone, digest = mails(place)
    assert "eins" in alone
    assert "eins" not in digest
    assert "zwei" in digest
    place.crosspost("site/_posts/2026-11-18-zwei.md", "--to", "newsletter")
    assert len(mails(place)) == 2, "the digest has said it"


def test_only_mail_has_digests(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    made = Place(tmp_path, sandbox, networks=("x",), clock=clock)
    made.config.write_text(made.config.read_text().replace("[accounts.x]", '[accounts.x]\ndigest = "weekly"'))
    ran = made.crosspost("run")
    assert ran.code == 2
    assert "crosspost.toml:4" in ran.err


@given(st.integers(0, 15 * 365 * 24 * 60), st.sampled_from(["weekly", "monthly"]))
def test_a_period_is_over_and_the_next_is_not(minutes: int, kind: str) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    name, end = last_period(kind, now, BERLIN)  # type: ignore[arg-type]
    assert end <= now
    assert (end.hour, end.minute) == (0, 0)
    assert last_period(kind, end, BERLIN)[0] == name, "it begins with its first moment"  # type: ignore[arg-type]
    assert last_period(kind, end - timedelta(seconds=1), BERLIN)[0] != name  # type: ignore[arg-type]
    assert now - end < timedelta(days=8 if kind == "weekly" else 32)


@given(st.integers(0, 15 * 365 * 24 * 60), st.sampled_from(["weekly", "monthly"]))
def test_the_running_period_is_the_one_after_the_last(minutes: int, kind: str) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    begun = last_period(kind, now, BERLIN)[1]  # type: ignore[arg-type]
    name, end = next_period(kind, now, BERLIN)  # type: ignore[arg-type]
    assert begun <= now < end
    assert last_period(kind, end, BERLIN) == (name, end)  # type: ignore[arg-type]
    assert last_period(kind, end - timedelta(minutes=1), BERLIN)[1] == begun  # type: ignore[arg-type]
