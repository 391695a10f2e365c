"""Reads one file of a posts folder as a record, and lists it as an entry."""

import hashlib
import logging
import os
from datetime import datetime
from pathlib import Path

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry
from crosspost.sources import front_matter, permalink
from crosspost.sources.filenames import Name
from crosspost.sources.jekyll_site import CONFIG, Site
from crosspost.sources.post_language import Layouts
from crosspost.sources.post_record import Check, Record

log = logging.getLogger("crosspost.sources")


class understood:  # noqa: N801  # a context manager, and half as slow as a generator for thousands of posts
    """Turn unexpected errors inside into a refusal of this file, so that it never stops the other posts.

    :ivar record: the post, once it is read; when it is refused, everything else that is wrong with it is told too
    :raises PostRefused: for any error that does not concern the whole site
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.record: Record | None = None

    def __enter__(self) -> "understood":
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, PostRefused) and self.record is not None:
            from crosspost.sources.every_mistake import every_mistake

            raise every_mistake(self.record, error) from None
        if not isinstance(error, Exception) or isinstance(error, PostRefused | SourceError):
            return
        log.debug("unexpected", exc_info=True)
        reason = f"cannot be understood ({type(error).__name__}: {str(error)[:200]})"
        raise PostRefused(self._path, reason) from error


class Reader:
    """Reads the files of one site.

    :param root: the folder of the site
    :param now: the current time, which decides which dates are in the future
    :param check: checks a post's ``crosspost:`` against the configured accounts
    :param layouts: for the language of posts without one
    """

    def __init__(self, root: Path, site: Site, now: datetime, *, jekyll4: bool, check: Check, layouts: Layouts) -> None:
        self._check, self._layouts = check, layouts
        self._root, self._site, self._now, self._jekyll4 = root, site, now, jekyll4
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - as below

    def path(self, name: Name) -> str:
        """The file's name in messages."""
        return self._prefix + name.path  # pathlib costs as much as reading the YAML

    def read(self, name: Name) -> Record:
        """Read a file.

        :raises PostRefused: when its front matter cannot be understood, or it is outside the site
        """
        path = self.path(name)
        try:
            if name.link and not Path(path).resolve().is_relative_to(self._root.resolve()):
                raise PostRefused(path, "is a link to a file outside the site; put the file itself there")
            raw = front_matter.read_bytes(path)
        except OSError as error:
            raise PostRefused(path, f"cannot be read: {error.strerror}") from None
        front = front_matter.parse(raw, path)
        record = Record(name, path, front, self._site, jekyll4=self._jekyll4, check=self._check)
        record.fingerprint = hashlib.blake2b(raw, digest_size=8).hexdigest()
        return record

    def post(self, name: Name) -> Record:
        """Read a post, even one that is skipped because of its date or ``published: false``.

        :raises PostRefused: as :meth:`read`, and when it is not a post
        """
        if name.reason and not name.draft:
            raise PostRefused(self.path(name), name.reason)
        record = self.read(name)
        if problem := self._without_front(record):
            raise record.refuse(problem)
        return record

    def entry(self, name: Name) -> Entry:
        """List a file; an error only affects this entry."""
        path = self.path(name)
        if name.unread:
            return Entry(id=name.id, path=path, state="refused", reason=f"{path}: {name.reason}")
        if name.reason and not name.draft:
            return Entry(id=name.id, path=path, state="skipped", reason=name.reason)
        try:
            with understood(path) as reading:
                reading.record = record = self.read(name)
                if name.draft and not name.day and record.data.get("date") is None:
                    return Entry(id=name.id, path=path, title=record.headline(), state="skipped", reason=name.reason)
                return self._listed(record)
        except PostRefused as error:
            return Entry(id=name.id, path=path, state="refused", reason=str(error))

    def _without_front(self, record: Record) -> str:
        """The reason to refuse a file that should have front matter but has none; else ""."""
        if record.front.there:
            return ""
        if begins := front_matter.instead(record.front.body):
            return f"begins with {begins}"
        if (self._root / CONFIG).is_file():
            return "has no front matter; write two lines of --- at its beginning, with `title:` between them"
        return ""

    def _listed(self, record: Record) -> Entry:
        date = record.date
        reason = record.name.reason or self._hidden(record, date)
        problem = "" if reason else self._without_front(record)
        return Entry(
            id=record.name.id,
            path=record.path,
            url=self.absolute(record.relative_url()),
            date=date,
            title=record.headline(),
            tags=record.tags(),
            state="skipped" if reason else "refused" if problem else "ready",
            reason=str(record.refuse(problem)) if problem else reason,
            overrides=record.overrides(),
            fingerprint=record.fingerprint,
            left_out=record.left_out(self._layouts),
        )

    def _hidden(self, record: Record, date: datetime) -> str:
        if not record.published():
            return "published: false"
        if record.draft():
            return "draft: true"
        if date > self._now and not self._site.future:
            return f"its date is in the future: {date:%Y-%m-%d %H:%M %Z}"
        if record.empty():
            raise record.refuse("the post is empty: it has neither a title nor a text")
        return ""

    def absolute(self, relative: str) -> str:
        """The absolute URL of an address relative to the site."""
        return permalink.absolute_url(self._site.url, self._site.baseurl, relative)
