"""What came back to a post on Threads, from what its API says of it. Pure.

Sources: developers.facebook.com/documentation/threads/insights (threads_manage_insights) and
…/retrieve-and-manage-replies/replies-and-conversations (threads_read_replies), checked 2026-11-27: ``conversation``
lists the replies of every depth, and names the author only where everybody may see them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crosspost.model.response import Figures, Reply
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment, rows

METRICS = "views,likes,replies,reposts"
#: the fields of a reply
REPLY = "id,text,username,permalink,timestamp,replied_to,is_reply_owned_by_me,hide_status"
#: replies that nobody hid
_SHOWN = ("NOT_HUSHED", "UNHUSHED")


def figures_of(insights: Any) -> Figures:
    """A post's figures.

    :raises ValueError: for a response without its list
    """
    told = {one.get("name"): _value(one) for one in rows(insights, "data")}
    return Figures(
        likes=told.get("likes"), reposts=told.get("reposts"), replies=told.get("replies"), views=told.get("views")
    )


def _value(metric: Mapping[str, Any]) -> int | None:
    values = metric.get("values") or [{}]
    return reply_fields.number(values[0].get("value"))


def replies_of(conversation: Sequence[Mapping[str, Any]], post: str, home: str) -> tuple[Reply, ...]:
    """The replies to a post, of every depth.

    :param post: the post's id
    :param home: what addresses of profiles begin with
    :raises ValueError: when one has no time
    """
    return tuple(_reply(one, post, home) for one in conversation)


def _reply(reply: Mapping[str, Any], post: str, home: str) -> Reply:
    at, name = moment(reply.get("timestamp")), reply_fields.name(reply.get("username"))
    if at is None:
        raise ValueError("a reply has no time")
    return Reply(
        id=str(reply["id"]),
        parent=str((reply.get("replied_to") or {}).get("id") or post),
        url=reply_fields.web(reply.get("permalink")),
        text=reply_fields.words(reply.get("text")),
        author=name,
        handle=f"@{name}" if name else "",
        author_url=reply_fields.web(f"{home}/@{name}") if name else "",
        at=at,
        public=bool(name) and reply.get("hide_status") in _SHOWN,
        mine=reply.get("is_reply_owned_by_me") is True,
    )
