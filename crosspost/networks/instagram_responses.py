"""What came back to a post on Instagram, from what its API says of it. Pure.

Sources: developers.facebook.com/documentation/instagram-platform/reference/instagram-media and
…/instagram-graph-api/reference/{ig-media/comments,ig-comment}, with instagram_manage_comments or
instagram_business_manage_comments; checked 2026-11-27. A list of comments has those at the top, what answers them is a
field of each. Comments of people whom the account restricted are not told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crosspost.model.response import Figures, Reply
from crosspost.networks import reply_fields
from crosspost.networks.meta.meta_responses import Listed
from crosspost.networks.post_search import moment, rows

#: the fields of a post to ask for
POST = "id,like_count,comments_count"
_COMMENT = "id,text,username,timestamp,hidden"
#: the fields of a comment
COMMENT = f"{_COMMENT},replies.limit(50){{{_COMMENT}}}"
#: comments on a page, the most that Instagram gives
SIZE = 50


def figures_of(post: Mapping[str, Any]) -> Figures:
    """A post's figures; likes are None where the account hides them."""
    return Figures(
        likes=reply_fields.number(post.get("like_count")), replies=reply_fields.number(post.get("comments_count"))
    )


def flat(top: Listed) -> Listed:
    """Comments and what answers them in one list, each of those with its ``parent_id``.

    :raises ValueError: when the answers to a comment are not a list
    """
    whole, found = top.whole, list[Any]()
    for comment in top.rows:
        found.append(comment)
        if below := comment.get("replies"):
            found += [{**one, "parent_id": comment["id"]} for one in rows(below, "data")]
            whole = whole and not (below.get("paging") or {}).get("next")
    return Listed(found, whole)


def replies_of(comments: Sequence[Mapping[str, Any]], post: str, url: str, me: str, home: str) -> tuple[Reply, ...]:
    """The comments below a post; a comment has no address of its own.

    :param post: the post's id
    :param url: the post's address
    :param me: our account's name
    :param home: what addresses of profiles begin with
    :raises ValueError: when one has no time
    """
    return tuple(_replies(comments, post, url, me, home))


def _replies(comments: Sequence[Mapping[str, Any]], post: str, url: str, me: str, home: str) -> Iterator[Reply]:
    for comment in comments:
        at, name = moment(comment.get("timestamp")), reply_fields.name(comment.get("username"))
        if at is None:
            raise ValueError("a comment has no time")
        yield Reply(
            id=str(comment["id"]),
            parent=str(comment.get("parent_id") or post),
            url=reply_fields.web(url),
            text=reply_fields.words(comment.get("text")),
            author=name,
            handle=f"@{name}" if name else "",
            author_url=reply_fields.web(f"{home}/{name}/") if name else "",
            at=at,
            public=comment.get("hidden") is False,
            mine=bool(name) and f"@{name}" == me,
        )
