"""What came back to a post on Bluesky, from its thread. Pure.

Sources: github.com/bluesky-social/atproto lexicons app/bsky/feed/{getPostThread,defs}.json and
com/atproto/label/defs.json (``!no-unauthenticated``), checked 2026-11-26.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.model.response import Figures, Reply, Responses
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment

#: replies to replies to replies …; each level is a call in here
DEPTH = 50


def responses_of(thread: Mapping[str, Any], me: str, home: str) -> Responses:
    """Figures and replies of a post.

    :param thread: of ``getPostThread``
    :param me: our account's DID
    :param home: what addresses of profiles begin with
    :raises ValueError: when it is not a thread, or a reply has no time
    """
    if not isinstance(thread.get("post"), dict):
        raise ValueError("the answer has no post")
    post = thread["post"]
    hidden = _hidden(post)
    return Responses(
        figures=Figures(
            likes=reply_fields.number(post.get("likeCount")),
            reposts=reply_fields.number(post.get("repostCount")),
            replies=reply_fields.number(post.get("replyCount")),
        ),
        replies=tuple(_reply(one, me, home) for one in _below(thread, hidden)),
        whole=_is_whole(thread),
    )


def _hidden(post: Mapping[str, Any]) -> frozenset[str]:
    """The replies that the author hid for everybody (app.bsky.feed.threadgate)."""
    gate = (post.get("threadgate") or {}).get("record") or {}
    return frozenset(map(str, gate.get("hiddenReplies") or ()))


def _below(thread: Mapping[str, Any], hidden: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """The posts below one, without those of blocked accounts, and without hidden ones and what stands below them."""
    for inner in thread.get("replies") or ():
        post = inner.get("post")
        if isinstance(post, dict) and post.get("uri") not in hidden:
            yield post
            yield from _below(inner, hidden)


def _is_whole(thread: Mapping[str, Any]) -> bool:
    """Whether no answers are missing: a thread that was cut has a count and no list."""
    post, listed = thread.get("post"), thread.get("replies")
    if not isinstance(post, dict):
        return False
    if listed is None:
        return not post.get("replyCount")
    return all(inner.get("notFound") or inner.get("blocked") or _is_whole(inner) for inner in listed)


def _reply(post: Mapping[str, Any], me: str, home: str) -> Reply:
    author, record = post["author"], post["record"]
    uri, at = str(post["uri"]), moment(post.get("indexedAt") or record.get("createdAt"))
    if at is None:
        raise ValueError("a reply has no time")
    labels = {label.get("val") for label in author.get("labels") or () if isinstance(label, dict)}
    profile = f"{home}/profile/{author['did']}"
    return Reply(
        id=uri,
        parent=str(((record.get("reply") or {}).get("parent") or {}).get("uri") or ""),
        url=reply_fields.web(f"{profile}/post/{uri.rpartition('/')[2]}"),
        text=reply_fields.words(record.get("text")),
        author=reply_fields.name(author.get("displayName") or author.get("handle")),
        handle=reply_fields.name(f"@{author.get('handle', '')}"),
        author_url=reply_fields.web(profile),
        at=at,
        public="!no-unauthenticated" not in labels,  # its author wants it shown to people who are logged in only
        mine=author.get("did") == me,
    )
