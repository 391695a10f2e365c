"""How often a post is asked about."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.ledger.responses import Out
from crosspost.responses.polling_intervals import Rules, due

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = Rules(keep=timedelta(days=365), most=100)


def out(*, age: timedelta, asked: timedelta | None, gone: timedelta | None = None) -> Out:
    return Out(
        delivery=1, post="p", account="m", network="mastodon", receipt="1", url="", sent_at=NOW - age,
        asked_at=NOW - asked if asked is not None else None, gone_at=NOW - gone if gone is not None else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("age", "asked", "wanted"),
    [
        (timedelta(minutes=1), None, True),
        (timedelta(hours=1), timedelta(minutes=14), False),
        (timedelta(hours=1), timedelta(minutes=15), True),
        (timedelta(days=10), timedelta(hours=23), False),
        (timedelta(days=10), timedelta(days=1), True),
        (timedelta(days=300), timedelta(days=6), False),
        (timedelta(days=300), timedelta(days=7), True),
    ],
)
def test_new_posts_are_asked_about_often_and_old_ones_seldom(age: timedelta, asked: timedelta, wanted: bool) -> None:
    assert due(out(age=age, asked=asked), NOW, RULES) is wanted


def test_everything_means_everything_but_what_is_gone_for_good() -> None:
    everything = Rules(keep=RULES.keep, most=1, everything=True)
    assert due(out(age=timedelta(days=300), asked=timedelta(0)), NOW, everything)
    day = timedelta(days=1)
    assert not due(out(age=day * 9, asked=day, gone=day * 2), NOW, everything)
    assert not due(out(age=day * 9, asked=day / 2, gone=day / 2), NOW, RULES)
    assert due(out(age=day * 9, asked=day, gone=day), NOW, RULES), "it is asked once more"


@given(st.timedeltas(timedelta(0), timedelta(days=365)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_never_more_often_than_every_quarter_of_an_hour_and_never_less_than_weekly(
    age: timedelta, asked: timedelta
) -> None:
    wanted = due(out(age=age, asked=asked), NOW, RULES)
    assert wanted or asked < timedelta(days=7)
    assert not wanted or asked >= timedelta(minutes=15)
