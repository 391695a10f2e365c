"""One page as Hugo sees it before rendering: its data, date and address."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from crosspost.errors import PostRefused
from crosspost.sources.dates import from_text
from crosspost.sources.filenames import Name
from crosspost.sources.front_matter import FrontMatter
from crosspost.sources.hugo.content_files import ContentFile
from crosspost.sources.hugo.globs import languages_of
from crosspost.sources.hugo.hugo_config import HugoConfig
from crosspost.sources.hugo.hugo_front_matter import lowered
from crosspost.sources.hugo.permalinks import AddressError, Page, dashed, escaped, filled, finished, sanitized
from crosspost.sources.jekyll_site import Site
from crosspost.sources.post_record import Check, Record
from crosspost.text.lazy_pattern import lazy

_DATED = lazy(r"(\d{4}-\d{2}-\d{2})(?:-\d{2}-\d{2}-\d{2})?-?(.*)", re.ASCII)
_WHOLE = lazy(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_WORDS = lazy(r"(?:[A-Z][a-z]{2,8}, )?\d{1,2} [A-Z][a-z]{2} \d{4}.*", re.ASCII)
#: the front matter keys of each moment, in Hugo's order
_KEYS = {
    "date": ("date", "publishdate", "pubdate", "published", "lastmod", "modified"),
    "publishdate": ("publishdate", "pubdate", "published", "date"),
    "expirydate": ("expirydate", "unpublishdate"),
}

#: Hugo reads YAML 1.2, in which these are texts
_YES = lazy(r"^draft[ \t]*:[ \t]*(yes|on)\b", re.IGNORECASE | re.MULTILINE)
_TRUTHS = {
    **dict.fromkeys(("1", "t", "T", "true", "TRUE", "True"), True),
    **dict.fromkeys(("0", "f", "F", "false", "FALSE", "False"), False),
}


def truth(value: Any) -> bool | None:
    """Whether a front matter value means yes or no to Hugo, also one in quotation marks; None for any other value.

    Source: builds of Hugo 0.168; https://pkg.go.dev/strconv#ParseBool
    """
    return bool(value) if isinstance(value, int) else _word(value)


def _word(value: Any) -> bool | None:
    """The same, but a number is none: it may be a moment (``published: 1730000000``)."""
    if isinstance(value, bool):
        return value
    return _TRUTHS.get(value) if isinstance(value, str) else None


class HugoRecord(Record):
    """A page's merged data: cascade and front matter, with lower-case keys.

    :param sections: the folders above it that are sections, with the slugs that replace their names in addresses
    :param below: what it inherits
    :param old: whether the addresses are those of Hugo before 0.123
    """

    liquid, exact_keys = False, False

    def __init__(  # one per part; keywords only
        self,
        file: ContentFile,
        path: str,
        front: FrontMatter,
        site: Site,
        config: HugoConfig,
        *,
        sections: tuple[str, ...],
        folders: Sequence[str],
        below: dict[str, Any],
        old: bool,
        check: Check,
    ) -> None:
        # the parts that are Jekyll's own (defaults, categories from folders) have no meaning here
        self.file, self.config, self.sections, self.folders, self.old = file, config, sections, folders, old
        self.path, self.front, self.site, self.jekyll4 = path, front, site, True
        self.name = Name(id=file.id, path=file.path, slug=file.base, ext=".html" if file.html else ".md")
        self._check = check
        self.fingerprint = ""
        self.defaults = below
        own = lowered(front.data)
        self.data = {**below, **own}

    # ── moments ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def date(self) -> datetime:
        """The page's date, in its own time zone.

        :raises PostRefused: when it has none, or one that Hugo does not understand
        """
        found = self.moment("date")
        if found is None:
            raise self.refuse("has no date; add `date:` to its front matter")
        return found

    @cached_property
    def dated(self) -> bool:
        """Whether it has a date at all."""
        return self.moment("date") is not None

    def moment(self, which: str) -> datetime | None:
        """``date``, ``publishdate`` or ``expirydate``, by its own names and the configured order; None for none."""
        order = self.config.dates if which == "date" and self.config.dates else (":default",)
        for place in order:
            if place == ":filename" and (day := self._name_date()) is not None:
                return day
            for key in _KEYS[which] if place == ":default" else (place,):
                value = self.data.get(key)
                if value in (None, "", False) or (key == "published" and _word(value) is not None):
                    continue
                return self._parsed(value, key)
        return None

    def _parsed(self, value: Any, key: str) -> datetime:
        zone = self.config.zone
        try:
            if isinstance(value, datetime):
                return value if value.tzinfo else value.replace(tzinfo=zone)
            if isinstance(value, date):
                return datetime(value.year, value.month, value.day, tzinfo=zone)
            if isinstance(value, int) and not isinstance(value, bool):
                return datetime.fromtimestamp(value, UTC)
            text = str(value).strip()
            if _WHOLE.fullmatch(text):
                found = datetime.fromisoformat(re.sub(r"\s+(?=[+-]|Z)", "", text))
                return found if found.tzinfo else found.replace(tzinfo=zone)
            if _WORDS.fullmatch(text):
                return from_text(text, zone)
        except (ValueError, OverflowError, OSError):
            pass
        from crosspost.sources.as_written import as_written  # most values need no message

        shown = " ".join(as_written(value).split())[:40]
        raise self.refuse(f'{key}: "{shown}" is not a date that Hugo reads, such as 2024-03-05 or '
                          "2024-03-05T10:00:00+01:00", key)  # fmt: skip

    def _name_date(self) -> datetime | None:
        match = _DATED.fullmatch(self.file.base)
        if match is None:
            return None
        try:
            return datetime.fromisoformat(match[1]).replace(tzinfo=self.config.zone)
        except ValueError:
            return None

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def slug(self) -> str:
        """The slug of the front matter, or of a dated file name where the site takes dates from there; else ""."""
        value = self.data.get("slug")
        if value in (None, ""):
            match = _DATED.fullmatch(self.file.base) if ":filename" in self.config.dates else None
            return match[2].strip("-") if match is not None and self._name_date() is not None else ""
        if isinstance(value, dict | list | bool):
            raise self.refuse("slug: should be a text; put it in quotation marks", "slug")
        return str(value).strip("-")

    def tags(self) -> tuple[str, ...]:
        """The tags: a list, or a single one."""
        value = self.data.get("tags")
        if isinstance(value, dict):
            raise self.refuse("tags: should be a list, such as [garden, climate]", "tags")
        values = value if isinstance(value, list) else [value] if value not in (None, False, "") else []
        words = (" ".join(str(one).split()) for one in values if not isinstance(one, dict | list))
        return tuple(dict.fromkeys(word for word in words if word))

    def collection(self) -> str:
        """The section it is in: the first folder below the content folder."""
        return self.file.folders[0] if self.file.folders else ""

    def categories(self) -> list[str]:
        """The categories of the front matter."""
        value = self.data.get("categories")
        return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []

    # ── whether it is published ───────────────────────────────────────────────────────────────────────────────────

    def hidden(self, now: datetime) -> str:
        """Why the site does not publish it; "" when it does."""
        build = self.data.get("build", self.data.get("_build"))
        build = {str(key).lower(): value for key, value in build.items()} if isinstance(build, dict) else {}
        shown, gone = self.moment("publishdate"), self.moment("expirydate")
        if not self.config.drafts and (said := self._draft()):
            return said
        if languages_of(self.data.get("sites")):
            return "its `sites` say for which languages it is, which only a build knows"
        if truth(self.data.get("headless")) or build.get("render") in ("never", "link", False):
            return "it has no page of its own (headless, or build: render: never)"
        if shown is not None and shown > now and not self.config.future:
            return f"its date is in the future: {shown:%Y-%m-%d %H:%M %Z}"
        if gone is not None and gone <= now and not self.config.expired:
            return f"it has expired: expiryDate {gone:%Y-%m-%d}"
        return ""

    def turn(self, now: datetime) -> datetime | None:
        """When the site next begins or ends to show it; None for never."""
        moments = (self.moment("publishdate"), self.moment("expirydate"))
        return min((at for at in moments if at is not None and at > now), default=None)

    def published(self) -> bool:
        """Whether the front matter does not say that it is a draft."""
        return not self._draft()

    def refuse_yes(self) -> None:
        """:raises PostRefused: for a ``draft`` that people mean as true, and Hugo takes for a text (builds of 0.168)"""
        value = self.data.get("draft")
        found = _YES.search(self.front.source) if value is True else None
        word = found[1] if found else value if isinstance(value, str) else ""
        if word.lower() in ("yes", "on", "y") and not self.config.drafts:
            raise self.refuse(f"Hugo publishes a page with draft: {word}; write draft: true or draft: false", "draft")

    def _draft(self) -> str:
        """What makes it a draft, ``draft`` or Jekyll's ``published``; "" for nothing. ``draft`` goes first."""
        if (draft := truth(self.data.get("draft"))) is not None:
            return "draft: true" if draft else ""
        published = self.data.get("published", True)
        return "published: false" if published is None or truth(published) is False else ""

    # ── address ───────────────────────────────────────────────────────────────────────────────────────────────────

    def relative_url(self) -> str:
        """The address below the base URL of its language, with the language's folder.

        :raises PostRefused: when the pattern of the site has a mistake
        """
        language, own = self.file.language, self.data.get("url")
        try:
            if isinstance(own, str) and own.strip():
                return self._own_url(own.strip())
            pattern = language.permalinks.get(self._section().lower() or "/")
            if pattern and not self.file.section:
                path = filled(pattern, self._page())
                path = path if self.old else self._clean(path.rstrip("/"))
            else:
                path = "/".join((*map(self._clean_name, self.folders), *self._last()))
        except AddressError as error:
            raise self.refuse(str(error)) from None
        return language.prefix + escaped(finished(path, ugly=self._ugly()), old=self.old)

    def absolute_url(self) -> str:
        """The whole address; as :meth:`relative_url` when the site has none."""
        return self.file.language.base_url.rstrip("/") + self.relative_url()

    def _own_url(self, own: str) -> str:
        if ":" in own and not self.old:
            own = filled(own, self._page())
        several = len(self.config.languages) > 1
        prefix = "" if own.startswith("/") and several else self.file.language.prefix
        last = own.rpartition("/")[2]
        path = "/" + own.lstrip("/")
        return prefix + escaped(path if "." in last.strip(".") or own.endswith("/") else path + "/")

    def _last(self) -> list[str]:
        if self.file.section:
            return []
        slug = self.slug()
        return [self._clean(slug) if slug else self._clean_name(self.file.base)]

    def _page(self) -> Page:
        value = self.data.get("title")
        return Page(
            title="" if value is None or isinstance(value, dict | list) else str(value),
            slug=self.slug(),
            base=self.file.base,
            sections=self.sections,
            date=self.moment("date") or datetime.min.replace(tzinfo=self.config.zone),
            lower=self.config.to_lower,
            accents=not self.config.without_accents,
            old=self.old,
        )

    def _clean(self, text: str) -> str:
        return sanitized(text, lower=self.config.to_lower, accents=not self.config.without_accents)

    def _clean_name(self, name: str) -> str:
        """The name of a file or folder."""
        return self._clean(name if self.old else dashed(name))

    def _section(self) -> str:
        return self.file.folders[0] if self.file.folders else ""

    def _ugly(self) -> bool:
        ugly = self.config.ugly
        return not self.file.section and (ugly.get(self._section().lower(), False) if isinstance(ugly, dict) else ugly)

    def refuse(self, reason: str, *keys: str | int) -> PostRefused:
        """Make an error for this page, with the line of the key if it is in the file."""
        if keys and (written := next((key for key in self.front.data if str(key).lower() == keys[0]), None)):
            return PostRefused(self.path, reason, self.front.line(written, *keys[1:]))
        return PostRefused(self.path, reason)
