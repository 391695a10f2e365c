"""A post that was read from the web, or from what a generator built: its data come from a page."""

from datetime import datetime
from typing import Any

from crosspost.model import Overrides
from crosspost.sources.dates import from_text
from crosspost.sources.filenames import Name
from crosspost.sources.front_matter import FrontMatter
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import Keys
from crosspost.sources.overrides import misspelt
from crosspost.sources.post_record import Check, Record
from crosspost.text.printable import printable

#: the names under which a page's picture and description stand among the data
PICTURE, DESCRIPTION = "og:image", "og:description"


def keys_of(given: Keys) -> Keys:
    """The keys to read: a page knows its picture and description, its Markdown file the alternative text."""
    return Keys(pictures=(PICTURE,), alts=given.alts, descriptions=(DESCRIPTION,), picture_from=given.picture_from)


class WebRecord(Record):
    """One post.

    :param path: the file or address, as messages name it
    :param url: its address
    :param title: its title, plain
    :param text: its text as HTML
    :param data: what is known of it: picture, description, language, author, tags, and the front matter of its file
    :param overrides_of: whose ``crosspost:`` mapping it has; None: nobody's
    """

    liquid, generated, exact_keys = False, True, False

    def __init__(
        self,
        path: str,
        *,
        url: str,
        title: str,
        text: str,
        site: Site,
        date: datetime | None,
        data: dict[str, Any],
        check: Check,
        markdown: FrontMatter | None = None,
    ) -> None:
        self.url, self.given, self.markdown = url, date, markdown
        self.path, self.site, self.jekyll4 = path, site, True
        self.name = Name(id="", path=path, ext=".html")
        self.fingerprint = ""
        self.defaults = {}
        self.data = {**data, "title": title}
        self.front = FrontMatter(self.data, text)
        self._check = check

    @property
    def date(self) -> datetime:
        """When it was published.

        :raises PostRefused: when it does not say
        """
        if self.given is None:
            raise self.refuse("says no date")
        return self.given

    def headline(self) -> str:
        """The title, which is plain already."""
        return self.title()

    def slug(self) -> str:
        """The last part of the address."""
        return self.url.rstrip("/").rpartition("/")[2]

    def categories(self) -> list[str]:
        """The tags: a page does not tell the two apart."""
        return list(self.tags())

    def collection(self) -> str:
        """The first folder of its address."""
        return next(filter(None, self.relative_url().split("/")[:-1]), "")

    def tags(self) -> tuple[str, ...]:
        """The tags, as its page or its file says them."""
        value = self.data.get("tags")
        found = value if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
        words = (printable(" ".join(str(one).split())) for one in found if not isinstance(one, dict | list))
        return tuple(dict.fromkeys(word for word in words if word))

    def relative_url(self) -> str:
        """The path of the address."""
        rest = self.url.partition("://")[2]
        return "/" + rest.partition("/")[2]

    def overrides(self) -> Overrides:
        """What the ``crosspost:`` mapping of its Markdown file says."""
        front = self.markdown
        if front is not None and (slip := misspelt(front.data)):
            raise self.refuse(f"nothing reads the key “{slip}”; did you mean `crosspost`?", slip)
        return self._checked(front.data.get("crosspost") if front is not None else None)


def moment(text: str, site: Site) -> datetime | None:
    """A date as written in a page or feed, in the site's time zone unless it names one; None when it is not a date.

    >>> from datetime import UTC
    >>> moment("2024-03-05", Site(zone=UTC)).isoformat()
    '2024-03-05T00:00:00+00:00'
    """
    try:
        return from_text(text, site.zone) if text.strip() else None
    except (ValueError, OverflowError):
        return None
