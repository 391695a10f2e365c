"""What a token of Meta's may do, as Meta tells it, and the app it belongs to.

Sources: developers.facebook.com/docs/graph-api/reference/debug_token; docs/development/build-and-test/app-modes: what
an app in development mode posts is seen only by people with a role on the app. No API tells the mode. Checked
2026-11-26.
"""

from collections.abc import Sequence
from typing import Any

from crosspost.model import Remark
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


def remarks(client: Any, account: str, wanted: Sequence[str]) -> list[Remark]:
    """What is to be said of the client's token.

    :param account: the account's name in the config
    :param wanted: the permissions it needs
    """
    told = graph.told(client)
    scopes = told.get("scopes")
    missing = [scope for scope in wanted if scope not in scopes] if isinstance(scopes, list) else []
    found = []
    if missing:
        found.append(
            Remark(
                said=f"its token lacks the permission {', '.join(missing)}",
                todo=f"add it to your app’s use case, then `crosspost accounts renew {account}` with everything ticked",
                weight="fail" if set(missing) & set(_PUBLISH) else "warn",
            )
        )
    if number := str(told.get("app_id") or ""):
        name = str(told.get("application") or number)
        found.append(
            Remark(
                said=f"it posts through your app {name}; while Meta calls an app “in development”, only people with a"
                " role on it see its posts",
                todo=f"look whether it is published: {_APPS}/{number}/",
                weight="ok",
            )
        )
    return found
