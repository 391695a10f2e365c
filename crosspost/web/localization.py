"""German and English: the catalogue, and how each language writes dates and numbers.

The catalogues are the ``.po`` files beside this, read once. English is what the templates say.
"""

import gettext
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

#: code → how the language calls itself
LANGUAGES = {"en": "English", "de": "Deutsch"}
FOLDER = Path(__file__).parent / "locale"
COOKIE = "crosspost_language"
_HOUR = timedelta(hours=1)
#: days that are remembered as they are written
_REMEMBERED = 4096


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations into a language; English needs none."""
    file = FOLDER / f"{language}.po"
    if not file.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    binary = io.BytesIO()
    with file.open("rb") as written:
        write_mo(binary, read_po(written, language))
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def chosen(cookies: Mapping[str, str], accept: str) -> str:
    """The language of a visitor: the one that was switched to, else the first the browser wants that there is.

    :param accept: the header Accept-Language (RFC 9110 section 12.5.4)

    >>> chosen({}, "fr-CH, de;q=0.7, en;q=0.5")
    'de'
    """
    if (switched := cookies.get(COOKIE, "")) in LANGUAGES:
        return switched
    wanted = []
    for place, part in enumerate(accept.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(wanted) if tag in LANGUAGES and weight < 0), "en")


class Speech:
    """One language: its words, dates and numbers, in the site's time zone, seen from ``now``."""

    def __init__(self, language: str, zone: tzinfo = UTC, now: datetime | None = None) -> None:
        self.language, self.zone, self.now = language, zone, now or datetime.now(UTC)
        words = catalogue(language)
        self.gettext, self.ngettext = words.gettext, words.ngettext

    def number(self, value: float) -> str:
        """A number with the language's marks: 1,234 or 1.234."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=_locale(self.language))

    def full(self, moment: datetime) -> str:
        """Day, date, time and zone."""
        there = moment.astimezone(self.zone)
        return f"{self._dated(there, 'EEEE d MMMM y')} {there:%H:%M} ({there.tzname()})"

    def moment(self, moment: datetime) -> str:
        """When that is, as a person says it: in 5 minutes, today 17:06, Mon 23 Nov 17:06."""
        from babel.dates import format_timedelta

        distance = moment - self.now
        if abs(distance) < timedelta(minutes=1):
            return self.gettext("now") if distance > timedelta() else self.gettext("just now")
        if abs(distance) < _HOUR:
            return format_timedelta(distance, add_direction=True, threshold=1, locale=_locale(self.language))
        return f"{self.day(moment)} {moment.astimezone(self.zone):%H:%M}"

    def clock(self, moment: datetime) -> str:
        """Only the time of day: 17:06."""
        return f"{moment.astimezone(self.zone):%H:%M}"

    def local(self, moment: datetime) -> str:
        """As a form of HTML writes it, in the site's zone: 2026-11-23T17:06."""
        return f"{moment.astimezone(self.zone):%Y-%m-%dT%H:%M}"

    def day(self, moment: datetime | date) -> str:
        """Only the day: today, Mon 23 Nov, 23 Nov 2024."""
        there = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        days = (there - self.now.astimezone(self.zone).date()).days
        near = {-1: self.gettext("yesterday"), 0: self.gettext("today"), 1: self.gettext("tomorrow")}
        if days in near:
            return near[days]
        return self._dated(there, "EEE d MMM" if abs(days) < 180 else "d MMM y")

    def whole_day(self, day: date) -> str:
        """Day and date in full: Monday, 23 November 2026."""
        return self._dated(day, "EEEE d MMMM y")

    def month(self, day: date) -> str:
        """Month and year: November 2026."""
        return self._dated(day, "MMMM y")

    def weekday(self, day: date, width: str = "EEE") -> str:
        """The name of a day: Mon, with ``EEEE`` Monday."""
        return self._dated(day, width)

    def _dated(self, day: date, skeleton: str) -> str:
        return _dated(self.language, day.date() if isinstance(day, datetime) else day, skeleton)


def _locale(language: str) -> "Locale":
    from babel import Locale

    return Locale("en", "GB") if language == "en" else Locale(language)


@lru_cache(_REMEMBERED)
def _dated(language: str, day: date, skeleton: str) -> str:
    """A day as a language writes it. Finding its way to write it takes long, and the same days are on every page."""
    from babel.dates import format_date, format_skeleton

    try:
        return format_skeleton(skeleton.replace(" ", ""), day, locale=_locale(language))
    except KeyError:
        return format_date(day, skeleton, locale=_locale(language))
