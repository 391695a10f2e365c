"""Webmentions that came: what other sites said of the site's posts. One is in the same states as a reply.

Its number is one that no reply has, because people name both by their numbers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import listed, only
from crosspost.model import Value
from crosspost.model.response import MentionKind

#: the next number that neither a reply nor a mention has
NEXT = """(SELECT COALESCE(MAX(taken), 0) + 1 FROM
    (SELECT MAX(id) AS taken FROM replies UNION ALL SELECT MAX(id) FROM mentions) AS numbers)"""
_NEW = f"""INSERT INTO mentions (id, post, source, target, kind, url, text, author, author_url, said_at, received_at,
    checked_at, state) VALUES ({NEXT}, :post, :source, :target, :kind, :url, :text, :author, :author_url,
    COALESCE(:said_at, :now), :now, :now, :state)"""
_AGAIN = """UPDATE mentions SET target = :target, kind = :kind, url = :url, text = :text, author = :author,
    author_url = :author_url, said_at = COALESCE(:said_at, said_at), checked_at = :now, state = :state WHERE id = :id"""
_ERASE = """UPDATE mentions SET text = '', author = '', author_url = '', url = '', state = 'erased' WHERE id = :id"""
_KNOWN = "SELECT id, kind, text, author, state FROM mentions WHERE post = :post AND source = :source"
_DUE = """SELECT source, target FROM mentions WHERE checked_at < :before AND state <> 'erased'
    ORDER BY checked_at LIMIT :most"""
_SAID = """SELECT m.id, m.post, p.title, m.kind, m.source, m.url, m.text, m.author, m.author_url, m.said_at, m.state
    FROM mentions m JOIN posts p ON p.id = m.post WHERE m.state <> 'erased' AND p.gone_at IS NULL"""
_COUNTS = """SELECT m.post, p.title, p.url, m.kind, m.state, COUNT(*), MAX(m.checked_at),
    COALESCE((SELECT MIN(d.sent_at) FROM deliveries d WHERE d.post = m.post), MIN(m.received_at))
    FROM mentions m JOIN posts p ON p.id = m.post WHERE m.state <> 'erased' AND p.gone_at IS NULL
    GROUP BY m.post, p.title, p.url, m.kind, m.state ORDER BY m.post"""


_FORGET = """DELETE FROM mentions WHERE received_at < :before OR EXISTS (SELECT 1 FROM posts p
    WHERE p.id = mentions.post AND p.gone_at IS NOT NULL AND p.gone_at < :gone)"""
#: for so long a post that is gone may come back
_SURE = timedelta(days=7)


class Mention(Value, frozen=True, kw_only=True):
    """What a page (``source``) says of a post (``target`` is the address that it links to), as plain text.

    ``url`` is where it can be read; ``at`` None where the page does not say when it was written.
    """

    post: str
    source: str
    target: str
    kind: MentionKind = "mention"
    url: str = ""
    text: str = ""
    author: str = ""
    author_url: str = ""
    at: datetime | None = None


class Count(Value, frozen=True, kw_only=True):
    """How many mentions of a kind a post has in a state. ``since`` is when the post went out, or the first came."""

    post: str
    title: str
    page: str
    kind: MentionKind
    state: str
    number: int
    checked_at: datetime
    since: datetime


class MentionStore(LedgerPart):
    """The table of mentions."""

    def post_at(self, addresses: Iterable[str]) -> str:
        """The post with one of these addresses, in this order; "" when the site has none."""
        wanted = list(addresses)
        text, values = listed("url", wanted)
        query = f"SELECT url, id FROM posts WHERE url IN {text} AND gone_at IS NULL"
        found: dict[str, str] = dict(self._all(query, values)) if wanted else {}
        return next((found[url] for url in wanted if url in found), "")

    def keep(self, mention: Mention, *, moderated: bool) -> bool:
        """Keep one that was verified.

        :param moderated: it waits until a person said yes; one that says something else now waits again
        :returns: whether it is new
        """
        fields = msgspec.to_builtins(mention, builtin_types=(datetime,))
        values = fields | {"said_at": mention.at, "now": self.clock()}
        free = "waiting" if moderated else "shown"
        with self._transaction() as statements:
            known = statements.rows(_KNOWN, values)
            if not known:
                statements.change(_NEW, values | {"state": free})
                return True
            number, kind, text, author, state = known[0]
            if state == "erased":
                state = "hidden"
            elif state == "shown" and (kind, text, author) != (mention.kind, mention.text, mention.author):
                state = free
            statements.change(_AGAIN, values | {"state": state, "id": number})
            return False

    def remove(self, source: str, target: str) -> bool:
        """Let go one whose page is gone or has lost its link; of one that was hidden is kept that it was.

        :returns: whether there was any
        """
        values = {"source": source, "target": target}
        with self._transaction() as statements:
            known = statements.rows(
                "SELECT id, state FROM mentions WHERE source = :source AND target = :target", values
            )
            for number, state in known:
                kept = state in ("hidden", "erased")
                statements.change(_ERASE if kept else "DELETE FROM mentions WHERE id = :id", {"id": number})
            return bool(known)

    def checked(self, source: str, target: str) -> None:
        """Note that it was looked at, and that nobody knows more than before."""
        change = "UPDATE mentions SET checked_at = :now WHERE source = :source AND target = :target"
        self._change(change, {"source": source, "target": target, "now": self.clock()})

    def due(self, after: timedelta, most: int) -> list[tuple[str, str]]:
        """Source and target of those that were not looked at for so long."""
        rows = self._all(_DUE, {"before": self.clock() - after, "most": most})
        return [(source, target) for source, target in rows]

    def forget(self, before: datetime) -> int:
        """Delete those that came before then, and those of posts that are gone.

        :returns: how many
        """
        return self._change(_FORGET, {"before": before, "gone": self.clock() - _SURE})

    def said(self, posts: Sequence[str] = (), states: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Rows as :mod:`crosspost.ledger.responses` makes its own of."""
        those, values = only(m_post=posts, m_state=states)
        return self._all(f"{_SAID}{those}", values)

    def counts(self) -> list[Count]:
        """How many there are."""
        found = []
        for post, title, page, kind, state, number, checked_at, since in self._all(_COUNTS):
            found.append(
                Count(
                    post=post,
                    title=title,
                    page=page,
                    kind=kind,
                    state=state,
                    number=number,
                    checked_at=datetime.fromisoformat(checked_at),
                    since=datetime.fromisoformat(since),
                )
            )
        return found
