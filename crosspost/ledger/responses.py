"""What came back to what is out: figures, and what people answered.

A reply is in one of these states:

    waiting    nobody has decided whether the site may show it
    shown      somebody said yes, or nobody has to
    hidden     somebody said no
    erased     it was hidden and is gone at the network: only its id is kept, so that it stays hidden if it comes back
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.database import Statements, moment, only
from crosspost.ledger.received_webmentions import NEXT, MentionStore
from crosspost.ledger.response_rows import (
    WEBMENTION,
    Out,
    ReplyState,
    Said,
    Told,
    as_mentioned,
    as_said,
    counted,
)
from crosspost.model.response import Figures, Reply, Responses

__all__ = ["WEBMENTION", "Out", "ReplyState", "ResponseStore", "Said", "Told"]

#: a post counts as gone when its network says so twice, with at least this between: servers have bad days
SURE = timedelta(days=1)
_OUT = """SELECT d.id, d.post, d.account, d.network, d.receipt, d.url, d.sent_at, f.asked_at, f.gone_at
    FROM deliveries d LEFT JOIN figures f ON f.delivery = d.id
    WHERE d.sent_at IS NOT NULL AND d.sent_at >= :since AND d.state = 'sent' AND d.part = 1 AND d.receipt <> ''
    ORDER BY COALESCE(f.asked_at, ''), d.sent_at DESC"""
_FIGURES = """INSERT INTO figures (delivery, likes, reposts, replies, views, asked_at, gone_at, error)
    VALUES (:delivery, :likes, :reposts, :replies, :views, :now, NULL, :error)
    ON CONFLICT (delivery) DO UPDATE SET likes = :likes, reposts = :reposts, replies = :replies, views = :views,
    asked_at = :now, gone_at = NULL, error = :error"""
_NOT_TOLD = """INSERT INTO figures (delivery, asked_at, gone_at, error) VALUES (:delivery, :now, :gone, :error)
    ON CONFLICT (delivery) DO UPDATE SET asked_at = :now, gone_at = COALESCE(figures.gone_at, :gone), error = :error"""
_PARTS = """SELECT receipt FROM deliveries
    WHERE post = :post AND account = :account AND part > 1 AND receipt IS NOT NULL"""
_NEW = f"""INSERT INTO replies (id, delivery, reply, parent, url, text, author, handle, author_url, said_at, public,
    mine, state) VALUES ({NEXT}, :delivery, :reply, :parent, :url, :text, :author, :handle, :author_url, :said_at,
    :public, :mine, :state)"""
_AGAIN = """UPDATE replies SET parent = :parent, url = :url, text = :text, author = :author, handle = :handle,
    author_url = :author_url, said_at = :said_at, public = :public, mine = :mine, state = :state WHERE id = :id"""
_ERASE = """UPDATE replies SET text = '', author = '', handle = '', author_url = '', url = '', state = 'erased'
    WHERE id = :id"""
_FORGET = """DELETE FROM replies WHERE NOT EXISTS (SELECT 1 FROM deliveries d
    WHERE d.id = replies.delivery AND d.state = 'sent' AND d.sent_at >= :since)"""
_FORGET_ALL = "DELETE FROM replies WHERE delivery = :delivery"
_SAID = """SELECT r.id, d.post, p.title, d.account, d.network, r.reply, r.parent, r.url, r.text, r.author, r.handle,
    r.author_url, r.said_at, r.public, r.mine, r.state
    FROM replies r JOIN deliveries d ON d.id = r.delivery JOIN posts p ON p.id = d.post
    LEFT JOIN figures f ON f.delivery = d.id
    WHERE r.state <> 'erased' AND d.state = 'sent' AND f.gone_at IS NULL"""
_TOLD = """SELECT d.post, p.title, p.url, d.account, d.network, d.url, d.sent_at, f.likes, f.reposts, f.replies,
    f.views, f.asked_at, f.gone_at, f.error
    FROM figures f JOIN deliveries d ON d.id = f.delivery JOIN posts p ON p.id = d.post
    WHERE d.state = 'sent' AND d.sent_at IS NOT NULL ORDER BY d.sent_at DESC, d.id DESC"""


class ResponseStore(LedgerPart):
    """The tables of figures and replies. Nothing in here changes a delivery."""

    @cached_property
    def mentions(self) -> MentionStore:
        """The webmentions that came, which stand beside the replies."""
        return MentionStore(self.path, self.clock, self._database)

    def out(self, accounts: Collection[str], since: datetime) -> list[Out]:
        """What went out on these accounts since then and can be asked about, those first that were not for longest."""
        rows = self._all(_OUT, {"since": since})
        return [
            Out(**dict(zip(Out.__struct_fields__, (*row[:6], *map(moment, row[6:])), strict=True)))
            for row in rows
            if row[2] in accounts
        ]

    def keep(self, out: Out, found: Responses, *, moderated: bool) -> int:
        """Keep what a network told of a delivery, and let go what it does not list any more.

        :param moderated: a reply of somebody else waits until a person said yes; one that was changed waits again
        :returns: how many replies are new
        """
        with self._transaction() as statements:
            figures = msgspec.to_builtins(found.figures)
            about = {"delivery": out.delivery, "now": self.clock(), "error": found.unread}
            statements.change(_FIGURES, figures | about)
            parts = {row[0] for row in statements.rows(_PARTS, {"post": out.post, "account": out.account})}
            known = {
                row[0]: row[1:]
                for row in statements.rows(
                    "SELECT reply, id, text, state FROM replies WHERE delivery = :delivery", {"delivery": out.delivery}
                )
            }
            there = {reply.id: reply for reply in found.replies if reply.id not in parts}
            for reply in there.values():
                _keep(statements, out.delivery, reply, known.get(reply.id), moderated=moderated)
            for reply_id, (number, _, state) in known.items():
                if found.whole and reply_id not in there:
                    kept = state in ("hidden", "erased")
                    statements.change(_ERASE if kept else "DELETE FROM replies WHERE id = :id", {"id": number})
            return len(there.keys() - known.keys())

    def not_told(self, out: Out, error: str, *, gone: bool = False) -> None:
        """Note that a network did not tell anything of a delivery; what is kept stays.

        :param gone: it says that the post is not there. When it said so before, the replies are forgotten
        """
        now = self.clock()
        values = {"delivery": out.delivery, "now": now, "gone": now if gone else None, "error": error}
        with self._transaction() as statements:
            statements.change(_NOT_TOLD, values)
            if gone and out.gone_at is not None and now - out.gone_at >= SURE:
                statements.change(_FORGET_ALL, values)

    def forget(self, since: datetime) -> int:
        """Delete the replies to what went out before then, or was taken back.

        :returns: how many
        """
        return self._change(_FORGET, {"since": since})

    def said(self, *, posts: Sequence[str] = (), states: Sequence[ReplyState] = ()) -> list[Said]:
        """The replies, oldest first.

        :param posts: only to these; empty: all
        :param states: only those in one of these; empty: all
        """
        those, values = only(d_post=posts, r_state=states)
        replies = [as_said(row) for row in self._stream(f"{_SAID}{those}", values)]
        mentions = [as_mentioned(row) for row in self.mentions.said(posts, states)]
        return sorted((*replies, *mentions), key=lambda one: (one.reply.at, one.id))

    def told(self) -> Iterator[Told]:
        """What is known of each delivery, newest first; then what webmentions say of posts."""
        for row in self._stream(_TOLD):
            post, title, page, account, network, url, sent_at, likes, reposts, replies, views = row[:11]
            asked_at, gone_at, error = row[11:]
            yield Told(
                post=post,
                title=title,
                page=page,
                account=account,
                network=network,
                url=url,
                sent_at=datetime.fromisoformat(sent_at),
                figures=Figures(likes=likes, reposts=reposts, replies=replies, views=views),
                asked_at=datetime.fromisoformat(asked_at),
                gone=gone_at is not None,
                error=error,
            )

        yield from counted(self.mentions.counts())

    def decide(self, numbers: Sequence[int], state: Literal["shown", "hidden"]) -> list[int]:
        """Show or hide replies on the site.

        :returns: the numbers that there are no replies of
        """
        change = "UPDATE {} SET state = :state WHERE id = :id AND state <> 'erased'"
        with self._transaction() as statements:
            return [
                one
                for one in numbers
                if not any(
                    statements.change(change.format(table), {"state": state, "id": one})
                    for table in ("replies", "mentions")
                )
            ]


def _keep(statements: Statements, delivery: int, reply: Reply, known: Any, *, moderated: bool) -> None:
    fields = msgspec.to_builtins(reply, builtin_types=(datetime,))
    values = fields | {"delivery": delivery, "reply": reply.id, "said_at": reply.at}
    free: ReplyState = "shown" if reply.mine or not moderated else "waiting"
    if known is None:
        statements.change(_NEW, values | {"state": free})
        return
    number, text, state = known
    if state == "erased":
        state = "hidden"
    elif state == "shown" and text != reply.text:
        state = free
    statements.change(_AGAIN, values | {"state": state, "id": number})
