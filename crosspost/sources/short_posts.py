"""Short posts beside the posts of a site that takes none as files: a folder of Markdown files of crosspost's own.

They are on no page of the site. So they have no address, nothing waits for their page, and their pictures are only
files here.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from crosspost.model import Entry, Picture, Post
from crosspost.sources.base import Source
from crosspost.sources.jekyll import JekyllSource
from crosspost.sources.new_posts import NewPosts

if TYPE_CHECKING:
    from crosspost.sources.field_origins import Origin

#: what the ids begin with; a post of the site whose id does so too is refused
PREFIX = "short:"
#: stands for the address while a file is read; nobody is shown it
_NOWHERE = "https://crosspost.invalid"
_PICTURES = "pictures"


class WithShortPosts(Source):
    """A site's posts, and the short posts of a folder.

    :param site: the source of the site
    :param folder: where the short posts are; it need not be there
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param timezone: the name of the zone of dates without one; "": UTC
    """

    def __init__(self, site: Source, folder: Path, *, now: datetime, timezone: str = "") -> None:
        self._site, self._folder = site, folder
        self._short = JekyllSource(folder, now=now, url=_NOWHERE, timezone=timezone, posts=".", keys=site.keys)
        self.keys, self.check = site.keys, site.check
        self.whole, self.front_matter, self.nothing = site.whole, site.front_matter, site.nothing

    # ── listing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def scan(self) -> Iterator[Entry]:
        """List the posts of the site as it lists them, then the short ones.

        :raises SourceError: when the site cannot be read
        """
        yield from self._listed(self._asked().scan())

    def paths(self) -> Iterable[Entry]:
        """List like :meth:`scan`, also for a site without an address."""
        return self._listed(self._asked().paths())

    def entry(self, path: Path) -> Entry:
        """The entry of one file or address, as :meth:`scan` lists it.

        :raises SourceError: when it is neither of the site nor a short post
        """
        site = self._asked()
        return _as_short(self._short.entry(path)) if self._holds(path) else _not_taken_for_short(site.entry(path))

    def load(self, entry: Entry) -> Post:
        """Read one post fully.

        :raises PostRefused: when it cannot be understood
        """
        site = self._asked()
        if not self._holds(Path(entry.path)):
            return site.load(entry)
        post = self._short.load(entry)
        return msgspec.structs.replace(
            post,
            url="",
            root_url="",
            site=site.title,
            lang=post.lang or site.lang,
            thumbnail=_only_here(post.thumbnail) if post.thumbnail is not None else None,
            images=tuple(map(_only_here, post.images)),
        )

    def origin(self, entry: Entry) -> "Origin":
        """Find where a post's picture and description come from, and its front matter keys.

        :raises PostRefused: when it cannot be understood
        """
        site = self._asked()
        return (self._short if self._holds(Path(entry.path)) else site).origin(entry)

    def has_front_matter(self, path: Path) -> bool:
        """Whether a post is a file whose front matter may be changed: each short post is."""
        return self._holds(path) or self._site.has_front_matter(path)

    @property
    def new_posts(self) -> NewPosts:
        """Where a short post is written."""
        return NewPosts(
            self._folder, ("published", False), self._folder / _PICTURES, f"/{_PICTURES}", below_the_site=False
        )

    # ── as the site says ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def of_the_site(self) -> Source:
        """The source of the site, without the short posts."""
        return self._site

    @property
    def folders(self) -> tuple[Path, ...]:
        """Everything that a listing depends on; empty while there is no folder to look at."""
        there = self._site.folders and self._folder.is_dir()
        return (*self._site.folders, self._folder) if there else ()

    @property
    def url(self) -> str:
        """Address of the site."""
        return self._site.url

    @property
    def title(self) -> str:
        """Name of the site."""
        return self._site.title

    @property
    def lang(self) -> str:
        """Language of the site."""
        return self._site.lang

    @property
    def where(self) -> str:
        """Where the posts of the site are read from."""
        return self._site.where

    @property
    def zone(self) -> tzinfo:
        """The site's time zone.

        :raises SourceError: when the site cannot be read
        """
        return self._site.zone

    @property
    def timezone(self) -> str:
        """The name of the time zone that was chosen."""
        return self._site.timezone

    @property
    def warnings(self) -> tuple[str, ...]:
        """Mistakes of the whole site that do not prevent its use."""
        return self._site.warnings

    def need_url(self) -> None:
        """Check that the site's address is known.

        :raises SourceError: when it is not, with what to do
        """
        self._asked().need_url()

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self) -> Source:
        """The site's source; both check what posts say about accounts in the same way."""
        self._site.check = self._short.check = self.check
        return self._site

    def _listed(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        yield from map(_not_taken_for_short, entries)
        self.turn = self._site.turn
        if self._folder.is_dir():
            texts = (entry for entry in self._short.scan() if not entry.id.startswith(f"{_PICTURES}/"))
            yield from map(_as_short, texts)

    def _holds(self, path: Path) -> bool:
        """Whether a file is in the folder of short posts."""
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._folder))


def _as_short(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, id=f"{PREFIX}{entry.id}", url="")


def _not_taken_for_short(entry: Entry) -> Entry:
    """A post of the site is never taken for a short one, and never has its id."""
    if not entry.id.startswith(PREFIX):
        return entry
    reason = f"{entry.path}: its id “{entry.id}” begins like that of a short post; give it another one"
    return msgspec.structs.replace(entry, id=f"site:{entry.id}", state="refused", reason=reason)


def _only_here(picture: Picture) -> Picture:
    return msgspec.structs.replace(picture, url="") if picture.path else picture
