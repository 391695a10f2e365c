"""What came back to a post on Lemmy or PieFed. Pure, but for the questions it is given.

Sources: LemmyNet/lemmy, crates/api_common/src/{post,comment}.rs of 0.19 and crates/api/routes_v3/src/lib.rs of 1.0,
whose list of comments knows no pages; PieFed's OpenAPI description (alpha 1.6), where a text is called ``body``, a name
``user_name`` and a display name ``title``. Checked 2026-11-27.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crosspost.model.response import Figures, Reply, Responses
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment, rows

#: comments on a page, which is the most that Lemmy gives, and pages that are read
SIZE, PAGES = 50, 20


def responses_of(view: Mapping[str, Any], ask: Callable[..., Any], me: str) -> Responses | None:
    """Votes and comments of a post; None when it was deleted, or a moderator removed it.

    :param view: the post as the server shows it, with its counts
    :param ask: requests one page of comments, oldest first
    :param me: our account's number
    :raises ValueError: when an answer has no list, or a comment has no time
    """
    post, counts = view["post"], view.get("counts") or {}
    if post.get("deleted") is True or post.get("removed") is True:
        return None
    count = reply_fields.number(counts.get("comments"))
    found, whole = _listed(ask, count)
    there = [one for one in found if not (one["comment"].get("deleted") or one["comment"].get("removed"))]
    return Responses(
        figures=Figures(likes=reply_fields.number(counts.get("upvotes")), replies=count),
        replies=tuple(_reply(one, str(post["id"]), me) for one in there),
        whole=whole,
    )


def _listed(ask: Callable[..., Any], count: int | None) -> tuple[list[Mapping[str, Any]], bool]:
    """All comments, and whether that is all; a server that knows no pages gives the same one again."""
    found: dict[str, Mapping[str, Any]] = {}
    for page in range(1, PAGES + 1):
        listed = rows(ask(limit=SIZE, page=page), "comments")
        new = {str(one["comment"]["id"]): one for one in listed}
        known = new.keys() <= found.keys()
        found |= new
        if len(listed) < SIZE or known:
            break
    return list(found.values()), count is not None and len(found) >= count


def _reply(view: Mapping[str, Any], post: str, me: str) -> Reply:
    comment, author = view["comment"], view["creator"]
    at = moment(comment.get("published"))
    if at is None:
        raise ValueError("a comment has no time")
    above = str(comment.get("path") or "").split(".")[1:-1]  # "0.12.13": 13 answers 12
    address, name = reply_fields.web(author.get("actor_id")), author.get("name") or author.get("user_name")
    return Reply(
        id=str(comment["id"]),
        parent=above[-1] if above else post,
        url=reply_fields.web(comment.get("ap_id")),
        text=reply_fields.words(comment.get("content") or comment.get("body")),
        author=reply_fields.name(author.get("display_name") or author.get("title") or name),
        handle=reply_fields.name(f"@{name}@{address.split('/')[2]}" if address else f"@{name}"),
        author_url=address,
        at=at,
        mine=str(author.get("id")) == me,
    )
