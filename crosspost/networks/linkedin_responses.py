"""What came back to an organisation's post on LinkedIn: figures and comments. Pure, but for the questions it is given.

Sources: learn.microsoft.com/linkedin/marketing/community-management/organizations/share-statistics and
…/shares/comments-api, checked 2026-11-27. A comment names its author by a URN only, and is not little text. Replies to
a comment are listed at that comment, and nothing is below them. What ``paging.total`` counts is not documented: a list
that is shorter counts as not whole.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from crosspost.model import Receipt
from crosspost.model.response import Figures, Reply, Responses
from crosspost.networks import reply_fields
from crosspost.networks.linkedin_post import moment
from crosspost.networks.post_search import rows
from crosspost.networks.protocols import restli

#: comments on a page, and questions about the comments of one post; what needs more is not whole
SIZE, QUESTIONS = 100, 30
#: scopes that show figures to an organisation's administrators, and comments to people with a role there; older
#: versions of the documentation name r_organization_social for comments, which a log-in has
FIGURES, COMMENTS = "rw_organization_admin", "r_organization_social_feed"
#: the kinds of posts that have figures, as the query names them
_KINDS = {"share": "shares", "ugcPost": "ugcPosts"}
_FINE, _REFUSED, _MISSING = 200, 403, 404

#: requests a path below /rest/: one of these three, and what was answered
Ask = Callable[[str], tuple[int, Any]]


class Listed(NamedTuple):
    """Comments; ``whole`` is False where there may be more, ``status`` that of the last answer."""

    rows: list[Mapping[str, Any]]
    whole: bool
    status: int


def responses_of(receipt: Receipt, account: str, me: str, ask: Ask) -> Responses | None:
    """Figures and comments of a post; None when it is not there any more.

    :param account: the account's name
    :param me: the organisation's URN
    :raises ValueError: for a response without its list, or a comment without a time
    """
    post = receipt.id
    listed = comments_of(post, ask)
    path = _statistics(me, post)
    status, answer = ask(path) if path else (_FINE, {"elements": []})
    figures = _figures(answer, post) if status == _FINE else None
    nothing = listed.status == _FINE == status and not listed.rows and figures is None
    # to ask for a post counts against the limit of posts, so it is done only in doubt
    if (nothing or listed.status == _MISSING) and ask(f"posts/{restli.key(post)}")[0] == _MISSING:
        return None
    return Responses(
        figures=figures or Figures(),
        replies=tuple(_reply(one, receipt, me) for one in listed.rows),
        whole=listed.whole,
        unread=_unread(account, figures=status == _REFUSED, comments=listed.status == _REFUSED),
    )


def comments_of(post: str, ask: Ask) -> Listed:
    """The comments on a post, and those below them.

    :raises ValueError: for a response without its list
    """
    found: list[Mapping[str, Any]] = []
    todo, whole = [(post, 0)], True
    for _ in range(QUESTIONS):
        if not todo:
            break
        urn, start = todo.pop(0)
        status, answer = ask(f"socialActions/{restli.key(urn)}/comments?start={start}&count={SIZE}")
        if status != _FINE:
            return Listed(found, whole=False, status=status)
        page = rows(answer, "elements")
        found += page
        paging = answer.get("paging") or {}
        total, seen = reply_fields.number(paging.get("total")), start + len(page)
        if page and (_goes_on(paging) or len(page) >= SIZE or (total is not None and seen < total)):
            todo.append((urn, seen))
        elif total is not None and seen < total:
            whole = False
        todo += [(below, 0) for below in _answered(page)] if urn == post else []
    return Listed(found, whole=whole and not todo, status=_FINE)


def _statistics(organisation: str, post: str) -> str:
    """The path and query that ask for a post's figures; "" for a kind of post that has none."""
    kind = _KINDS.get(post.removeprefix("urn:li:").partition(":")[0])
    if kind is None:
        return ""
    # the parentheses of Rest.li's list stand as they are, what is in it is encoded
    asked = f"q=organizationalEntity&organizationalEntity={restli.key(organisation)}&{kind}=List({restli.key(post)})"
    return f"organizationalEntityShareStatistics?{asked}"


def _figures(answer: Any, post: str) -> Figures | None:
    """A post's figures, without what was paid for; None where LinkedIn has none of the last twelve months."""
    for row in rows(answer, "elements"):
        if post in (row.get("share"), row.get("ugcPost")):
            told = row["totalShareStatistics"]
            return Figures(
                likes=reply_fields.number(told.get("likeCount")),
                reposts=reply_fields.number(told.get("shareCount")),
                replies=reply_fields.number(told.get("commentCount")),
                views=reply_fields.number(told.get("impressionCount")),
            )
    return None


def _unread(account: str, *, figures: bool, comments: bool) -> str:
    """Which scopes are missing and what to do about it, for people; "" when nothing was refused."""
    kinds = (("figures", FIGURES, figures), ("comments", COMMENTS, comments))
    refused = [(what, scope) for what, scope, lacks in kinds if lacks]
    if not refused:
        return ""
    what, scopes = (" and ".join(words) for words in zip(*refused, strict=True))
    return (
        f"{account}: LinkedIn does not show the {what} of its posts: the token lacks {scopes}, or its owner is not an "
        f"administrator of the page. If “Auth” in your app lists {scopes}, make a token with all of its organisation "
        f"scopes at linkedin.com/developers/tools/oauth/token-generator, then `crosspost accounts renew {account}`"
    )


def _goes_on(paging: Mapping[str, Any]) -> bool:
    return any(isinstance(link, dict) and link.get("rel") == "next" for link in paging.get("links") or ())


def _answered(comments: Iterable[Mapping[str, Any]]) -> list[str]:
    """The comments below which there may be others; where no count is told there may."""
    return [
        str(one["commentUrn"])
        for one in comments
        if (one.get("commentsSummary") or {}).get("aggregatedTotalComments") != 0
    ]


def _reply(comment: Mapping[str, Any], receipt: Receipt, me: str) -> Reply:
    at = moment((comment.get("created") or {}).get("time"))
    if at is None:
        raise ValueError("a comment has no time")
    return Reply(
        id=str(comment["commentUrn"]),
        parent=str(comment.get("parentComment") or receipt.id),
        url=reply_fields.web(receipt.url),  # a comment has no documented address of its own
        text=reply_fields.words((comment.get("message") or {}).get("text")),
        at=at,
        mine=str(comment["actor"]) == me,
    )
