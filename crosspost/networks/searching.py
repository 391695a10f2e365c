"""Looking for a post on an account: from when, by whose clock, and what finding nothing means."""

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from crosspost.errors import DeliveryError, Rejected
from crosspost.networks.account import Account
from crosspost.networks.post_search import Page, search

#: smaller differences between clocks are ignored
SLACK = timedelta(minutes=2)
Answer = TypeVar("Answer")


class Listed(NamedTuple):
    """A post that an account lists: its text and address as far as the network says them, "" otherwise."""

    at: datetime | None
    text: str
    url: str


class Searching(Account):
    """What ``find`` of every adapter is made of.

    ``listed`` is what the account listed at the last search, newest first, for a person who looks for the post, too.
    """

    listed: tuple[Listed, ...] = ()

    def search(
        self,
        pages: Iterable[Page],
        since: datetime,
        *,
        shows: Callable[[Any], tuple[Any, str]] | None = None,
        **how: Any,
    ) -> Any | None:
        """:func:`.post_search.search` for this account; None when the post is certainly not there.

        :param shows: a post's text and address; None keeps no list
        :raises Unknown: when it may be there, because responses may lack any field
        """
        self.listed = ()
        pages = self._noting(pages, how["at"], shows) if shows is not None else iter(pages)
        first = [*itertools.islice(pages, 1)]  # its response has the server's time
        start = self.search_start(since)
        return search(f"{self.account}: {self.name}", itertools.chain(first, pages), since=start, **how)

    def _noting(
        self, pages: Iterable[Page], at: Callable[[Any], datetime | None], shows: Callable[[Any], tuple[Any, str]]
    ) -> Iterator[Page]:
        """The same pages; what they list is kept, without what cannot be read of it."""
        for page in pages:
            for post in page.posts:
                with contextlib.suppress(DeliveryError, AttributeError, KeyError, TypeError, ValueError):
                    text, url = shows(post)
                    self.listed = (*self.listed, Listed(at(post), str(text or "").strip(), url))
            yield page

    def search_start(self, since: datetime) -> datetime:
        """Where a search starts, by the server's clock, for a post begun at ``since`` by ours; rather too early."""
        ahead = self.session.ahead or timedelta()
        return since.astimezone(UTC) - SLACK - (ahead if ahead >= SLACK else timedelta())

    def ask_since(self, since: datetime, ask: Callable[[datetime], Answer]) -> Answer:
        """Request the posts since then; again if the response shows that our clock is ahead."""
        start = self.search_start(since)
        try:
            answer = ask(start)
        except Rejected:  # the time is in the future there
            if self.search_start(since) > start - SLACK:
                raise
            return ask(self.search_start(since))
        earlier = self.search_start(since)
        return ask(earlier) if earlier <= start - SLACK else answer
