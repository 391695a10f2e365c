"""Looking for a post on an account: from when, by whose clock, and what finding nothing means."""

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from crosspost.errors import Rejected
from crosspost.networks.account import Account
from crosspost.networks.post_search import Page, search

#: smaller differences between clocks are ignored
SLACK = timedelta(minutes=2)
Answer = TypeVar("Answer")


class Searching(Account):
    """What ``find`` of every adapter is made of."""

    def search(self, pages: Iterable[Page], since: datetime, **how: Any) -> Any | None:
        """:func:`.post_search.search` for this account; None when the post is certainly not there.

        :raises Unknown: when it may be there, because responses may lack any field
        """
        pages = iter(pages)
        first = [*itertools.islice(pages, 1)]  # its response has the server's time
        start = self.search_start(since)
        return search(f"{self.account}: {self.name}", itertools.chain(first, pages), since=start, **how)

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
