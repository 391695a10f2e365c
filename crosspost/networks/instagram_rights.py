"""What a token of Instagram's own login may do; Instagram tells nobody, so it is asked for what takes the right.

Sources: developers.facebook.com/docs/instagram-platform/reference/ig-user/content_publishing_limit and
…/ig-media/comments, checked 2026-11-27: both answer only to a token with the right.
"""

from typing import Any

from crosspost.errors import AuthExpired, Rejected
from crosspost.model import Remark
from crosspost.networks.base import Network
from crosspost.networks.meta import meta_responses, meta_rights
from crosspost.networks.meta.containers import Steps
from crosspost.networks.post_search import rows

_PUBLISH = ("instagram_business_content_publish",)


def remarks(network: Network, client: Any, steps: Steps) -> list[Remark]:
    """What is to be said of the client's token.

    :param steps: the edges that Instagram has
    """
    try:
        with network.talking():
            client.get_object(f"{network.me().id}/{steps.quota}", fields="quota_usage")
    except (AuthExpired, Rejected) as error:
        why = str(error).removeprefix(f"{network.account}: ")
        todo = meta_rights.anew(network.account, _PUBLISH)
        return [Remark(said=f"its token may not post: {why}", todo=todo, weight="fail")]
    return _reading(network, client, steps) if network.wants_responses else []


def _reading(network: Network, client: Any, steps: Steps) -> list[Remark]:
    """Whether it may read the comments below the newest post; an account without posts cannot be asked."""
    with network.talking():
        posts = rows(client.get_object(f"{network.me().id}/{steps.posts}", fields="id", limit=1), "data")
    if not posts:
        return []
    wanted = meta_rights.INSTAGRAM_COMMENTS["instagram"]
    allowed, _ = meta_responses.allowed(
        network, wanted, lambda: client.get_object(f"{posts[0]['id']}/comments", fields="id", limit=1)
    )
    return [] if allowed is not None else [meta_rights.unread(network.account, wanted)]
