"""What Bluesky's servers are asked about records and people: the posts of an account, a post to reply to, a mention.

Sources: github.com/bluesky-social/atproto lexicons/com/atproto/{repo,identity}, checked 2026-11-22.
"""

from collections.abc import Iterator
from typing import Any

from crosspost.compose.formats.facets import handles
from crosspost.errors import NotSent, Rejected
from crosspost.model import Prepared
from crosspost.networks.bluesky_record import COLLECTION
from crosspost.networks.post_search import Page, rows, text
from crosspost.networks.protocols.xrpc import Xrpc


def reference(server: Xrpc, uri: str) -> dict[str, str]:
    """The reference to the post a reply answers: its URI and the hash of its content.

    :raises NotSent: when the server does not return it
    """
    repo, _, rkey = uri.removeprefix("at://").split("/")
    where = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
    answer = server.call("GET", "com.atproto.repo.getRecord", params=where)
    if not answer.get("uri") or not answer.get("cid"):
        raise NotSent(f"{server.account}: the server does not return the hash of the post this replies to")
    return {"uri": str(answer["uri"]), "cid": str(answer["cid"])}


def resolved(server: Xrpc, content: str) -> dict[str, str]:
    """Handle → DID of the mentions in a text that exist; the others stay plain text."""
    found = {}
    for handle in handles(content):
        try:
            answer = server.call("GET", "com.atproto.identity.resolveHandle", params={"handle": handle})
        except Rejected:  # 400: nobody has this handle
            continue
        if str(answer.get("did", "")).startswith("did:"):
            found[handle] = str(answer["did"])
    return found


def records(server: Xrpc) -> Iterator[Page]:
    """The posts of the account, the newest first."""
    cursor = None
    while True:
        where = {"repo": server.me().id, "collection": COLLECTION, "limit": 100, "cursor": cursor}
        answer = server.call("GET", "com.atproto.repo.listRecords", params=where)
        cursor = answer.get("cursor")
        yield Page(rows(answer, "records"), more=bool(cursor))
        if not cursor:
            return


def same(value: dict[str, Any], prepared: Prepared) -> bool | None:
    """Whether a record has the same text in the same place: on its own, or as a reply to the same post.

    Returns None when it holds no text.
    """
    content = text(value.get("text"))
    if content is None:
        return None
    answered = str(((value.get("reply") or {}).get("parent") or {}).get("uri") or "")
    return (content, answered.rpartition("/")[2]) == (prepared.draft.text, prepared.reply_to.rpartition("/")[2])
