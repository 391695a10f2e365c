"""What every source of a site shares: its folder, and what is said of the site as a whole."""

import re
from abc import abstractmethod
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path

from crosspost.sources.base import Source
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import Keys
from crosspost.sources.permalink import absolute_url
from crosspost.sources.post_language import Layouts
from crosspost.sources.post_record import Check
from crosspost.text.lazy_pattern import lazy

#: what needs no closer look
_WHOLE = lazy(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/[\w./~-]*)?", re.ASCII | re.IGNORECASE)


class SiteSource(Source):
    """A source that knows its site as a :class:`crosspost.sources.jekyll_site.Site`.

    :param root: the site's folder
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param keys: the front matter keys for picture and description
    """

    def __init__(self, root: Path, *, now: datetime, keys: Keys) -> None:
        self._root, self._now = root, now
        self.keys, self.check = keys, Check()

    @property
    @abstractmethod
    def site(self) -> Site:
        """What is said of the site as a whole; read once.

        :raises SourceError: when it cannot be read or used
        """

    @property
    def root(self) -> Path:
        """The site's folder, as given."""
        return self._root

    def refuse_address(self, address: str, file: Path, key: str) -> None:
        """Refuse an address of the site's own configuration with which no link can begin.

        :param key: what it is called in ``file``
        :raises SourceError: with its line
        """
        if address and not _WHOLE.fullmatch(address):  # nearly all are whole
            from crosspost.sources import site_address

            site_address.refuse(address, file, key)

    @property
    def url(self) -> str:
        """The site's address with its base path, without a slash at the end; "" when it has none."""
        site = self.site
        return absolute_url(site.url, site.baseurl, "/").rstrip("/") if site.url else ""

    @property
    def title(self) -> str:
        """The site's name."""
        return self.site.title

    @property
    def lang(self) -> str:
        """The site's language, such as ``de-DE``; "" when it says none."""
        return self.site.lang

    @property
    def zone(self) -> tzinfo:
        """The site's time zone; UTC when none is named."""
        return self.site.zone

    @property
    def warnings(self) -> tuple[str, ...]:
        """Mistakes of the whole site that do not prevent its use."""
        return self.site.warnings

    @cached_property
    def _layouts(self) -> Layouts:
        """The layouts that name a page's language: only Jekyll has some."""
        return Layouts(self._root / "none")
