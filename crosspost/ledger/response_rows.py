"""What came back, as the ledger's readers get it: replies, webmentions, and figures."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, Literal, get_args

from crosspost.ledger.received_webmentions import Count
from crosspost.model import Value
from crosspost.model.response import Figures, MentionKind, Reply

ReplyState = Literal["waiting", "shown", "hidden", "erased"]
#: stands where other replies have account and network
WEBMENTION = "webmention"


class Out(Value, frozen=True, kw_only=True):
    """A delivery that can be asked about; ``asked_at`` is when it was last, ``gone_at`` since when it is not there."""

    delivery: int
    post: str
    account: str
    network: str
    receipt: str
    url: str
    sent_at: datetime
    asked_at: datetime | None = None
    gone_at: datetime | None = None


class Said(Value, frozen=True, kw_only=True):
    """A reply as it is kept. ``id`` is our number of it. Of a webmention the account is :data:`WEBMENTION`."""

    id: int
    post: str
    title: str
    account: str
    network: str
    reply: Reply
    state: ReplyState
    kind: MentionKind = "reply"


class Told(Value, frozen=True, kw_only=True):
    """What a network said of one delivery when it was last asked. ``page`` is the post's address on the site."""

    post: str
    title: str
    page: str
    account: str
    network: str
    url: str
    sent_at: datetime
    figures: Figures
    asked_at: datetime
    gone: bool
    error: str


def as_said(row: tuple[Any, ...]) -> Said:
    """A reply of a network."""
    number, post, title, account, network, reply, parent, url, text, author, handle, author_url = row[:12]
    said_at, public, mine, state = row[12:]
    return Said(
        id=number,
        post=post,
        title=title,
        account=account,
        network=network,
        state=state,
        reply=Reply(
            id=reply,
            parent=parent,
            url=url,
            text=text,
            author=author,
            handle=handle,
            author_url=author_url,
            at=datetime.fromisoformat(said_at),
            public=bool(public),
            mine=bool(mine),
        ),
    )


def as_mentioned(row: tuple[Any, ...]) -> Said:
    """A webmention."""
    number, post, title, kind, source, url, text, author, author_url, said_at, state = row
    at = datetime.fromisoformat(said_at)
    said = Reply(id=source, url=url, text=text, author=author, author_url=author_url, at=at)
    return Said(
        id=number,
        post=post,
        title=title,
        account=WEBMENTION,
        network=WEBMENTION,
        state=state,
        kind=kind,
        reply=said,
    )


def counted(counts: Iterable[Count]) -> Iterator[Told]:
    """What webmentions say of each post, in figures; one that was hidden does not count."""
    for _, several in groupby(counts, key=lambda one: one.post):
        some = [one for one in several if one.state != "hidden"]
        if not some:
            continue
        number = {kind: sum(one.number for one in some if one.kind == kind) for kind in get_args(MentionKind)}
        yield Told(
            post=some[0].post,
            title=some[0].title,
            page=some[0].page,
            account=WEBMENTION,
            network=WEBMENTION,
            url=some[0].page,
            sent_at=min(one.since for one in some),
            figures=Figures(
                likes=number["like"], reposts=number["repost"], replies=number["reply"] + number["mention"]
            ),
            asked_at=max(one.checked_at for one in some),
            gone=False,
            error="",
        )
