"""What came back to a post, from what a server with Mastodon's API says of it. Pure.

Sources: docs.joinmastodon.org/entities/{Status,Context,Account} and /methods/statuses (a thread of which the token may
see more than 4,096 replies is cut), checked 2026-11-26.
"""

from collections.abc import Mapping
from typing import Any

from crosspost.model.response import Figures, Reply, Responses
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment, plain, rows

#: replies to which only some were let in are nobody else's business
_OPEN = ("public", "unlisted")
_MOST = 4096


def responses_of(status: Mapping[str, Any], context: Mapping[str, Any], me: str) -> Responses:
    """Figures and replies of a post.

    :param context: the thread around it
    :param me: our account's id
    :raises ValueError: when the answer has no list of replies
    """
    below = rows(context, "descendants")
    return Responses(
        figures=Figures(
            likes=reply_fields.number(status.get("favourites_count")),
            reposts=reply_fields.number(status.get("reblogs_count")),
            replies=reply_fields.number(status.get("replies_count")),
        ),
        replies=tuple(_reply(one, me) for one in below if one.get("visibility") in _OPEN),
        whole=len(below) < _MOST and all(one.get("visibility") for one in below),
    )


def _reply(status: Mapping[str, Any], me: str) -> Reply:
    account: Mapping[str, Any] = status["account"]
    warning, text = str(status.get("spoiler_text") or ""), plain(str(status.get("content") or "")).strip()
    at = moment(status.get("created_at"))
    if at is None:
        raise ValueError("a reply has no time")
    return Reply(
        id=str(status["id"]),
        parent=str(status.get("in_reply_to_id") or ""),
        url=reply_fields.web(status.get("url") or status.get("uri")),
        text=reply_fields.words(f"{warning}\n\n{text}" if warning else text),
        author=reply_fields.name(account.get("display_name") or account.get("username")),
        handle=reply_fields.name(f"@{account.get('acct', '')}"),
        author_url=reply_fields.web(account.get("url")),
        at=at,
        # who does not want to be found by search engines does not want to stand on a web page either
        public=status.get("visibility") == "public" and not account.get("noindex"),
        mine=str(account.get("id")) == me,
    )
