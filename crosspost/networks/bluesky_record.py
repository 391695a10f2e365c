"""The record of a Bluesky post, made from a draft and what was prepared for it. Pure.

Sources: github.com/bluesky-social/atproto lexicons/app/bsky/{feed/post,embed/images,embed/external}.json,
atproto.com/specs/tid, checked 2026-11-22.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.compose.facets import Facet, facets
from crosspost.compose.links import as_uri
from crosspost.model import Draft, Picture

COLLECTION = "app.bsky.feed.post"
_TID = "234567abcdefghijklmnopqrstuvwxyz"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def tid(moment: datetime, handle: str) -> str:
    """A timestamp identifier (atproto.com/specs/tid): 53 bits of microseconds, 10 bits that tell clocks apart.

    The milliseconds are those of ``moment``; what is finer comes from ``handle``, so that two posts of one moment
    differ.
    """
    spread = int.from_bytes(hashlib.blake2s(handle.encode(), digest_size=8).digest(), "big")
    milliseconds = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    value = (milliseconds * 1000 + spread % 1000) << 10 | spread // 1000 % 1024
    return "".join(_TID[value >> shift & 31] for shift in range(60, -1, -5))


def pictures(draft: Draft) -> tuple[Picture, ...]:
    """What is uploaded: the card's picture or those of the post."""
    if draft.card is not None:
        return (draft.card.image,) if draft.card.image is not None and draft.card.image.path else ()
    return draft.images


def record_of(draft: Draft, remote: dict[str, Any], labels: tuple[str, ...]) -> dict[str, Any]:
    """The record as it is sent (lexicon app.bsky.feed.post)."""
    language = draft.language.replace("_", "-")
    marked = facets(draft.text, link=draft.link, dids=remote["mentions"])
    record: dict[str, Any] = {"$type": COLLECTION, "text": draft.text, "createdAt": remote["created"]}
    if "reply" in remote:
        record["reply"] = remote["reply"]
    if marked:
        record["facets"] = [_facet(facet) for facet in marked]
    if _LANGUAGE.fullmatch(language):
        record["langs"] = [language]
    if embed := _embed(draft, [remote[f"media_{n}"] for n in range(len(pictures(draft)))]):
        record["embed"] = embed
    if labels:
        values = [{"val": label} for label in labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    return record


def _facet(facet: Facet) -> dict[str, Any]:
    name = {"link": "uri", "tag": "tag", "mention": "did"}[facet.kind]
    feature = {"$type": f"app.bsky.richtext.facet#{facet.kind}", name: facet.value}
    return {"index": {"byteStart": facet.start, "byteEnd": facet.end}, "features": [feature]}


def _embed(draft: Draft, media: list[dict[str, Any]]) -> dict[str, Any] | None:
    if draft.card is not None:
        card = {"uri": as_uri(draft.card.url), "title": draft.card.title, "description": draft.card.description}
        thumb = {"thumb": media[0]["blob"]} if media else {}
        return {"$type": "app.bsky.embed.external", "external": card | thumb}
    images = [
        {
            "image": one["blob"],
            "alt": picture.alt,
            "aspectRatio": {"width": one["width"], "height": one["height"]},  # without it the page jumps
        }
        for picture, one in zip(draft.images, media, strict=True)
    ]
    return {"$type": "app.bsky.embed.images", "images": images} if images else None
