"""The source for a Jekyll site, or a plain folder of files named like Jekyll's posts."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config.small_file import read_small
from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Post
from crosspost.sources import front_matter
from crosspost.sources.filenames import POSTS, Name, Rules, list_names
from crosspost.sources.jekyll_site import CNAME, CONFIG, Site, find_site, read_site
from crosspost.sources.keys import Keys
from crosspost.sources.listing_cache import ListingCache
from crosspost.sources.permalink import STYLES
from crosspost.sources.post_file import Reader, understood
from crosspost.sources.post_language import Layouts
from crosspost.sources.post_paths import below, need_plain_name
from crosspost.sources.same_address import may_share, refuse_twins, refused, same_page
from crosspost.sources.site_source import SiteSource
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.sources.field_origins import Origin
    from crosspost.sources.new_posts import NewPosts

__all__ = ["JekyllSource", "find_site"]

log = logging.getLogger("crosspost.sources")

#: parts of a permalink that distinguish posts
_NAMING = ("title", "slug", "name", "path")


class JekyllSource(SiteSource):
    """Reads the posts of a Jekyll site and computes their addresses as Jekyll does.

    :param root: the folder with ``_config.yml``, or a plain folder with files named ``2024-03-05-title.md``
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param url: the site's address (``https://example.org``); this and the following override ``_config.yml``
    :param baseurl: the path below that address (``/blog``); None: not given
    :param permalink: a style (``pretty``) or template (``/:year/:title/``)
    :param timezone: the name of a time zone (``Europe/Berlin``); UTC when ``_config.yml`` has none either
    :param lang: the language of posts without one
    :param posts: the only folder with posts, if it is not ``_posts``
    :param engine: the Jekyll version that builds the site: ``3.9`` (GitHub Pages), ``3.10`` or ``4.3``
    :param emoji: whether ``:tada:`` becomes 🎉; None: if the site uses jemoji
    :param memory: the file in which :meth:`scan` caches its listing; None: no cache
    :param keys: the front matter keys for picture and description

    A post's id comes from its file name alone, see :mod:`crosspost.sources.filenames`. ``published: false`` is skipped
    even where the site shows unpublished posts, and so are drafts: neither is announced.
    """

    front_matter = True

    def __init__(  # noqa: PLR0913  # one per setting; keywords only
        self,
        root: Path,
        *,
        now: datetime,
        url: str = "",
        baseurl: str | None = None,
        permalink: str = "",
        timezone: str = "",
        lang: str = "",
        posts: str = "",
        engine: str = "3.9",
        emoji: bool | None = None,
        memory: Path | None = None,
        keys: Keys = Keys(),  # noqa: B008  # frozen: the shared default cannot be changed
    ) -> None:
        super().__init__(root, now=now, keys=keys)
        self._memory = memory
        self._emoji = emoji
        self._given = {"url": url, "baseurl": baseurl, "permalink": permalink, "timezone": timezone, "lang": lang}
        self._posts = posts
        self._jekyll4 = engine.startswith("4")
        self._names: dict[str, Name] = {}

    @cached_property
    def site(self) -> Site:
        """The site's settings from ``_config.yml`` and the given ones; read once.

        :raises SourceError: when it cannot be read or used
        """
        return read_site(self._root, self._given, jekyll4=self._jekyll4, emoji=self._emoji)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._root, self.site, self._now, jekyll4=self._jekyll4, check=self.check, layouts=self._layouts)

    @cached_property
    def _layouts(self) -> Layouts:
        return Layouts(self._root / self.site.layouts)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The site's folder: Jekyll reads nothing outside it."""
        return (self._root,)

    @property
    def timezone(self) -> str:
        """The name of the time zone that the settings or ``_config.yml`` choose; "" for none."""
        return str(self._given["timezone"] or self.site.config.get("timezone") or "")

    @property
    def new_posts(self) -> "NewPosts":
        """Where a new post is found.

        :raises SourceError: when the site cannot be read
        """
        from crosspost.sources.new_posts import NewPosts

        only, pictures = self._folder(self.site), "assets/crosspost"
        folder = self._root / only if only else self._root / self.site.posts_below / POSTS
        return NewPosts(folder, ("published", False), self._root / pictures, f"/{pictures}")

    def scan(self) -> Iterator[Entry]:
        """List every file that is or might be a post, oldest first by file name.

        :raises SourceError: when the site cannot be read or its address is unknown
        """
        self.need_url()
        yield from refuse_twins(self._scanned())

    def paths(self) -> Iterator[Entry]:
        """List like :meth:`scan`, but for a site without an address: posts have relative addresses (``/2024/x``)."""
        yield from refuse_twins(map(self._entry, self._listed()))

    def _scanned(self) -> Iterator[Entry]:
        if self._memory is None:
            yield from map(self._entry, self._listed())
            return
        begun = time.time_ns()
        cache = ListingCache(self._memory, self._about())
        for name in self._listed():
            found = cache.entry(self._reader.path(name), self._entry, name)
            late = found.date is not None and found.date > self._now and not self.site.future
            # never cached: the id depends on other files' names, and a future date on the clock
            yield self._entry(name) if late or found.id != name.id else found
        cache.save(begun)

    def _about(self) -> str:
        """Everything an entry depends on besides its file."""
        files = [self._root / name for name in (CONFIG, CNAME)]
        text = "\n".join(read_small(file).decode("utf-8", "replace") for file in files if file.is_file())
        given = f"{self._given}\n{self._posts}\n{self._jekyll4}\n{self.site.emoji}"
        layouts = self._layouts.state() if self.check.routes else ""  # their languages decide who takes a post
        return f"{given}\n{os.environ.get('TZ', '')}\n{text}\n{self.check.about}\n{layouts}"

    def entry(self, path: Path) -> Entry:
        """The entry of one file, as :meth:`scan` lists it.

        :raises SourceError: when ``path`` is not a file of the posts folders of this site
        """
        self.need_url()
        found = self._entry(self._name(path))
        twins = [other for other in self._beside(found) if other.state == "ready" and same_page(other.url, found.url)]
        return refused(found, twins) if twins else found

    def load(self, entry: Entry) -> Post:
        """Read one post fully, even one that is skipped because of its date or ``published: false``.

        :raises PostRefused: when it cannot be understood or is not a post
        """
        from crosspost.sources.post_builder import make_post

        self.need_url()
        with understood(entry.path) as reading:
            reading.record = record = self._reader.post(self._name(Path(entry.path)))
            url = self._reader.absolute(record.relative_url())
            return make_post(record, self._root, entry.id, url, self.keys, self._layouts)

    def origin(self, entry: Entry) -> "Origin":
        """Find where a post's picture and description come from, and its keys; cheaper than :meth:`load`.

        :raises PostRefused: when it cannot be understood
        """
        from crosspost.sources.post_builder import make_origin

        with understood(entry.path):
            record = self._reader.post(self._name(Path(entry.path)))
            return make_origin(record, self._root, entry.id, self.keys, self._layouts)

    def _entry(self, name: Name) -> Entry:
        return self._reader.entry(name)

    def _beside(self, entry: Entry) -> Iterator[Entry]:
        """The other posts that may have the same address; the rest are not parsed."""
        if entry.state != "ready":
            return
        if not self._names:
            self._remember_names()
        every = not any(f":{part}" in self.site.permalink for part in _NAMING) and self.site.permalink not in STYLES
        for name in self._names.values():
            if name.id == entry.id or (name.reason and not name.draft):
                continue
            try:
                if every or may_share(entry.url, name.slug, front_matter.read_bytes(self._reader.path(name))):
                    yield self._entry(name)
            except (OSError, PostRefused):  # the listing reports it
                continue

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────────

    def need_url(self) -> None:
        """Check that the site's address is known.

        :raises SourceError: when it is not, with what to do
        """
        if not self._given["url"]:
            self.refuse_address(self.site.url, self._root / CONFIG, "url")
        if not self.site.url and not (self._root / CONFIG).is_file():
            raise SourceError(
                f"{self._root}: the address of the site is unknown, and there is no _config.yml that could name it; if "
                "this is not the site's folder, correct `path`, else set url under [site] in crosspost.toml"
            )
        if not self.site.url:
            raise SourceError(
                f'{self._root / CONFIG}: the address of the site is unknown; set url: "https://…" there, or url under '
                "[site] in crosspost.toml"
            )

    def _remember_names(self) -> None:
        self._names = {name.path: name for name in self._listed()}

    def _listed(self) -> list[Name]:
        """The names of all files. A scan does not keep them: beside its entries they would say everything twice.

        :raises SourceError: when a folder cannot be read
        """
        site = self.site
        need_plain_name(self._root)
        only_below = "" if self._posts else site.posts_below
        rules = Rules(folder=self._folder(site), below=only_below, exclude=site.exclude, include=site.include)
        try:
            return list_names(os.fspath(self._root), rules)
        except OSError as error:
            raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from None

    def _folder(self, site: Site) -> str:
        if self._posts:
            return self._posts
        if site.posts_below:
            return ""
        if (self._root / CONFIG).is_file() or (self._root / POSTS).is_dir():
            return ""
        return "posts" if (self._root / "posts").is_dir() else "."

    def _name(self, path: Path) -> Name:
        inside = printable(below(path, self._root))
        if inside not in self._names:
            self._remember_names()
        if inside not in self._names:
            if path.is_dir():
                raise SourceError(f"{printable(str(path))}: is a folder; name the file of a post")
            raise SourceError(f"{printable(str(path))}: is not a file in a posts folder of {self._root}")
        return self._names[inside]
