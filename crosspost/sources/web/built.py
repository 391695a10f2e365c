"""The source for what a generator built: a folder of HTML. It knows nothing about the generator."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Overrides, Post
from crosspost.sources.dates import zone
from crosspost.sources.front_matter import bounded, read_bytes
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import Keys
from crosspost.sources.post_file import understood
from crosspost.sources.post_language import language
from crosspost.sources.post_paths import below, missing, read_inside
from crosspost.sources.same_address import refuse_twins, refused
from crosspost.sources.site_files import SiteFiles
from crosspost.sources.site_source import SiteSource
from crosspost.sources.web import built_folder
from crosspost.sources.web.cut_off import cut_off
from crosspost.sources.web.markdown_files import MarkdownFile, Pairs
from crosspost.sources.web.nesting import TooDeep
from crosspost.sources.web.post_data import data_of, shown_of
from crosspost.sources.web.web_page import WebPage, decoded, read_page
from crosspost.sources.web.web_record import WebRecord, keys_of, moment
from crosspost.text.printable import printable

#: of pages that nobody would take for a post: they are not listed
_LIST = "it is a list or an ordinary page: it says no date, and nothing marks it as an article"
_UNDATED = "its page says no date; one that has none is never taken for new"
_MARKDOWN = (".md", ".markdown", ".mdx", ".qmd", ".rst", ".njk", ".mdown")


class BuiltSource(SiteSource):
    """Reads the posts of a built site: every page that is marked as an article, or says when it was published.

    :param root: the folder of the site, or the folder that was built
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param url: the site's address; else what its home page says
    :param built: the folder that was built, relative to ``root``; "" looks for one
    :param posts: the only folder of pages that are posts, such as ``blog``
    """

    nothing = "no page is marked as an article or says when it was published"

    def __init__(
        self,
        root: Path,
        *,
        now: datetime,
        url: str = "",
        baseurl: str | None = None,
        timezone: str = "",
        lang: str = "",
        built: str = "",
        posts: str = "",
        keys: Keys = Keys(),  # noqa: B008  # frozen: the shared default cannot be changed
    ) -> None:
        super().__init__(root, now=now, keys=keys)
        self._posts = posts.strip("/")
        self._built, self._url, self._baseurl = built, url, baseurl or ""
        self._timezone, self._lang = timezone, lang

    # ── the site ──────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def folder(self) -> Path:
        """The folder that was built.

        :raises SourceError: when there is none
        """
        return built_folder.find(self._root, self._built)

    @cached_property
    def site(self) -> Site:
        """What the home page says about the site.

        :raises SourceError: when there is no built folder, or it was built for this machine only
        """
        front = self._front
        url = self._url or built_folder.address(self.folder, front)
        try:
            local = zone(self._timezone)
        except ValueError as error:
            raise SourceError(f"{self._root}: timezone: {error}") from None
        return Site(
            url=url.rstrip("/"), baseurl=self._baseurl, zone=local, title=front.site or front.title,
            lang=language(self._lang) or front.lang,
        )  # fmt: skip

    @cached_property
    def _front(self) -> WebPage:
        """The home page; an empty one when it cannot be read."""
        try:
            return read_page(decoded(read_bytes(str(self.folder / "index.html"))), f"https://{built_folder.NO_SITE}/")
        except (OSError, PostRefused, TooDeep):
            return WebPage()

    @cached_property
    def _pairs(self) -> Pairs | None:
        project = built_folder.project_of(self._root, self.folder)
        return Pairs(project, self.folder) if project is not None else None

    @property
    def where(self) -> str:
        """The folder that was built."""
        return str(self.folder)

    @property
    def timezone(self) -> str:
        """The name of the time zone that the settings choose."""
        return self._timezone

    def need_url(self) -> None:
        """Check that the site's address is known.

        :raises SourceError: when it is not, with what to do
        """
        if not self.site.url:
            raise SourceError(
                f"{self.folder}: the address of the site is unknown, because its home page names none (canonical); set "
                "url under [site] in crosspost.toml"
            )

    # ── listing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def scan(self) -> Iterator[Entry]:
        """List every page that is or might be a post, by path.

        :raises SourceError: when the folder cannot be read or the site's address is unknown
        """
        self.need_url()
        yield from self.paths()

    def paths(self) -> list[Entry]:
        """List like :meth:`scan`, also for a site without an address."""
        self.__dict__.pop("_pairs", None)
        found = (self._entry(path) for path in built_folder.pages(self.folder))
        return refuse_twins(entry for entry in found if entry.reason != _LIST)

    def entry(self, path: Path) -> Entry:
        """The entry of one page, by its file, or by the Markdown file it was made from.

        :raises SourceError: when ``path`` is not a page of this site
        """
        self.need_url()
        if not os.path.lexists(path):
            raise SourceError(printable(missing(path)))
        if path.suffix.lower() in _MARKDOWN:
            return self._of_markdown(path)
        if path.is_dir():
            path = path / "index.html"
        inside = below(path, self.folder)
        if not inside.endswith(built_folder.ENDINGS) or not path.exists():
            raise SourceError(f"{printable(str(path))}: is not a page (.html) of {self.folder}")
        found = self._entry(inside)
        if found.state != "ready":
            return found
        same = [one for one in map(self._entry, built_folder.pages(self.folder)) if one.url == found.url]
        twins = [one for one in same if one.id != found.id and one.state == "ready"]
        return refused(found, twins) if twins else found

    def _of_markdown(self, path: Path) -> Entry:
        """The page that was made from a Markdown file."""
        wanted = str(path.resolve())
        for name in built_folder.pages(self.folder):
            found = self._entry(name)
            if found.state != "skipped" and (pair := self._sources.get(found.id)) and pair == wanted:
                return found
        raise SourceError(
            f"{printable(str(path))}: no page of {self.folder} was made from it; build the site, or name the page"
        )

    @cached_property
    def _sources(self) -> dict[str, str]:
        """Id → the Markdown file of the page; filled as pages are read."""
        return {}

    def load(self, entry: Entry) -> Post:
        """Read one page fully, even one that is skipped.

        :raises PostRefused: when it cannot be understood
        """
        from crosspost.sources.post_builder import make_post

        self.need_url()
        with understood(entry.path) as reading:
            reading.record = record = self._record(self._inside(entry.path))
            files = SiteFiles(self.folder, Path(entry.path).parent, self.site, data={}, page=record.relative_url())
            return make_post(record, self.folder, entry.id, record.url, keys_of(self.keys), self._layouts, files)

    # ── one page ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _entry(self, name: str) -> Entry:
        path, id_ = self._path(name), built_folder.id_of(name)
        try:
            with understood(path) as reading:
                reading.record = record = self._record(name)
                return self._listed(record, id_, record.page)
        except PostRefused as error:
            return Entry(id=id_, path=path, state="refused", reason=str(error))

    def _listed(self, record: "_BuiltRecord", id_: str, page: WebPage) -> Entry:
        reason = self._no_post(record, id_, page)
        if not reason and record.paired is not None and record.paired.problem:
            raise record.refuse(f"its Markdown file cannot be used: {record.paired.problem}")
        return Entry(
            id=id_,
            path=record.path,
            url=record.url,
            date=record.given,
            title=record.headline(),
            tags=record.tags(),
            state="skipped" if reason else "ready",
            reason=reason,
            overrides=Overrides() if reason else record.overrides(),
            fingerprint=record.fingerprint,
            left_out=record.left_out(self._layouts),
        )

    def _no_post(self, record: "_BuiltRecord", id_: str, page: WebPage) -> str:
        """Why a page is not a post; "" for a post."""
        if id_ in ("index", "404") or page.kind in ("list", "redirect"):
            return _LIST
        if self._posts and not f"{id_}/".startswith(f"{self._posts}/"):
            return f"it is not in {self._posts}, which [site] posts names"
        if page.hidden:
            return page.hidden
        if record.given is None:
            return _UNDATED if page.kind == "article" else _LIST
        if record.given > self._now:
            return f"its date is in the future: {record.given:%Y-%m-%d %H:%M %Z}"
        if not record.headline():
            raise record.refuse("the page has no title")
        return built_folder.elsewhere(record.own, page.canonical, self.site, self.folder)

    def _record(self, name: str) -> "_BuiltRecord":
        path = self._path(name)
        raw = read_inside(path, self.folder)
        if cut_off(raw):
            raise PostRefused(path, "ends in the middle: perhaps the build is still at work, or was stopped")
        own = built_folder.page_address(name, self.site)
        try:
            page = read_page(decoded(raw), own or f"https://{built_folder.NO_SITE}/{name}")
        except TooDeep as error:
            raise PostRefused(path, str(error)) from None
        address = built_folder.chosen(own, page.canonical, self.site)
        date = moment(page.published, self.site)
        pair = self._pairs.of(page.title, date, address) if self._pairs is not None else None
        if pair is not None:
            self._sources[built_folder.id_of(name)] = pair.path
        page = shown_of(page, self._front)
        record = _BuiltRecord(
            path,
            url=address,
            title=printable(page.title),
            text=bounded(page.text, path),
            site=self.site,
            date=date,
            data=data_of(page, pair.front if pair else None, self.keys),
            check=self.check,
            markdown=pair.front if pair else None,
        )
        record.page, record.paired, record.own = page, pair, own
        record.fingerprint = _fingerprint(page, address, pair)
        return record

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)  # noqa: PTH118 - thousands of them

    def _inside(self, path: str) -> str:
        return Path(path).relative_to(self.folder).as_posix()


class _BuiltRecord(WebRecord):
    """With the page, and its Markdown file."""

    page: WebPage = WebPage()
    paired: MarkdownFile | None = None
    own = ""  # the address of its file

    def refuse(self, reason: str, *keys: str | int) -> PostRefused:
        """Make an error for this page; what its Markdown file says wrongly is told with that file's line."""
        if keys[:1] == ("crosspost",) and self.paired is not None:
            return PostRefused(self.paired.path, reason, self.paired.front.line(*keys))
        return super().refuse(reason, *keys)


def _fingerprint(page: WebPage, address: str, pair: MarkdownFile | None) -> str:
    """Changes with anything a post is made of, but not with what a build writes into every page."""
    said = (page.title, page.description, page.picture, page.alt, page.lang, page.published, page.tags, page.text)
    front = repr(pair.front.data) if pair is not None else ""
    return hashlib.blake2b(f"{said}\n{address}\n{front}".encode("utf-8", "replace"), digest_size=8).hexdigest()
