"""The webmentions of the site's pages: which pages were looked at, and whom of those they link to was told.

A mention is in one of these states:

    due        it is to be sent, at ``due_at``
    sent       the target's server took it
    none       the target takes none, or is not there; only an edit of the page leads to another question
    refused    the target's server says no, for good
    failed     the target's server did not answer for so long that it was given up

To send one again does no harm: its receiver has one mention for each source and target (w3.org/TR/webmention, 3.2).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import listed, moment
from crosspost.model import Value

MentionState = Literal["due", "sent", "none", "refused", "failed"]
PageState = Literal["waiting", "read", "gone"]

#: after a crash, how long until one is sent again
_CRASHED = timedelta(minutes=10)
_PAGES = "SELECT post, url, fingerprint, digest, state, since, due_at FROM webmention_pages"
_PAGE = """INSERT INTO webmention_pages (post, url, fingerprint, digest, state, since, due_at)
    VALUES (:post, :url, :fingerprint, :digest, :state, :since, :due_at)
    ON CONFLICT (post) DO UPDATE SET url = excluded.url, fingerprint = excluded.fingerprint, digest = excluded.digest,
    state = excluded.state, since = excluded.since, due_at = excluded.due_at"""
_OUT = """SELECT d.post, MIN(d.sent_at) FROM deliveries d JOIN posts p ON p.id = d.post
    WHERE d.state = 'sent' AND d.sent_at >= :since AND d.part = 1 AND p.gone_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.post = d.post AND e.sent_at < :since) GROUP BY d.post"""
_GONE = """SELECT w.post FROM webmention_pages w JOIN posts p ON p.id = w.post
    WHERE p.gone_at IS NOT NULL AND w.state <> 'gone'"""
_COLUMNS = "post, source, target, linked, state, endpoint, status_url, attempts, tried_at, sent_at, due_at, error"
_DUE = f"SELECT {_COLUMNS} FROM webmentions WHERE state = 'due' AND due_at <= :now ORDER BY due_at, source, target"
_NEXT = """SELECT MIN(due_at) FROM (SELECT due_at FROM webmentions WHERE state = 'due' UNION ALL
    SELECT due_at FROM webmention_pages WHERE state = 'waiting') AS all_of_them"""
_LINKED = """INSERT INTO webmentions (post, source, target, linked, state, endpoint, status_url, attempts, due_at,
    error) VALUES (:post, :source, :target, 1, 'due', '', '', 0, :now, '')
    ON CONFLICT (source, target) DO UPDATE SET linked = 1, state = 'due', attempts = 0, tried_at = NULL,
    due_at = excluded.due_at, error = '', post = excluded.post"""
_UNLINKED = """UPDATE webmentions SET linked = 0, state = 'due', attempts = 0, tried_at = NULL, due_at = :now,
    error = '' WHERE source = :source AND target = :target AND sent_at IS NOT NULL AND linked = 1"""
_NEVER_TOLD = "DELETE FROM webmentions WHERE source = :source AND target = :target AND sent_at IS NULL"
_BEGIN = """UPDATE webmentions SET attempts = attempts + 1, tried_at = COALESCE(tried_at, :now), due_at = :again
    WHERE source = :source AND target = :target"""
_END = """UPDATE webmentions SET state = :state, endpoint = :endpoint, status_url = :status_url, error = :error,
    due_at = :due_at, sent_at = COALESCE(:sent_at, sent_at) WHERE source = :source AND target = :target"""


class MentioningPage(Value, frozen=True, kw_only=True):
    """A page of the site. ``fingerprint`` is of the post's file when its page was last read, ``digest`` of the page.

    ``since`` is since when the page is waited for, ``due_at`` when it is looked at again.
    """

    post: str
    url: str
    fingerprint: str = ""
    digest: str = ""
    state: PageState
    since: datetime
    due_at: datetime


class Webmention(Value, frozen=True, kw_only=True):
    """One page that links to another. ``linked`` is whether it still does, ``sent_at`` when that was told last.

    ``endpoint`` is the address it was told at; ``status_url`` where its fate can be seen, if anywhere; ``tried_at`` the
    first attempt since it became due.
    """

    post: str
    source: str
    target: str
    linked: bool = True
    state: MentionState
    endpoint: str = ""
    status_url: str = ""
    attempts: int = 0
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    due_at: datetime
    error: str = ""


class WebmentionStore(LedgerPart):
    """The tables of pages and of what was sent. Nothing in here changes a delivery."""

    def pages(self) -> dict[str, MentioningPage]:
        """Every page that was looked at, by post."""
        found = {}
        for row in self._stream(_PAGES):
            post, url, fingerprint, digest, state, since, due_at = row
            found[post] = MentioningPage(
                post=post,
                url=url,
                fingerprint=fingerprint,
                digest=digest,
                state=state,
                since=datetime.fromisoformat(since),
                due_at=datetime.fromisoformat(due_at),
            )
        return found

    def out(self, since: datetime) -> list[str]:
        """The posts of the site that went out since then, and nowhere before, in this order."""
        return [row[0] for row in sorted(self._all(_OUT, {"since": since}), key=lambda row: (row[1], row[0]))]

    def gone(self) -> list[str]:
        """The posts with a page that the site does not have any more, while nobody was told."""
        return [row[0] for row in self._all(_GONE)]

    def keep(self, page: MentioningPage, targets: Collection[str] | None = None) -> None:
        """Store how a page stands.

        :param targets: what it links to: each of these is to be told, and each that was told and is none any more.
            None: it was not read
        """
        with self._transaction() as statements:
            fields = {name: getattr(page, name) for name in page.__struct_fields__}
            statements.change(_PAGE, fields)
            if targets is None:
                return
            about = {"post": page.post, "source": page.url, "now": self.clock()}
            known = statements.rows("SELECT target FROM webmentions WHERE source = :source", about)
            for target in sorted(targets):
                statements.change(_LINKED, about | {"target": target})
            for (target,) in known:
                if target not in targets:
                    statements.change(_UNLINKED, about | {"target": target})
                    statements.change(_NEVER_TOLD, about | {"target": target})

    def due(self) -> list[Webmention]:
        """What is to be sent now, what waits for longest first."""
        return [_as_mention(row) for row in self._all(_DUE, {"now": self.clock()})]

    def next(self) -> datetime | None:
        """When there is something to do again; None: never, as far as is known."""
        return moment(self._all(_NEXT)[0][0])

    def begin(self, mention: Webmention) -> None:
        """Note that it is about to be sent: after a crash it is sent again, but not at once, lest it be its fault."""
        now = self.clock()
        self._change(_BEGIN, {"now": now, "again": now + _CRASHED, "source": mention.source, "target": mention.target})

    def end(self, mention: Webmention) -> None:
        """Note how it ended."""
        names = ("source", "target", "state", "endpoint", "status_url", "error", "due_at", "sent_at")
        self._change(_END, {name: getattr(mention, name) for name in names})

    def all(self, posts: Sequence[str] = (), limit: int = 0) -> list[Webmention]:
        """What was sent or is to be, newest first.

        :param posts: only of these; empty: of all
        :param limit: the most; 0: all
        """
        query, values = f"SELECT {_COLUMNS} FROM webmentions", dict[str, Any]()
        if posts:
            text, values = listed("post", posts)
            query += f" WHERE post IN {text}"
        query += " ORDER BY COALESCE(sent_at, due_at) DESC, source, target"
        if limit:
            query, values = f"{query} LIMIT :limit", values | {"limit": limit}
        return [_as_mention(row) for row in self._all(query, values)]


def _as_mention(row: tuple[Any, ...]) -> Webmention:
    post, source, target, linked, state, endpoint, status_url, attempts, tried_at, sent_at, due_at, error = row
    return Webmention(
        post=post,
        source=source,
        target=target,
        linked=bool(linked),
        state=state,
        endpoint=endpoint,
        status_url=status_url,
        attempts=attempts,
        tried_at=moment(tried_at),
        sent_at=moment(sent_at),
        due_at=datetime.fromisoformat(due_at),
        error=error,
    )
