"""The source for a feed on the web: RSS, Atom, JSON Feed, or a sitemap; nothing of the site has to be on this machine.

The feed gives order and identity, the page of each post its picture, description and whole text.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Post
from crosspost.sources.dates import zone
from crosspost.sources.feed.feed_post import FeedPost, facts_of, of_page
from crosspost.sources.feed.http_cache import Answers, Fetch
from crosspost.sources.feed.item_ids import named
from crosspost.sources.feed.items import Feed, Item, read_feed
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import Keys
from crosspost.sources.post_file import understood
from crosspost.sources.post_language import language
from crosspost.sources.same_address import refuse_twins
from crosspost.sources.site_files import SiteFiles
from crosspost.sources.site_source import SiteSource
from crosspost.sources.web.nesting import TooDeep
from crosspost.sources.web.web_page import WebPage, decoded, read_page
from crosspost.sources.web.web_record import WebRecord, keys_of, moment
from crosspost.text.printable import printable
from crosspost.text.url_comparison import place, without_tracking

#: pages change rarely, and each is asked for at most this often
_PAGE_AGE = timedelta(hours=1)


class FeedSource(SiteSource):
    """Reads the posts of a feed.

    :param address: of the feed, or of a page that names it (``https://example.org``)
    :param now: the current time (time zone aware), which decides which dates are in the future
    :param fetch: asks the web; see :class:`crosspost.sources.feed.http_cache.Answer`
    :param memory: the folder in which answers are kept, so that unchanged ones are not sent again; None: none
    :param root: a folder for pictures that are drawn
    :param url: the site's address, if it is not that of the feed's ``<link>``
    :param timezone: of dates without one
    :param told: when somebody said that there is something new; None: never
    """

    whole = False
    nothing = "the feed has no items"

    def __init__(
        self,
        address: str,
        *,
        now: datetime,
        fetch: Fetch,
        memory: Path | None = None,
        root: Path = Path(),
        url: str = "",
        timezone: str = "",
        lang: str = "",
        keys: Keys = Keys(),  # noqa: B008  # frozen: the shared default cannot be changed
        told: datetime | None = None,
    ) -> None:
        super().__init__(root, now=now, keys=keys)
        self._address = address
        self._url, self._timezone, self._lang = url, timezone, lang
        self._answers = Answers(fetch, memory, now, told)
        self._moved = ""

    # ── the feed ──────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def feed(self) -> Feed:
        """The feed; asked for once.

        :raises SourceError: when it does not answer, or with something else
        """
        return self._read(self._address, looks=True)

    def _read(self, address: str, *, looks: bool) -> Feed:
        answer = self._answers.get(address, hinted=True)
        if answer.problem:
            hint = ""
            if answer.status == 410:
                hint = "; it was taken off the web for good, so name another one as `feed` under [site]"
            raise SourceError(f"{answer.problem}{hint}")
        if answer.moved and looks:
            self._moved = answer.moved
        found = read_feed(answer)
        if found is not None:
            return found
        if looks:
            try:
                page = read_page(decoded(answer.body, answer.headers.get("content-type", "")), answer.url)
            except TooDeep:
                page = WebPage()
            for feed in page.feeds[:1]:
                return self._read(feed, looks=False)
        raise SourceError(
            f"{address}: answers with a page that is not a feed and names none (an error page, perhaps); "
            "name the address of the feed as `feed` under [site]"
        )

    @cached_property
    def site(self) -> Site:
        """What the feed says about its site.

        :raises SourceError: as :attr:`feed`
        """
        feed = self.feed
        return Site(
            url=(self._url or feed.home or feed.url).rstrip("/"),
            zone=self.zone,
            title=feed.title,
            lang=language(self._lang) or language(feed.lang),
        )

    @property
    def url(self) -> str:
        """Address of the site, without a slash at the end."""
        return self.site.url  # as it is written

    @property
    def where(self) -> str:
        """The address of the feed."""
        return self.feed.url

    @property
    def zone(self) -> tzinfo:
        """The chosen time zone; asks nobody.

        :raises SourceError: when there is no such zone
        """
        try:
            return zone(self._timezone)
        except ValueError as error:
            raise SourceError(f"timezone: {error}") from None

    @property
    def timezone(self) -> str:
        """The name of the time zone that the settings choose."""
        return self._timezone

    @property
    def warnings(self) -> tuple[str, ...]:
        """That the feed moved for good, once it was read."""
        if not self._moved:
            return ()
        return (f"the feed {self._address} moved for good to {self._moved}; name that one as `feed` under [site]",)

    # ── listing ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _items(self) -> dict[str, Item]:
        return dict(named(self.feed.items))

    def scan(self) -> Iterator[Entry]:
        """List the items of the feed, oldest first. Those it does not have any more are not listed.

        :raises SourceError: when the feed cannot be read
        """
        found = [self._entry(name, item) for name, item in self._items.items()]
        yield from refuse_twins(reversed(found))

    def entry(self, path: Path) -> Entry:
        """The entry of one address, also of a page of the site that the feed does not have any more.

        :raises SourceError: when it is not one of the site's
        """
        address = _as_address(path)
        for name, item in self._items.items():
            found = self._entry(name, item)
            if address in (found.path, name, item.url) or (item.url and place(item.url) == place(address)):
                return found
        if urlsplit(address).hostname != urlsplit(self.url).hostname or not place(address):
            raise SourceError(f"{printable(address)}: is not an address of {self.url}, and no item of its feed")
        bare = without_tracking(address)  # a path has lost the slash at its end, too
        url = next((one for one in (bare, f"{bare}/") if self._page(one) is not None), bare)
        return self._entry(place(url), Item(url=url))

    def load(self, entry: Entry) -> Post:
        """Read one post fully: what the feed says, and what its page says.

        :raises PostRefused: when it cannot be understood
        """
        from crosspost.sources.post_builder import make_post

        with understood(entry.path):
            items = {self._path(name, item): item for name, item in self._items.items()}
            item = items.get(entry.path) or Item(url=entry.path)
            page, warning = self._page_of(item)
            facts = facts_of(item, page, self._front)
            record = self._record(entry.path, facts)
            files = SiteFiles(self._root, self._root, self.site, data={}, page=record.relative_url())
            post = make_post(record, self._root, entry.id, record.url, keys_of(self.keys), self._layouts, files)
        if not warning:
            return post
        import msgspec

        return msgspec.structs.replace(post, warnings=(*post.warnings, warning))

    # ── one item ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _entry(self, name: str, item: Item) -> Entry:
        path = self._path(name, item)
        try:
            with understood(path):
                return self._listed(name, path, item)
        except PostRefused as error:
            return Entry(id=name, path=path, state="refused", reason=str(error))

    def _listed(self, name: str, path: str, item: Item) -> Entry:
        facts = of_page(item, self._page(item.url)) if not item.title or not item.published else FeedPost.of(item)
        record = self._record(path, facts)
        reason = ""
        if record.given is None:
            reason = "it says no date that can be read; one that has none is never taken for new"
        elif record.given > self._now:
            reason = f"its date is in the future: {record.given:%Y-%m-%d %H:%M %Z}"
        return Entry(
            id=name,
            path=path,
            url=record.url,
            date=record.given,
            title=record.headline(),
            tags=record.tags(),
            state="skipped" if reason else "ready",
            reason=reason,
            fingerprint=_fingerprint(item),
            left_out=record.left_out(self._layouts),
        )

    def _record(self, path: str, facts: FeedPost) -> WebRecord:
        if not facts.url:
            raise PostRefused(path, "has no address (link), so there is nothing to lead to")
        if not facts.title:
            raise PostRefused(path, "has neither a title nor a text")
        return WebRecord(
            path,
            url=facts.url,
            title=facts.title,
            text=facts.bounded(path),
            site=self.site,
            date=moment(facts.published, self.site),
            data=facts.data(),
            check=self.check,
        )

    def _page_of(self, item: Item) -> tuple[WebPage | None, str]:
        """The page of an item, and a warning when it is of no use."""
        page = self._page(item.url)
        if page is None:
            return None, f"its page {item.url} cannot be read, so only the feed's own words and pictures are used"
        if item.title and not FeedPost.of(item).is_on(page):
            return None, f"its page {item.url} is another one (an error page, perhaps); only the feed is used"
        return page, ""

    def _page(self, url: str) -> WebPage | None:
        answer = self._answers.get(url, young=_PAGE_AGE) if url else None
        if answer is None or answer.problem:
            return None
        try:
            return read_page(decoded(answer.body, answer.headers.get("content-type", "")), answer.url)
        except TooDeep:
            return None

    @cached_property
    def _front(self) -> WebPage:
        """The home page, whose description and picture are not those of a post."""
        return self._page(self.url + "/") or WebPage()

    def _path(self, name: str, item: Item) -> str:
        return printable(item.url) or f"{self.feed.url}#{name}"


def _as_address(path: Path) -> str:
    """The address that was written; a path has lost one of its slashes."""
    text = str(path)
    for scheme in ("https", "http"):
        if text.startswith(f"{scheme}:/") and not text.startswith(f"{scheme}://"):
            return f"{scheme}://{text.removeprefix(f'{scheme}:/')}"
    return text


def _fingerprint(item: Item) -> str:
    """Changes with what an item says; not with its id, its date or when it was updated."""
    said = (item.title, place(item.url), item.text, item.summary, item.tags, item.picture)
    return hashlib.blake2b(repr(said).encode("utf-8", "replace"), digest_size=8).hexdigest()
