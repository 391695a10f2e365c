"""The gates of the Bluesky stand-in: who may answer or quote a post (lexicons app.bsky.feed.threadgate, postgate)."""

from typing import Any

from crosspost.sandbox.core.standin import only
from crosspost.sandbox.networks.bluesky.record import POST, Invalid

CREATE = "com.atproto.repo.applyWrites#create"
THREAD, QUOTE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
_MOST = 200
_RULES = {
    THREAD: ("allow", 5, ("mentionRule", "followerRule", "followingRule")),
    QUOTE: ("embeddingRules", 5, ("disableRule",)),
}


def read_writes(writes: Any, repo: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """One post and its gates, by collection.

    :raises Invalid: for anything the sandbox does not keep, or a gate that is not of this post
    """
    if not isinstance(writes, list) or not 1 <= len(writes) <= _MOST:
        raise Invalid("writes must be a list of 1 to 200 operations")
    for write in writes:
        if not isinstance(write, dict) or write.get("$type") != CREATE or only(write, _FIELDS):
            raise Invalid("The sandbox creates records only in applyWrites")
        if write.get("collection") not in (POST, *_RULES) or not isinstance(write.get("value"), dict):
            raise Invalid("The sandbox keeps a post with its gates only")
    posts = [write for write in writes if write["collection"] == POST]
    gates = {write["collection"]: write for write in writes if write["collection"] != POST}
    if len(posts) != 1 or len(gates) + 1 != len(writes):
        raise Invalid("The sandbox takes one post, and each gate once")
    for gate in gates.values():
        _check(gate, posts[0]["rkey"], repo)
    return posts[0], {name: gate["value"] for name, gate in gates.items()}


_FIELDS = ("$type", "collection", "rkey", "value")


def _check(gate: dict[str, Any], rkey: Any, repo: str) -> None:
    value, (field, most, rules) = gate["value"], _RULES[gate["collection"]]
    if value.get("$type") != gate["collection"] or only(value, ("$type", "post", "createdAt", field)):
        raise Invalid(f"A {gate['collection']} has post, createdAt and {field}")
    if gate.get("rkey") != rkey or value.get("post") != f"at://{repo}/{POST}/{rkey}":
        raise Invalid("A gate has the key of its post, and names it")
    if not isinstance(value.get("createdAt"), str):
        raise Invalid("createdAt is required")
    wanted = [f"{gate['collection']}#{rule}" for rule in rules]
    found = value.get(field, [])
    if not isinstance(found, list) or len(found) > most or any(rule.get("$type") not in wanted for rule in found):
        raise Invalid(f"{field} holds at most {most} of {', '.join(wanted)}")
