"""Go's layouts of a date, which Hugo takes as names in ``permalinks``: ``:2006``, ``:Jan``, ``:_2``.

Source: https://pkg.go.dev/time#pkg-constants and builds of Hugo 0.168.0. Parts of a second and zones are left out.
"""

from collections.abc import Callable
from datetime import datetime

from crosspost.text.lazy_pattern import lazy

_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905 - as the months
#: a short name counts only where no small letter follows, as in Go
_PART = lazy(r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|2006|__2|002|0[1-6]|_2(?!006)|15|PM|pm|[1-5]")
#: what this moment does not change is not a layout for Hugo
_PROBE = datetime(2019, 11, 9, 23, 1, 42)  # noqa: DTZ001  # of no place
_WRITTEN: dict[str, Callable[[datetime], str]] = {
    "January": lambda at: _MONTHS[at.month - 1],
    "Jan": lambda at: _MONTHS[at.month - 1][:3],
    "Monday": lambda at: _DAYS[at.weekday()],
    "Mon": lambda at: _DAYS[at.weekday()][:3],
    "2006": lambda at: f"{at.year:04}",
    "06": lambda at: f"{at.year % 100:02}",
    "01": lambda at: f"{at.month:02}",
    "1": lambda at: str(at.month),
    "02": lambda at: f"{at.day:02}",
    "2": lambda at: str(at.day),
    "_2": lambda at: f"{at.day:2}",
    "002": lambda at: f"{at.timetuple().tm_yday:03}",
    "__2": lambda at: f"{at.timetuple().tm_yday:3}",
    "15": lambda at: f"{at.hour:02}",
    "03": lambda at: f"{at.hour % 12 or 12:02}",
    "3": lambda at: str(at.hour % 12 or 12),
    "04": lambda at: f"{at.minute:02}",
    "4": lambda at: str(at.minute),
    "05": lambda at: f"{at.second:02}",
    "5": lambda at: str(at.second),
    "PM": lambda at: "PM" if at.hour >= 12 else "AM",
    "pm": lambda at: "pm" if at.hour >= 12 else "am",
}


def month(at: datetime) -> str:
    """The name of its month, in English."""
    return _WRITTEN["January"](at)


def weekday(at: datetime) -> str:
    """The name of its day, in English."""
    return _WRITTEN["Monday"](at)


def formatted(layout: str, at: datetime) -> str | None:
    """The date in this layout; None when the text is none.

    >>> day = datetime(2024, 3, 5)
    >>> formatted("2006", day), formatted("Jan_2", day), formatted("slug", day)
    ('2024', 'Mar 5', None)
    """
    return _in(layout, at) if _in(layout, _PROBE) != layout else None


def _in(layout: str, at: datetime) -> str:
    return _PART.sub(lambda part: _WRITTEN[part[0]](at), layout)
