"""What an account's tokens may do on X.

Sources: docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code and /oauth-1-0a, checked 2026-11-22.
"""

from collections.abc import Collection

from crosspost.model import Remark
from crosspost.networks.login_rights import Need, missing
from crosspost.transport.exchange import Exchange

#: of a login with OAuth 2.0
_NEEDED = (
    Need(("tweet.write",), "post", "fail"),
    Need(("media.write",), "upload pictures"),
    Need(("tweet.read",), "check whether a post is out when that is in doubt"),
)


def missing_scopes(scopes: Collection[str], account: str) -> list[Remark]:
    """What a login with OAuth 2.0 lacks.

    :param scopes: those that were granted; none when X did not say
    :param account: the account's name in the config
    """
    todo = f"log in again with everything ticked: `crosspost accounts renew {account}`"
    return missing(scopes, _NEEDED, todo) if scopes else []


def read_only(answer: Exchange | None, account: str) -> list[Remark]:
    """That an access token of OAuth 1.0a cannot post.

    :param answer: the last answer of X; only those to OAuth 1.0a have the header
    :param account: the account's name in the config
    """
    if answer is None or answer.headers.get("x-access-level") != "read":
        return []
    return [
        Remark(
            said="its access token may only read",
            todo="choose “Read and write” under “User authentication settings” of your app, save, generate the"
            f" access token again, then `crosspost accounts renew {account}`",
            weight="fail",
        )
    ]
