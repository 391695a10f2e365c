"""How often a post was boosted on the sandbox, network by network."""

from typing import Any

from crosspost.sandbox import Sandbox


def boosted(sandbox: Sandbox, network: str, post: dict[str, Any]) -> int:
    """How often somebody boosted this post.

    :param post: as ``Sandbox.posts`` gives it
    """
    memory, number = sandbox.store.memory, post["id"]
    if network in ("x", "threads"):
        return sum(one.extra["reposts"] == number for one in memory.get((network, "reposts"), []))
    if network == "nostr":
        return list(memory.get((network, "reposts"), {}).values()).count(number)
    if network == "linkedin":
        return sum(one["extra"].get("parent") == number for one in sandbox.posts(network))
    if network == "mastodon":
        return len(post["extra"].get("reblogged_by", ()))
    if network == "misskey":
        return sum(one["renoteId"] == number for one in memory.get((network, "renotes"), {}).values())
    return list(memory.get((network, "reactions"), {}).values()).count(("repostCount", number))


def second_account(sandbox: Sandbox, network: str) -> tuple[dict[str, Any], str, dict[str, str]]:
    """Another account there: how it is reached, settings it needs, and its tokens.

    On LinkedIn an organisation's, of which it can be looked up what it posted.
    """
    access = sandbox.accounts("zweitkonto")[network]
    tokens = dict(access["credentials"])
    if network == "linkedin":
        return access, f'author = "{access["organization"]}"\n', {"access_token": tokens["organization_token"]}
    return access, "", tokens
