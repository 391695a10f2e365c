"""Posts that a Facebook Page is given ahead of their time, and shows by itself then.

Such a post has its id from the beginning, and keeps it. Until its time it is in the Page's list of scheduled posts and
in no other one.

Sources: developers.facebook.com/docs/pages-api/posts (publish a scheduled post), docs/graph-api/reference/{page/feed,
page/scheduled_posts,post}; that an album wants ``unpublished_content_type`` is what other tools found; checked
2026-11-28.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from crosspost.errors import KeptUntil, Rejected, Unknown
from crosspost.model import Prepared
from crosspost.networks.meta import graph
from crosspost.networks.post_search import moment

_FIELDS = "id,message,created_time,permalink_url,is_published,scheduled_publish_time"
#: posts that one look at the list reads
_MOST = 100


def asked(prepared: Prepared, show_at: datetime) -> dict[str, str]:
    """The fields that ask Facebook to show a post later."""
    form = {"published": "false", "scheduled_publish_time": str(int(show_at.timestamp()))}
    return form | ({"unpublished_content_type": "SCHEDULED"} if prepared.draft.images else {})


def keeps(account: str, number: str, at: datetime) -> KeptUntil:
    """The answer to a hand-over.

    :param number: the post's id
    :param at: when Facebook shows it
    """
    return KeptUntil(f"{account}: Facebook has it and shows it at its time", number, at)


def told(network: Any, client: Any, number: str) -> dict[str, Any] | None:
    """A post that Facebook took, once it shows it; None when it is not there any more.

    :param network: the adapter of Facebook
    :param client: its client
    :param number: the post's id
    :raises KeptUntil: while Facebook keeps it
    :raises Unknown: when Facebook does not say
    """
    try:
        with network.talking():
            node = client.get_object(number, fields=_FIELDS)
    except Rejected:
        if network.session.last is None or not graph.missing(network.session.last):
            raise
        return None
    if not isinstance(node, dict) or not isinstance(node.get("is_published"), bool):
        raise Unknown(f"{network.account}: Facebook does not say whether the post is shown")
    if node["is_published"]:
        return node
    raise _kept(network, node)


def shown_at(node: dict[str, Any]) -> datetime | None:
    """When a post was shown: Meta does not document whether ``created_time`` is then, or when it was handed over."""
    at = node.get("scheduled_publish_time")
    times = [moment(node.get("created_time")), datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None]
    return max(filter(None, times), default=None)


def refuse_listed(network: Any, client: Any, same: Callable[[dict[str, Any]], bool | None]) -> None:
    """Look for a post, whose answer was lost, among those that Facebook keeps.

    :param network: the adapter of Facebook
    :param client: its client
    :param same: whether a post is that one
    :raises KeptUntil: when it is there
    """
    with network.talking():
        page = graph.page(client.get_object(f"{network.me().id}/scheduled_posts", fields=_FIELDS, limit=_MOST))
        found = next((post for post in page.posts if same(post)), None)
    if found is not None:
        raise _kept(network, found)
    if page.more:
        raise Unknown(f"{network.account}: Facebook keeps more than {_MOST} posts for later, perhaps this one too")


def _kept(network: Any, node: dict[str, Any]) -> Unknown:
    at = node.get("scheduled_publish_time")
    if not node.get("id") or not isinstance(at, int):  # somebody made a draft of it, which nothing shows by itself
        return Unknown(f"{network.account}: Facebook has it, and does not say when it shows it")
    return keeps(network.account, str(node["id"]), datetime.fromtimestamp(at, UTC))
