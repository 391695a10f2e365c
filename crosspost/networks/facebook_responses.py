"""What came back to a post of a Facebook Page, from what the Graph API says of it. Pure.

Sources: developers.facebook.com/docs/graph-api/reference/{page-post,comment,object/comments}, with
pages_read_user_content for what others wrote; checked 2026-11-27. The count of comments depends on the filter: only
``stream`` counts and lists what was replied to comments. ``shares`` is missing where nobody shared the post.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crosspost.model.response import Figures, Reply
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment

#: the fields of a post to ask for
POST = "id,shares,reactions.limit(0).summary(total_count),comments.filter(stream).limit(0).summary(total_count)"
#: the fields of a comment
COMMENT = "id,message,created_time,from,parent,permalink_url,is_hidden"


def figures_of(post: Mapping[str, Any]) -> Figures:
    """A post's figures; reactions of every kind count as likes."""
    return Figures(
        likes=_total(post.get("reactions")),
        reposts=reply_fields.number((post.get("shares") or {}).get("count")),
        replies=_total(post.get("comments")),
    )


def replies_of(comments: Sequence[Mapping[str, Any]], post: str, me: str) -> tuple[Reply, ...]:
    """The comments below a post.

    :param post: the post's id
    :param me: the Page's id
    :raises ValueError: when one has no time
    """
    return tuple(_reply(one, post, me) for one in comments)


def _total(edge: Any) -> int | None:
    return reply_fields.number(((edge or {}).get("summary") or {}).get("total_count"))


def _reply(comment: Mapping[str, Any], post: str, me: str) -> Reply:
    at, author = moment(comment.get("created_time")), comment.get("from") or {}  # not told of everybody
    if at is None:
        raise ValueError("a comment has no time")
    return Reply(
        id=str(comment["id"]),
        parent=str((comment.get("parent") or {}).get("id") or post),
        url=reply_fields.web(comment.get("permalink_url")),
        text=reply_fields.words(comment.get("message")),
        author=reply_fields.name(author.get("name")),
        at=at,
        public=comment.get("is_hidden") is False,  # a hidden one is seen by its author and their friends only
        mine=str(author.get("id")) == me,
    )
