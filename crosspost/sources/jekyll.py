"""A Jekyll site, or a plain folder of files named like Jekyll's posts, as a source."""

import hashlib
import logging
import os
import time
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Overrides, Post
from crosspost.printable import printable
from crosspost.smallfile import read_small
from crosspost.sources import frontmatter, permalink
from crosspost.sources.base import Source
from crosspost.sources.files import missing
from crosspost.sources.names import POSTS, Name, Rules, list_names
from crosspost.sources.record import Check, Record
from crosspost.sources.remembered import Remembered
from crosspost.sources.site import CONFIG, Site, find_site, read_site

__all__ = ["JekyllSource", "find_site"]

log = logging.getLogger("crosspost.sources")


class JekyllSource(Source):
    """Reads the posts of a Jekyll site and gives them the addresses Jekyll gives them.

    :param root: the folder with ``_config.yml``, or a plain folder with files named ``2024-03-05-title.md``
    :param now: the moment (with a zone) that decides which dates lie in the future
    :param url: address of the site (``https://example.org``); this and the following go before ``_config.yml``
    :param baseurl: path below that address (``/blog``); None: not given
    :param permalink: a style (``pretty``) or template (``/:year/:title/``)
    :param timezone: name of a zone (``Europe/Berlin``); UTC when neither this nor ``_config.yml`` says one
    :param lang: language of posts that name none
    :param posts: the one folder with posts, when it is not called ``_posts``
    :param engine: which Jekyll builds the site: ``3.9`` (GitHub Pages), ``3.10`` or ``4.3``
    :param emoji: whether ``:tada:`` is 🎉; None: where the site uses jemoji
    :param memory: a file in which :meth:`scan` remembers its listing; None: nothing is written
    :ivar check: what is wrong with a post's ``crosspost:`` that can be read, such as an account nobody has

    A post's id comes from its file name alone, see :mod:`crosspost.sources.names`. ``published: false`` is skipped
    even where the site shows unpublished posts, and so are drafts: neither is announced.
    """

    def __init__(
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
    ) -> None:
        self._root = root
        self._now = now
        self._memory = memory
        self._emoji = emoji
        self._given = {"url": url, "baseurl": baseurl, "permalink": permalink, "timezone": timezone, "lang": lang}
        self._posts = posts
        self.check = Check()
        self._jekyll4 = engine.startswith("4")
        self._names: dict[str, Name] = {}

    @cached_property
    def site(self) -> Site:
        """What ``_config.yml`` and the given settings say together; read once.

        :raises SourceError: when it cannot be read or used
        """
        return read_site(self._root, self._given, jekyll4=self._jekyll4, emoji=self._emoji)

    @property
    def root(self) -> Path:
        """The folder of the site, as it was given."""
        return self._root

    @property
    def title(self) -> str:
        """Name of the site."""
        return self.site.title

    @property
    def lang(self) -> str:
        """Language of the site, such as ``de-DE``; "" when it says none."""
        return self.site.lang

    @property
    def url(self) -> str:
        """Address of the site with its base path, without a slash at the end; "" when it has none."""
        if not self.site.url:
            return ""
        return permalink.absolute_url(self.site.url, self.site.baseurl, "/").rstrip("/")

    def scan(self) -> Iterator[Entry]:
        """List every file that is or might be a post, oldest first by file name.

        :raises SourceError: when the site cannot be read or its address is unknown
        """
        self._need_url()
        names = self._refresh()
        if self._memory is None:
            yield from map(self._entry, names)
            return
        begun = time.time_ns()
        remembered = Remembered(self._memory, self._about())
        for name in names:
            found = remembered.entry(self._path(name), lambda n=name: self._entry(n))  # type: ignore[misc]  # mypy and defaults
            late = found.date is not None and found.date > self._now and not self.site.future
            # the id depends on the other files' names, the date on the clock: both are never taken from memory
            yield self._entry(name) if late or found.id != name.id else found
        remembered.save(begun)

    def _about(self) -> str:
        """Everything but the file itself that an entry depends on."""
        config = self._root / CONFIG
        text = read_small(config).decode("utf-8", "replace") if config.is_file() else ""
        given = f"{self._given}\n{self._posts}\n{self._jekyll4}\n{self.site.emoji}"
        return f"{given}\n{os.environ.get('TZ', '')}\n{text}\n{self.check.about}"

    def entry(self, path: Path) -> Entry:
        """Give the same entry as :meth:`scan` for one file.

        :raises SourceError: when ``path`` is not a file of the posts folders of this site
        """
        self._need_url()
        return self._entry(self._name(path))

    def load(self, entry: Entry) -> Post:
        """Read one post fully, also one that is skipped only for its date or ``published: false``.

        :raises PostRefused: when it cannot be understood or is no post
        """
        from crosspost.sources.content import make_post

        self._need_url()
        name = self._name(Path(entry.path))
        if name.reason and not name.draft:
            raise PostRefused(entry.path, name.reason)
        try:
            record = self._read(name)
            return make_post(record, self._root, entry.id, self._absolute(record.relative_url()))
        except PostRefused:
            raise
        except Exception as error:  # as in _entry
            log.debug("unexpected", exc_info=True)
            said = f"cannot be understood ({type(error).__name__}: {str(error)[:200]})"
            raise PostRefused(entry.path, said) from error

    def relative_url(self, entry: Entry) -> str:
        """Give Jekyll's ``page.url`` of a post: its address below the site, which needs no site address.

        :raises PostRefused: when it cannot be understood
        """
        return self._read(self._name(Path(entry.path))).relative_url()

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _need_url(self) -> None:
        if not self.site.url:
            raise SourceError(
                f'{self._root / CONFIG}: the address of the site is unknown; set url: "https://…" there, or url under '
                "[site] in crosspost.toml"
            )

    def _refresh(self) -> list[Name]:
        site = self.site
        if printable(os.path.abspath(self._root)) != os.path.abspath(self._root):  # noqa: PTH100 - resolves no link
            raise SourceError(
                f"{printable(str(self._root))}: the name of this folder cannot be written down; rename it"
            )
        rules = Rules(folder=self._folder(site), exclude=site.exclude, include=site.include)
        try:
            names = list_names(os.fspath(self._root), rules)
        except OSError as error:
            raise SourceError(f"{error.filename}: cannot be read: {error.strerror}") from None
        self._names = {name.path: name for name in names}
        return names

    def _folder(self, site: Site) -> str:
        if self._posts:
            return self._posts
        if site.posts_below:
            return f"{site.posts_below}/{POSTS}"
        if (self._root / CONFIG).is_file() or (self._root / POSTS).is_dir():
            return ""
        return "posts" if (self._root / "posts").is_dir() else "."

    def _name(self, path: Path) -> Name:
        shown = printable(str(path))
        if not os.path.lexists(path):
            raise SourceError(printable(missing(path)))
        try:
            # only the folder is resolved: a post that is itself a link keeps its name
            inside = (path.parent.resolve() / path.name).relative_to(self._root.resolve()).as_posix()
        except (ValueError, OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            raise SourceError(f"{shown}: is not in {self._root}") from None
        inside = printable(inside)
        if inside not in self._names:
            self._refresh()
        if inside not in self._names:
            raise SourceError(f"{shown}: is not a file in a posts folder of {self._root}")
        return self._names[inside]

    def _path(self, name: Name) -> str:
        return os.path.join(self._root, name.path)  # noqa: PTH118 - pathlib costs as much as reading the YAML

    # ── entries ───────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, name: Name) -> Record:
        path = self._path(name)
        try:
            if name.link and not Path(path).resolve().is_relative_to(self._root.resolve()):
                raise PostRefused(path, "is a symbolic link that leads out of the site")
            raw = frontmatter.read_bytes(path)
        except OSError as error:
            raise PostRefused(path, f"cannot be read: {error.strerror}") from None
        front = frontmatter.parse(raw, path)
        record = Record(name, path, front, self.site, jekyll4=self._jekyll4, check=self.check)
        record.fingerprint = hashlib.blake2b(raw, digest_size=8).hexdigest()
        return record

    def _entry(self, name: Name) -> Entry:
        path = self._path(name)
        if name.unread:
            return Entry(id=name.id, path=path, state="refused", reason=f"{path}: {name.reason}")
        if name.reason and not name.draft:
            return Entry(id=name.id, path=path, state="skipped", reason=name.reason)
        try:
            record = self._read(name)
            if name.draft and not name.day and record.data.get("date") is None:
                return Entry(id=name.id, path=path, title=record.headline(), state="skipped", reason=name.reason)
            return self._listed(record)
        except PostRefused as error:
            return Entry(id=name.id, path=path, state="refused", reason=str(error))
        except Exception as error:  # a file nobody foresaw stops itself, never the other posts
            log.debug("unexpected", exc_info=True)
            reason = f"{path}: cannot be understood ({type(error).__name__}: {str(error)[:200]})"
            return Entry(id=name.id, path=path, state="refused", reason=reason)

    def _listed(self, record: Record) -> Entry:
        date = record.date
        reason = record.name.reason or self._hidden(record, date)
        return Entry(
            id=record.name.id,
            path=record.path,
            url=self._absolute(record.relative_url()),
            date=date,
            title=record.headline(),
            tags=record.tags(),
            state="skipped" if reason else "ready",
            reason=reason,
            overrides=record.overrides() if "crosspost" in record.data else Overrides(),
            fingerprint=record.fingerprint,
        )

    def _hidden(self, record: Record, date: datetime) -> str:
        if not record.published():
            return "published: false"
        if date > self._now and not self.site.future:
            return f"its date is in the future: {date:%Y-%m-%d %H:%M %Z}"
        if not record.front.body.strip() and record.data.get("title") is None and not record.data.get("description"):
            raise record.refuse("the post is empty: it has neither a title nor a text")
        return ""

    def _absolute(self, relative: str) -> str:
        return permalink.absolute_url(self.site.url, self.site.baseurl, relative)
