"""Hugo's addresses: how it turns names, titles and patterns into paths.

Source: https://gohugo.io/configuration/permalinks/, https://gohugo.io/content-management/urls/, and builds of Hugo
0.111.3 and 0.168.0.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, unquote, unquote_plus

import msgspec

from crosspost.sources.hugo.go_dates import formatted, month, weekday
from crosspost.text.lazy_pattern import lazy

_KEPT = frozenset("./\\_#+~-@")
_TOKEN = lazy(r":([a-z0-9_]+)((?:\[[a-z0-9:]+\])?)", re.IGNORECASE)
_SLICE = lazy(r"\[(first|last|\d+)?(:?)(last|\d+)?\]")
#: what is not escaped in a path, and what may stand in one that is not written anew
_SAFE, _STAY = "/-_.~$&+,:;=@", "!'()*[]%"
_SLASHES = lazy(r"/{2,}")
#: names that Hugo fills with the slugs or titles of sections, which may be made up of the folders' names
_OF_SECTIONS = ("sectionslug", "sectionslugs")


class AddressError(ValueError):
    """A pattern that Hugo does not understand."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of an address.

    ``base`` is the file's name without language and extension (the folder's, for a bundle), ``sections`` are those
    folders that are sections, ``date`` is in its own time zone.
    """

    title: str
    slug: str
    base: str
    sections: tuple[str, ...]
    date: datetime
    lower: bool = True
    accents: bool = True
    old: bool = False

    def name(self, text: str) -> str:
        """One part of a path, as Hugo writes it."""
        return sanitized(text, lower=self.lower, accents=self.accents)

    def folder(self, text: str) -> str:
        """The name of a folder, as :meth:`name`."""
        return self.name(text if self.old else dashed(text))


def sanitized(text: str, *, lower: bool, accents: bool = True) -> str:
    """A path as Hugo makes it: letters, digits and a few marks stay, spaces become dashes, the rest vanishes.

    >>> sanitized("A Title: with Öl, & 100% (marks)!", lower=True)
    'a-title-with-öl-100-marks'
    """
    if not accents:
        apart = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(one for one in apart if unicodedata.category(one) != "Mn"))
    kept: list[str] = []
    dash, after_dash = False, False
    for char in text:
        if char in _KEPT or unicodedata.category(char)[:1] in ("L", "M") or unicodedata.category(char) == "Nd":
            after_dash = char == "-"
            if dash and not after_dash:
                kept.append("-")
            dash = False
            kept.append(char)
        elif kept and not after_dash and char.isspace():
            dash = True
    found = "".join(kept)
    return found.lower() if lower else found


def dashed(text: str) -> str:
    """The name of a file or folder as Hugo keeps it since 0.123: what vanishes between two spaces leaves two dashes."""
    return text.replace(" ", "-")


def escaped(path: str, *, old: bool = False) -> str:
    """A path as it is written in an address: one that may stand there as it is stays, any other is read and written
    anew, as Go does. Some marks may stand there, and are escaped nevertheless when it is written anew.

    >>> escaped("/it's-%28new)/"), escaped("/it's-%28ü)/")
    ("/it's-%28new)/", '/it%27s-%28%C3%BC%29/')
    """
    safe = _SAFE + ("#" if old else "")
    return path if quote(path, safe=f"{safe}{_STAY}") == path else quote(unquote(path), safe=safe)


def _sections(page: Page, part: str) -> str:
    found = list(page.sections)
    if part:
        match = _SLICE.fullmatch(part)
        if match is None:
            raise AddressError(part)
        begin, between, end = match[1], match[2], match[3]
        last = len(found) - 1
        first = last if begin == "last" else 0 if begin in (None, "first") else int(begin)
        if not between:
            if page.old and begin == "last" and last == 0:
                return ""
            found = found[first : first + 1] if first >= 0 else []
        else:
            found = found[first : last if end == "last" else int(end) if end else None]
    return "/".join(map(page.folder, found))


_TOKENS: dict[str, Callable[[Page], str]] = {
    "year": lambda page: str(page.date.year),
    "month": lambda page: f"{page.date.month:02}",
    "monthname": lambda page: page.name(month(page.date)),
    "day": lambda page: f"{page.date.day:02}",
    "weekday": lambda page: str(page.date.isoweekday() % 7),
    "weekdayname": lambda page: page.name(weekday(page.date)),
    "yearday": lambda page: str(page.date.timetuple().tm_yday),
    "section": lambda page: page.folder(page.sections[0]) if page.sections else "",
    "title": lambda page: page.name(page.title.replace("/", "-")),
    "slug": lambda page: page.name(page.slug or page.title.replace("/", "-")),  # a slug's own slashes stay
    "slugorfilename": lambda page: page.name(page.slug or page.base),
    "slugorcontentbasename": lambda page: page.name(page.slug or page.base),
    "filename": lambda page: page.name(page.base),
    "contentbasename": lambda page: page.name(page.base),
}
_NEW = ("slugorcontentbasename", "contentbasename")


def filled(pattern: str, page: Page) -> str:
    """Fill a pattern of ``permalinks``.

    >>> page = Page(title="T", slug="", base="a b", sections=("posts",), date=datetime(2024, 3, 5))
    >>> filled("/:year/:01/:sections/:filename/", page)
    '/2024/03/posts/a-b/'

    :raises AddressError: for a name that Hugo does not know
    """

    def value(match: re.Match[str]) -> str:
        name, part = match[1], match[2].lower()
        if name == "sections":
            return _sections(page, part)
        if name in _TOKENS and not (page.old and name in _NEW):
            return _TOKENS[name](page) + part
        if name in _OF_SECTIONS:
            raise AddressError(
                f"the permalink {pattern!r} has :{name}, which crosspost cannot fill in; build the site, and have "
                'crosspost read that: source = "built" under [site]'
            )
        if (day := formatted(name, page.date)) is not None:
            return day + part
        raise AddressError(
            f"the permalink {pattern!r} has :{name}, which Hugo does not have; correct it in the site's config"
        )

    path = _SLASHES.sub("/", _TOKEN.sub(value, pattern))
    # since 0.123 Hugo takes the whole for a part of an address that a browser has written: a + was a space there
    return path if page.old else unquote_plus(path)


def finished(path: str, *, ugly: bool) -> str:
    """The path with the slash or the ``.html`` at its end."""
    path = "/" + path.strip("/")
    if path == "/":
        return path
    return f"{path}.html" if ugly else f"{path}/"
