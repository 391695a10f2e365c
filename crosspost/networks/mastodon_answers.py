"""Answers on Mastodon and its relatives: which addresses are posts, and what such a post is called on our server.

Sources: docs.joinmastodon.org/methods/search (needs ``read:search`` to look at other servers), the addresses of
Mastodon, GoToSocial, Pleroma, Pixelfed, Misskey and Friendica; checked 2026-11-27.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crosspost.errors import AuthExpired, Rejected

if TYPE_CHECKING:
    from crosspost.networks.mastodon_server import MastodonServer

_NUMBER = r"(?:\d{4,25}|0[0-9A-HJKMNP-TV-Z]{25}|[A-Z][0-9A-Za-z]{17})"
_STATUS = re.compile(
    rf"/(?:@[^/]+/(?:statuses/)?|users/[^/]+/statuses/|p/[^/]+/|web/statuses/|notice/){_NUMBER}/?"
    r"|/objects/[0-9a-f-]{36}/?|/notes/[0-9a-z]{10,24}/?|/display/[0-9a-f-]{20,40}/?"
)


def is_status(url: str) -> bool:
    """Whether an address looks like that of a post in the Fediverse.

    >>> is_status("https://social.example/@ann/11800"), is_status("https://blog.example/@ann/my-day")
    (True, False)
    """
    return _STATUS.fullmatch(urlsplit(url).path) is not None


def place(network: "MastodonServer", url: str) -> dict[str, Any]:
    """The post's id on our server, which looks it up on its own one.

    :raises Rejected: when it does not find it, or the token may not have it looked up
    """
    if urlsplit(url).netloc == urlsplit(network.base_url).netloc and (number := network.id_in(url)):
        return {"reply_to": number}
    token = {"Authorization": f"Bearer {network.secret('access_token')}"}
    wanted = {"q": url, "type": "statuses", "resolve": "true", "limit": "1"}
    try:
        with network.talking():
            answer = network.session.get(f"{network.base_url}/api/v2/search", params=wanted, headers=token)
            answer.raise_for_status()
            found = [str(status["id"]) for status in answer.json()["statuses"]]
    except (AuthExpired, Rejected):
        if network.session.last is None or network.session.last.status not in (403, 404):
            raise
        raise Rejected(
            f"{network.account}: the post that this one answers is on another server, and the token may not look it up "
            f"there. Set `in-reply-to` to its address on {network.base_url}, where you read it"
        ) from None
    return {"reply_to": found[0] if found else network.nowhere(url)}
