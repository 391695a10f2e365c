"""The source for a Hugo site, read from its content files without building it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Post
from crosspost.sources.field_origins import Origin
from crosspost.sources.hugo import new_pages
from crosspost.sources.hugo.config_file import find_config
from crosspost.sources.hugo.content_files import ContentFile, adapters
from crosspost.sources.hugo.hugo_config import HugoConfig, read_config
from crosspost.sources.hugo.hugo_record import HugoRecord
from crosspost.sources.hugo.mounts import reads_outside
from crosspost.sources.hugo.site_pages import Pages, site_in
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import Keys
from crosspost.sources.new_posts import NewPosts
from crosspost.sources.post_file import understood
from crosspost.sources.same_address import refuse_twins, refused
from crosspost.sources.site_source import SiteSource
from crosspost.text.printable import printable


class HugoSource(SiteSource):
    """Reads the posts of a Hugo site and computes their addresses as Hugo does.

    A post is a page with a date in a section; where the site names ``mainSections``, in one of those. Pages at the root
    (``about.md``) and list pages are not posts.

    :param root: the folder with ``hugo.toml``
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param url: the site's address; this and the following override the site's configuration
    :param posts: the only section or folder with posts, such as ``posts`` or ``content/posts``
    :param engine: the Hugo version that builds the site; versions below 0.123 make some addresses otherwise
    """

    front_matter = True

    nothing = "the content folder has no pages"

    def __init__(  # one per setting; keywords only
        self,
        root: Path,
        *,
        now: datetime,
        url: str = "",
        baseurl: str | None = None,
        timezone: str = "",
        lang: str = "",
        posts: str = "",
        engine: str = "",
        keys: Keys = Keys(),  # noqa: B008  # frozen: the shared default cannot be changed
    ) -> None:
        super().__init__(root, now=now, keys=keys)
        self._posts = posts.strip("/")
        self._given = {"url": url, "baseurl": baseurl, "timezone": timezone, "lang": lang}
        self._old = _before(engine, 123)

    @cached_property
    def config(self) -> HugoConfig:
        """The site's configuration; read once.

        :raises SourceError: when it cannot be read or used
        """
        return read_config(self._root, self._given)

    @cached_property
    def site(self) -> Site:
        """What the configuration says of the site in its default language."""
        return site_in(self.config, self.config.main)

    @property
    def url(self) -> str:
        """Address of the site in its default language, without a slash at the end; "" when it has none."""
        return self.site.url  # with its path, and as it is written

    @property
    def timezone(self) -> str:
        """The name of the time zone that the settings or the configuration choose; "" for none."""
        return self.config.timezone

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the configuration, and content that only a build knows."""
        made = adapters(self._root, self.config)
        if not made:
            return self.site.warnings
        said = (
            f"{made[0]} makes pages while Hugo builds, which are not seen here; to have them too, build the site, and "
        )
        return (*self.site.warnings, f'{said}set source = "built" under [site]')

    @property
    def folders(self) -> tuple[Path, ...]:
        """See the base class."""
        return () if reads_outside(self.config) else (self._root,)

    @property
    def new_posts(self) -> NewPosts:
        """A file in the section of the posts, and pictures among the static files.

        :raises SourceError: when the site cannot be read, or keeps its content elsewhere
        """
        return new_pages.place(self._root, self.config, self._posts, lambda: self._pages.files.values())  # noqa: PLW0108  # reads them when it is called

    def need_url(self) -> None:
        """Check that the site's address is known.

        :raises SourceError: when it is not, with what to do
        """
        if not self._given["url"] and self.url.strip("/"):
            self.refuse_address(self.url, find_config(self._root) or self._root, "baseURL")
        if not self.url.startswith(("http://", "https://")):
            raise SourceError(
                f"{self._root}: the address of the site is unknown; set baseURL in the site's configuration, or url "
                "under [site] in crosspost.toml"
            )

    # ── listing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def scan(self) -> Iterator[Entry]:
        """List every page that is or might be a post, by path.

        :raises SourceError: when the site cannot be read or its address is unknown
        """
        self.need_url()
        yield from self.paths()

    def paths(self) -> Iterable[Entry]:
        """List like :meth:`scan`, also for a site without an address."""
        self._forget()
        return refuse_twins(self._entry(file) for file in self._pages.files.values() if not file.section)

    def entry(self, path: Path) -> Entry:
        """The entry of one file, as :meth:`scan` lists it.

        :raises SourceError: when ``path`` is not a page of this site
        """
        self.need_url()
        file = self._file(path)
        found = self._entry(file)
        if found.state != "ready":
            return found
        twins = [other for other in self._addresses.get(found.url, ()) if other.id != found.id]
        return refused(found, twins) if twins else found

    def load(self, entry: Entry) -> Post:
        """Read one post fully, even one that is skipped.

        :raises PostRefused: when it cannot be understood
        """
        from crosspost.sources.post_builder import make_post

        self.need_url()
        with understood(entry.path) as reading:
            reading.record = record = self._record(self._file(Path(entry.path)))
            url, files = record.absolute_url(), self._pages.pictures(record)
            return make_post(record, self._root, entry.id, url, self.keys, self._layouts, files)

    def origin(self, entry: Entry) -> Origin:
        """Find where a post's picture and description come from, and its keys; cheaper than :meth:`load`.

        :raises PostRefused: when it cannot be understood
        """
        from crosspost.sources.post_builder import make_origin

        with understood(entry.path):
            record = self._record(self._file(Path(entry.path)))
            return make_origin(record, self._root, entry.id, self.keys, self._layouts, self._pages.pictures(record))

    def address(self, path: Path) -> str:
        """The address of any page of the site, also of one that is not a post.

        :raises PostRefused: when it cannot be understood
        """
        return self._record(self._file(path)).absolute_url()

    def _entry(self, file: ContentFile) -> Entry:
        path = self._pages.path(file)
        try:
            with understood(path) as reading:
                reading.record = record = self._record(file)
                return self._listed(record)
        except PostRefused as error:
            return Entry(id=file.id, path=path, state="refused", reason=str(error))

    def _listed(self, record: HugoRecord) -> Entry:
        file, no_post = record.file, self._no_post(record)
        if not no_post:
            record.refuse_yes()
        reason = record.hidden(self._now) or no_post
        self.turn = min(filter(None, (self.turn, record.turn(self._now))), default=None)
        if not reason and record.empty():
            raise record.refuse("the post is empty: it has neither a title nor a text")
        return Entry(
            id=file.id,
            path=record.path,
            url=record.absolute_url(),
            date=record.date if record.dated else None,
            title=record.headline(),
            tags=record.tags(),
            state="skipped" if reason else "ready",
            reason=reason,
            overrides=record.overrides(),
            fingerprint=record.fingerprint,
            left_out=record.left_out(self._layouts),
        )

    def _no_post(self, record: HugoRecord) -> str:
        """Why a page is not a post; "" for a post."""
        file = record.file
        section = file.folders[0] if file.folders else ""
        if self._posts:
            wanted = self._posts.removeprefix(f"{file.language.content}/")
            if not f"{'/'.join(file.folders)}/".startswith(f"{wanted}/"):
                return f"it is not in {self._posts}, which [site] posts names"
        elif not section:
            return "it is in no section, as a page such as “About” is"
        elif self.config.sections and section not in self.config.sections:
            return f"its section “{section}” is not among mainSections in the site's configuration"
        if not record.dated:
            return "it has no date; one that has none is never taken for new"
        return ""

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _pages(self) -> Pages:
        return Pages(self._root, self.config, old=self._old)

    @cached_property
    def _addresses(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for file in self._pages.files.values():
            if not file.section and (entry := self._entry(file)).state == "ready":
                found.setdefault(entry.url, []).append(entry)
        return found

    def _forget(self) -> None:
        for name in ("_pages", "_addresses"):
            self.__dict__.pop(name, None)

    def _file(self, path: Path) -> ContentFile:
        """The page in a file or bundle; files that are new since the last look are found, too."""
        if (found := self._pages.file(path)) is None:
            self._forget()
            found = self._pages.file(path)
        if found is None:
            raise SourceError(f"{printable(str(path))}: is not a page in a content folder of {self._root}")
        return found

    def _record(self, file: ContentFile) -> HugoRecord:
        return self._pages.record(file, self.check)


def _before(version: str, minor: int) -> bool:
    """Whether a version (``0.111.3``) is older than 0.``minor``; an empty one is the newest."""
    parts = version.split(".")
    return len(parts) > 1 and parts[0] == "0" and parts[1].isdecimal() and int(parts[1]) < minor
