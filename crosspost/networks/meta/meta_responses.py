"""Reads what came back to a post on Meta's networks: lists page by page, and why one could not be read.

Sources: developers.facebook.com/docs/graph-api/results (paging by cursors), …/reference/debug_token and
…/guides/error-handling (codes 3, 10 and 200 to 299: a permission is missing). A post that a token may not see looks
like one that is gone, so the token's permissions are asked for before a post counts as gone. Checked 2026-11-27.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from crosspost.errors import AuthExpired, Rejected
from crosspost.networks.base import Network
from crosspost.networks.meta import graph
from crosspost.networks.post_search import rows

#: rows of a page, and pages of a list that are read; more than that is not whole
SIZE, PAGES = 100, 10
_NOT_ALLOWED = (3, 10, *range(200, 300))

Answer = TypeVar("Answer")


class Listed(NamedTuple):
    """The rows of a list; ``whole`` is False where there may be more."""

    rows: list[Any]
    whole: bool


def listed(ask: Callable[..., Any], size: int | None = None) -> Listed:
    """All rows of a list.

    :param ask: requests one page; takes ``limit``, and ``after`` for every page but the first
    :param size: rows of a page, where the network allows fewer
    :raises ValueError: for a response without its list
    """
    found: list[Any] = []
    where: dict[str, Any] = {"limit": size or SIZE}
    for _ in range(PAGES):
        answer = ask(**where)
        found += rows(answer, "data")
        paging = answer.get("paging") or {}
        if not paging.get("next"):
            return Listed(found, whole=True)
        after = (paging.get("cursors") or {}).get("after")
        if not after:
            break
        where["after"] = after
    return Listed(found, whole=False)


def allowed(network: Network, wanted: Sequence[str], ask: Callable[[], Answer]) -> tuple[Answer | None, str]:
    """An answer that takes a further permission, and why there is none ("": there is one).

    :param wanted: the permissions it takes
    """
    try:
        with network.talking():
            return ask(), ""
    except Rejected as error:
        last = network.session.last
        if last is None or graph.error_of(last).get("code") not in _NOT_ALLOWED:
            raise
        return None, unread(network, wanted, str(error).removeprefix(f"{network.account}: "))


def replies(
    network: Network, client: Any, wanted: Sequence[str], count: int | None, ask: Callable[[], Listed]
) -> tuple[Listed, str]:
    """The list of replies, and why it could not be read ("": it could).

    :param wanted: the permissions that it takes
    :param count: how many replies the network counts; fewer in the list are believed only if nothing is missing
    """
    found, why = allowed(network, wanted, ask)
    if found is None:
        return Listed([], whole=False), why
    if count is not None and len(found.rows) >= count:
        return found, ""
    missing = lacking(network, client, wanted)
    if missing:
        return found._replace(whole=False), unread(network, missing)
    return found._replace(whole=found.whole and missing is not None), ""


def gone(network: Network, client: Any, wanted: Sequence[str]) -> bool:
    """Whether the last response was that the post is not there.

    :raises AuthExpired: when it may only be out of sight, because the token lacks a permission
    """
    last = network.session.last
    if last is None or not graph.missing(last):
        return False
    if missing := lacking(network, client, wanted):
        raise AuthExpired(
            f"{network.account}: {network.name} shows the post to no token that lacks the permission"
            f" {', '.join(missing)}: `crosspost accounts renew {network.account}` with everything ticked"
        )
    return True


def lacking(network: Network, client: Any, wanted: Sequence[str]) -> list[str] | None:
    """The permissions that a token lacks; None where Meta does not tell."""
    try:
        with network.talking():
            scopes = graph.told(client).get("scopes")
    except (AuthExpired, Rejected):  # not every token may ask about itself
        return None
    return [scope for scope in wanted if scope not in scopes] if isinstance(scopes, list) else None


def unread(network: Network, missing: Sequence[str], why: str = "") -> str:
    """That something is not read, and what to do about it.

    :param missing: the permissions it takes
    :param why: the network's own words
    """
    names = ", ".join(missing)
    reason = why or f"the token lacks the permission {names}"
    return (
        f"not all that came back is read: {reason}. Write `responses = true` in [accounts.{network.account}], add"
        f" {names} to your app’s use case, then `crosspost accounts renew {network.account}`"
    )
