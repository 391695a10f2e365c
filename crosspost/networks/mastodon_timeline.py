"""The account's own posts on a server with Mastodon's API: which of them is the one that was sent?

Sources: docs.joinmastodon.org/methods/{accounts,statuses}, checked 2026-11-22.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crosspost.errors import AuthExpired, NotSent, RateLimited, Rejected
from crosspost.model import Draft, Prepared, Receipt
from crosspost.networks.mastodon_server import MastodonServer
from crosspost.networks.post_search import Page, moment, plain, same_words, says_link, text


class MastodonTimeline(MastodonServer):
    """How :class:`.mastodon.Mastodon` finds a post."""

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        found = self.search(
            self._statuses(),
            since,
            at=lambda status: moment(status.get("created_at")),
            same=lambda status: self._in_place(status, prepared) and self._same(status, prepared.draft),
            shows=lambda status: (plain(str(status.get("content") or "")), self._receipt(status).url),
        )
        return self._receipt(found) if found is not None else None

    def _statuses(self) -> Iterator[Page]:
        """The account's posts. A short page need not be the last: filters are applied after the limit."""
        below = None
        while True:
            with self.talking():
                posts = list(
                    self._client().account_statuses(self.me().id, exclude_reblogs=True, limit=40, max_id=below)
                )
            yield Page(posts, more=bool(posts))
            if not posts or not (below := posts[-1].get("id")):
                return

    def _same(self, status: Any, draft: Draft) -> bool | None:
        """Compare the text as the server received it; if that is not available, the HTML the server shows."""
        source, certain = self._source(status.get("id"))
        if source is not None:
            return same_words(source, draft.text)
        shown = text(status.get("content"))
        if shown is None:
            return None
        shown = plain(shown)
        linked = says_link(shown, draft.link)
        if same_words(shown, draft.text) or linked:
            return True
        return False if certain and linked is False else None

    def _in_place(self, status: Any, prepared: Prepared) -> bool:
        """Whether a post is on its own, or a reply to the same post; True if the server does not say."""
        return "in_reply_to_id" not in status or str(status["in_reply_to_id"] or "") == prepared.reply_to

    def _source(self, status_id: Any) -> tuple[str | None, bool]:
        """A post's text as the server received it, or None; and whether this server never returns it."""
        if not status_id:
            return None, False
        try:
            with self.talking():
                return text(self._client().status_source(status_id).get("text")), False
        except (AuthExpired, RateLimited):
            raise
        except (NotSent, Rejected):
            return None, self._missing()

    def _receipt(self, status: Any) -> Receipt:
        return Receipt(id=self.id_of(status), url=str(status.get("url") or ""), at=self.clock())
