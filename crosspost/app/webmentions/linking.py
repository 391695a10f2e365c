"""Which pages an article links to, by its text and by its page on the web, which must have the very same links."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec

from crosspost.app.page_gate import pages
from crosspost.errors import CrosspostError
from crosspost.ledger.sent_webmentions import MentioningPage
from crosspost.text.numbers import counted
from crosspost.transport import page_check

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.sources.base import Source
    from crosspost.transport.session import Session

#: for how long the page of a deleted post is asked whether it is gone
_PATIENCE = timedelta(days=7)
#: the pauses between two looks at a page that is waited for: a quarter of the time it was waited for, within these
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
#: an article that links to more than that is a list of links
_LINKS = 100


class _Wanted(NamedTuple):
    """Addresses in one spelling: what must be in the page, and what may be."""

    must: frozenset[str]
    may: frozenset[str]


class Linking:
    """Looks at the pages of articles, and keeps in the ledger which other pages they link to.

    :param entries: the posts of the site
    """

    def __init__(
        self, app: "App", ledger: "Ledger", source: "Source", entries: Mapping[str, "Entry"], session: "Session"
    ) -> None:
        self._app, self._ledger, self._entries, self._session = app, ledger, entries, session
        self._store, self._load = ledger.webmentions, pages(app, ledger, source.load).load
        hours = app.settings.run.live_deadline if app.settings is not None else 24
        self._deadline = timedelta(hours=hours)

    def due(self, since: datetime) -> list[MentioningPage]:
        """The pages that are to be looked at now: of articles that are new, changed or gone.

        :param since: what went out before is looked at only where it was once
        """
        known, now = self._store.pages(), self._app.clock()
        found = []
        for post in dict.fromkeys((*self._store.out(since), *known)):
            entry, page = self._entries.get(post), known.get(post)
            if entry is None or entry.state != "ready" or not entry.url:
                continue
            if page is None or page.url != entry.url or page.state == "gone":
                page = MentioningPage(post=post, url=entry.url, state="waiting", since=now, due_at=now)
            elif page.state == "read" and page.fingerprint != entry.fingerprint:
                page = msgspec.structs.replace(page, state="waiting", since=now, due_at=now)
            if page.state == "waiting" and page.due_at <= now:
                found.append(page)
        for post in self._store.gone():
            page = known[post]
            if page.state == "read":
                page = msgspec.structs.replace(page, state="waiting", since=now, due_at=now)
            if page.due_at <= now:
                found.append(page)
        return found

    def look(self, page: MentioningPage) -> str:
        """Look at a page, and keep whom it links to; a sentence for people where a link is missing for good."""
        entry = self._entries.get(page.post)
        if entry is None:
            self._look_whether_gone(page)
            return ""
        try:
            wanted = self._wanted(entry)
        except CrosspostError:  # its delivery says what is wrong with it
            return self._wait(page)
        if not wanted.may and not any(one.source == page.url and one.linked for one in self._store.all([page.post])):
            return self._read(page, entry)
        got = page_check.get(page.url, self._session, _own_hosts(page.url), page_check.RESOLVE)
        late = self._app.clock() - page.since >= self._deadline
        if isinstance(got, page_check.NotYet):
            said = f"{entry.id}: no webmentions are sent: {got.reason}"
            return self._read(page, entry, said) if late else self._wait(page)
        return self._compare(page, entry, wanted, got, late=late)

    def _compare(
        self,
        page: MentioningPage,
        entry: "Entry",
        wanted: _Wanted,
        got: tuple[str, dict[str, str], bytes],
        *,
        late: bool,
    ) -> str:
        """Take those links of the text that the page has; one that is not up to date is waited for."""
        from crosspost.markup.web_links import page_links, spelt

        address, headers, body = got
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        there = {url: spelt(url) for url in page_links(page_check.document(headers, body, len(body)), address)}
        missing = wanted.must - set(there.values())
        if not late and (missing or digest == page.digest):
            return self._wait(page)
        if digest == page.digest:  # an edit that the page does not show
            return self._read(page, entry)
        said = ""
        if missing:
            links = counted(len(missing), "link")
            said = f"{entry.id}: its page lacks {links} of the text ({min(missing)}); no webmention is sent there"
        targets = [url for url, spelling in there.items() if spelling in wanted.may][:_LINKS]
        page = msgspec.structs.replace(page, digest=digest)
        return self._read(page, entry, said, targets)

    def _wanted(self, entry: "Entry") -> _Wanted:
        """:raises CrosspostError: when the post cannot be read"""
        from crosspost.markup.web_links import body_links

        links = body_links(self._load(entry).body, entry.url)
        avoided = self._networks | _own_hosts(entry.url)
        must, bare = (frozenset(url for url in some if _host(url) not in avoided) for some in links)
        return _Wanted(must, must | bare)

    @cached_property
    def _networks(self) -> set[str]:
        """The servers of the site's own accounts: they take no webmentions."""
        hosts = set()
        for name in self._app.accounts():
            identity = self._ledger.account(name).identity
            hosts |= {_host(self._app.base_url(name)), _host(identity.url if identity is not None else "")}
        return hosts

    def _look_whether_gone(self, page: MentioningPage) -> None:
        """The post is not there any more: when its page is not, either, whoever was told is told again."""
        got = page_check.get(page.url, self._session, _own_hosts(page.url), page_check.RESOLVE)
        status = self._session.last.status if self._session.last is not None else None
        if isinstance(got, page_check.NotYet) and status in (404, 410):
            self._store.keep(msgspec.structs.replace(page, state="gone"), ())
        elif self._app.clock() - page.since >= _PATIENCE:
            self._store.keep(msgspec.structs.replace(page, state="gone"))
        else:
            self._wait(page)

    def _wait(self, page: MentioningPage) -> str:
        now = self._app.clock()
        pause = min(max((now - page.since) / 4, _SHORTEST), _LONGEST)
        self._store.keep(msgspec.structs.replace(page, due_at=now + pause))
        return ""

    def _read(self, page: MentioningPage, entry: "Entry", said: str = "", targets: "list[str] | None" = None) -> str:
        read = msgspec.structs.replace(page, state="read", fingerprint=entry.fingerprint)
        self._store.keep(read, targets)
        return said


def _own_hosts(url: str) -> set[str]:
    bare = _host(url).removeprefix("www.")
    return {bare, f"www.{bare}"}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
