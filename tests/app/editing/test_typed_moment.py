"""Times as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app.editing.typed_moment import moment
from crosspost.errors import ConfigError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday, 13:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow 9:00", "2026-11-23 09:00"),
        ("Tomorrow at 09:00", "2026-11-23 09:00"),
        ("18:30", "2026-11-22 18:30"),
        ("8:30", "2026-11-23 08:30"),
        ("today 18:30", "2026-11-22 18:30"),
        ("tuesday 18:30", "2026-11-24 18:30"),
        ("sunday 9:00", "2026-11-29 09:00"),
        ("sunday 19:00", "2026-11-22 19:00"),
        ("in 2 hours", "2026-11-22 15:00"),
        ("in 1 day", "2026-11-23 13:00"),
        ("2026-12-01 09:00", "2026-12-01 09:00"),
        ("2026-12-01T09:00:00Z", "2026-12-01 10:00"),
    ],
)
def test_understood(said: str, meant: str) -> None:
    assert f"{moment(said, NOW, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "said", ["", "soon", "25:00", "tomorrow", "2026-12-01", "in 5", "yesterday 9:00", "2026-13-01 9:00"]
)
def test_not_understood(said: str) -> None:
    with pytest.raises(ConfigError, match="is not a time"):
        moment(said, NOW, BERLIN)


@pytest.mark.parametrize("said", ["today 9:00", "2026-11-22 12:59"])
def test_over(said: str) -> None:
    with pytest.raises(ConfigError, match="that is over"):
        moment(said, NOW, BERLIN)


@pytest.mark.parametrize("said", ["9999-12-31 23:59", "in 9999 weeks"])
def test_too_far_away_to_be_meant(said: str) -> None:
    with pytest.raises(ConfigError, match="more than ten years from now"):
        moment(said, NOW, BERLIN)


@given(st.integers(0, 730 * 24 * 60), st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_is_within_a_day_and_shows_that_time(minutes: int, hour: int, minute: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    found = moment(f"{hour}:{minute:02}", now, BERLIN)
    assert timedelta() < found - now <= timedelta(hours=25)
    assert (found.hour, found.minute) == (hour, minute)
