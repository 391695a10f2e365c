"""What a token of Meta's may do, as Meta tells it, and the app it belongs to.

Sources: developers.facebook.com/docs/graph-api/reference/debug_token; docs/development/build-and-test/app-modes: what
an app in development mode posts is seen only by people with a role on the app. No API tells the mode. Checked
2026-11-26.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from crosspost.model import Remark
from crosspost.networks.base import Network
from crosspost.networks.meta import graph

#: the permissions for a Page, and for the Instagram account that is linked to it
PAGE = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
INSTAGRAM = ("instagram_basic", "instagram_content_publish")
#: what it takes to read a Page's own posts, and what others wrote below them
READ_PAGE, PAGE_COMMENTS = ("pages_read_engagement",), ("pages_read_user_content",)
READ_THREADS, THREADS_REPLIES = ("threads_basic",), ("threads_read_replies",)
THREADS_FIGURES = ("threads_manage_insights",)
#: by the login that Instagram's token is from
READ_INSTAGRAM = {"facebook": ("instagram_basic",), "instagram": ("instagram_business_basic",)}
INSTAGRAM_COMMENTS = {"facebook": ("instagram_manage_comments",), "instagram": ("instagram_business_manage_comments",)}
#: those without which nothing can be posted
_PUBLISH = ("pages_manage_posts", "instagram_content_publish", "threads_content_publish")
_APPS = "https://developers.facebook.com/apps"


def remarks(network: Network, client: Any, wanted: Sequence[str], reading: Sequence[str]) -> list[Remark]:
    """What is to be said of the client's token.

    :param wanted: the permissions it needs to post
    :param reading: those it needs to read what came back, where the account wants that
    """
    with network.talking():
        told = graph.told(client)
    scopes = told.get("scopes")
    return [*_lacking(network, scopes, wanted, reading), *_app(told)] if isinstance(scopes, list) else _app(told)


def _lacking(network: Network, has: Container[str], wanted: Sequence[str], reading: Sequence[str]) -> Iterator[Remark]:
    if missing := [scope for scope in wanted if scope not in has]:
        yield Remark(
            said=f"its token lacks {_permissions(missing)}",
            todo=anew(network.account, missing),
            weight="fail" if set(missing) & set(_PUBLISH) else "warn",
        )
    if network.wants_responses and (missing := [scope for scope in reading if scope not in has]):
        yield unread(network.account, missing)


def unread(account: str, missing: Sequence[str]) -> Remark:
    """That what came back to the account's posts cannot be read, although it asks for that.

    :param missing: the permissions it takes
    """
    return Remark(
        said="`responses = true` asks what came back to its posts, and not all of that can be read: its token lacks"
        f" {_permissions(missing)}",
        todo=anew(account, missing),
    )


def anew(account: str, missing: Sequence[str]) -> str:
    """How an account gets a token with these permissions."""
    return (
        f"add {' and '.join(missing)} to your app’s use case, then `crosspost accounts renew {account}`"
        " with everything ticked"
    )


def _permissions(names: Sequence[str]) -> str:
    return f"the permission{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _app(told: Mapping[str, Any]) -> list[Remark]:
    number = str(told.get("app_id") or "")
    if not number:
        return []
    name = str(told.get("application") or number)
    return [
        Remark(
            said=f"it posts through your app {name}; while Meta calls an app “in development”, only people with a"
            " role on it see its posts",
            todo=f"check whether it is published: {_APPS}/{number}/",
            weight="ok",
        )
    ]
