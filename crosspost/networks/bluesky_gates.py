"""Who may answer or quote a Bluesky post: records beside it, under the same key, written together with it. Pure.

Sources: github.com/bluesky-social/atproto lexicons/{app/bsky/feed/threadgate,app/bsky/feed/postgate,
com/atproto/repo/applyWrites}.json, checked 2026-11-27.
"""

from typing import Any

from crosspost.model import Prepared
from crosspost.networks.bluesky_record import COLLECTION

_RULES = {"mentioned": "mentionRule", "following": "followingRule", "followers": "followerRule"}


def writes_of(prepared: Prepared, repo: str, replies: str, *, quotes: bool) -> list[dict[str, Any]]:
    """The post and its gates as ``applyWrites`` takes them, which writes all of them or none.

    :param repo: the account's DID
    :param replies: who may answer; "" is everybody. Only the first post of a thread says it
    """
    rkey, record = prepared.remote["rkey"], prepared.remote["record"]
    about = {"post": f"at://{repo}/{COLLECTION}/{rkey}", "createdAt": record["createdAt"]}
    gates: list[dict[str, Any]] = []
    if replies and not prepared.reply_to:
        kind = "app.bsky.feed.threadgate"
        allow = [{"$type": f"{kind}#{_RULES[replies]}"}] if replies in _RULES else []  # [] is nobody
        gates.append({"$type": kind, **about, "allow": allow})
    if not quotes:
        kind = "app.bsky.feed.postgate"
        gates.append({"$type": kind, **about, "embeddingRules": [{"$type": f"{kind}#disableRule"}]})
    return [_create(rkey, value) for value in (record, *gates)]


def _create(rkey: str, value: dict[str, Any]) -> dict[str, Any]:
    action = "com.atproto.repo.applyWrites#create"
    return {"$type": action, "collection": value["$type"], "rkey": rkey, "value": value}
