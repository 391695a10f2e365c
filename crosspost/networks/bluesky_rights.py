"""What a session of Bluesky's may do, from the scope in its token.

Source: github.com/bluesky-social/atproto packages/pds/src/auth-scope.ts, checked 2026-11-26.
"""

import base64

import msgspec

from crosspost.model import Remark

#: of a session that was opened with the account's main password, and with an app password that may read chats
MAIN, _CHATS = "com.atproto.access", "com.atproto.appPassPrivileged"


def scope(token: str) -> str:
    """The scope of a session's token (a JWT); "" when it says none."""
    try:
        part = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims.get("scope", ""))
    except (IndexError, ValueError, AttributeError):
        return ""


def remarks(token: str, account: str) -> list[Remark]:
    """That a password may more than it has to.

    :param token: the session's access token
    :param account: the account's name in the config
    """
    found = scope(token)
    if found == MAIN:
        return [
            Remark(
                said="it logs in with the account's main password, with which one can delete the account",
                todo=f"`crosspost accounts renew {account}` with an app password, then change the main one",
            )
        ]
    if found == _CHATS:
        return [
            Remark(
                said="its app password may read your direct messages, which crosspost does not need",
                todo=f"`crosspost accounts renew {account}` with one that may not",
                weight="ok",
            )
        ]
    return []
