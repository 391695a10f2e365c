"""Moments as a person says them, in the site's time zone: "tomorrow 17:06", "in 12 minutes", "yesterday 09:30"."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.app.application import App

_HOUR = timedelta(hours=1)
_WEEK = 7


def zone_of(app: "App") -> tzinfo:
    """The site's time zone; UTC when the site cannot be read, which other lines tell."""
    from crosspost.errors import CrosspostError

    try:
        zone: tzinfo = app.source().zone
    except CrosspostError:
        return UTC
    return zone


def in_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """When that is, or was, seen from now.

    >>> in_words(datetime(2026, 11, 23, 16, 6, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC), UTC)
    'tomorrow 16:06'
    """
    distance = moment - now
    if abs(distance) < timedelta(minutes=1):
        return "now"
    if abs(distance) < _HOUR:
        number = round(abs(distance).total_seconds() / 60)
        words = f"{number} minute{'' if number == 1 else 's'}"
        return f"in {words}" if distance > timedelta() else f"{words} ago"
    there, here = moment.astimezone(zone), now.astimezone(zone)
    days = (there.date() - here.date()).days
    if days in _NEAR:
        number = round(distance / _HOUR)
        soon = f" (in {number} hour{'' if number == 1 else 's'})" if days == 0 and number > 0 else ""
        return f"{_NEAR[days]} {there:%H:%M}{soon}"
    if 0 < days < _WEEK:
        return f"{_DAYS[there.weekday()]} {there:%H:%M}"
    return f"{there:%Y-%m-%d %H:%M}"


def until_in_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """How long something goes on that ends at a moment to come: "for 12 minutes", "until tomorrow 17:06"."""
    left = moment - now
    if left < timedelta(minutes=1):
        return "for less than a minute"
    words = in_words(moment, now, zone)
    return f"for {words.removeprefix('in ')}" if left < _HOUR else f"until {words}"


def day_in_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The day only: "today", "yesterday", "2026-11-12"."""
    there = moment.astimezone(zone).date()
    days = (there - now.astimezone(zone).date()).days
    return _NEAR.get(days, f"{there:%Y-%m-%d}")


# strftime would say them in whatever language the machine speaks
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
