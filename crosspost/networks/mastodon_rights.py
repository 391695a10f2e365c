"""What a token of Mastodon's may do, and what its server asks of accounts that post by themselves.

Sources: docs.joinmastodon.org/methods/apps (verify_credentials tells the app's scopes from 4.3.0 on), /entities/Rule,
/entities/Account (bot), checked 2026-11-26. A token never may more than its app.
"""

import re
from collections.abc import Mapping
from typing import Any

from crosspost.model import Remark
from crosspost.networks.login_rights import Need, missing
from crosspost.text.lazy_pattern import lazy

_NEEDED = (
    Need(("write", "write:statuses"), "post", "fail"),
    Need(("write", "write:media"), "upload pictures"),
    Need(("read", "read:statuses"), "check whether a post is out when that is in doubt"),
)
_BOT = lazy(r"\bbots?\b|automat", re.IGNORECASE)


def missing_scopes(app: Mapping[str, Any], account: str) -> list[Remark]:
    """What a token cannot do.

    :param app: what the server says about the token's app; one that tells no scopes is not judged
    :param account: the account's name in the config
    """
    scopes = app.get("scopes")
    if not isinstance(scopes, list):
        return []
    return missing(scopes, _NEEDED, f"`crosspost accounts renew {account}` gets one that may")


def bot_rule(me: Mapping[str, Any], instance: Mapping[str, Any]) -> list[Remark]:
    """That the server has a rule about bots, and the account is not marked as one."""
    if me.get("bot"):
        return []
    rules = instance.get("rules")
    texts = [str(rule.get("text") or "") for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    found = next((" ".join(text.split()) for text in texts if _BOT.search(text)), "")
    if not found:
        return []
    return [
        Remark(
            said=f"the server has a rule about bots (“{found[:200]}”), and the account is not marked as one",
            todo="if that rule means you: Preferences › Public profile › “This is an automated account”",
        )
    ]
