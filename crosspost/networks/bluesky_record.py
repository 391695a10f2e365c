"""Builds the record of a Bluesky post from a draft and what was prepared for it. Pure.

Sources: github.com/bluesky-social/atproto lexicons/app/bsky/{feed/post,embed/images,embed/external}.json,
atproto.com/specs/tid, checked 2026-11-22.
"""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from crosspost.compose.formats.facets import Facet, facets
from crosspost.compose.post_link import as_uri
from crosspost.model import Draft, Picture, Video
from crosspost.text.lazy_pattern import lazy

COLLECTION = "app.bsky.feed.post"
_TID = "234567abcdefghijklmnopqrstuvwxyz"
#: microseconds in a day; days in fifty years, for posts without a date
_DAY, _DAYS = 24 * 3600 * 1_000_000, 18_262
#: the last day whose microseconds all fit in 53 bits, in the year 2255
_LAST = 2**53 // _DAY - 1
_EPOCH = date(1970, 1, 1).toordinal()
_LANGUAGE = lazy(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def tid(dated: datetime | None, handle: str) -> str:
    """A timestamp identifier (atproto.com/specs/tid): 53 bits of microseconds, 10 bits to distinguish clocks.

    It is always the same for a delivery, so that a second attempt finds the first. The day is the post's, so that keys
    are roughly in the order of the posts; the time of day and the last bits are derived from ``handle``. Servers accept
    keys of any time (measured with the PDS 0.4.217 and 0.5.35).

    :param dated: the post's date; None: a day derived from ``handle``
    :param handle: the idempotency key
    """
    spread = int.from_bytes(hashlib.blake2s(handle.encode(), digest_size=16).digest(), "big")
    day = dated.astimezone(UTC).date().toordinal() - _EPOCH if dated is not None else spread // _DAY % _DAYS
    value = (min(max(day, 0), _LAST) * _DAY + spread % _DAY) << 10 | spread // (_DAY * _DAYS) % 1024
    return "".join(_TID[value >> shift & 31] for shift in range(60, -1, -5))


def pictures(draft: Draft) -> tuple[Picture, ...]:
    """The pictures to upload: the card's, or those of the post."""
    if draft.card is not None:
        return (draft.card.image,) if draft.card.image is not None and draft.card.image.path else ()
    return draft.images


def record_of(draft: Draft, remote: dict[str, Any], labels: tuple[str, ...]) -> dict[str, Any]:
    """Build the record to send (lexicon app.bsky.feed.post)."""
    language = draft.language.replace("_", "-")
    marked = facets(draft.text, link=draft.link, dids=remote["mentions"])
    record: dict[str, Any] = {"$type": COLLECTION, "text": draft.text, "createdAt": remote["created"]}
    if "reply" in remote:
        record["reply"] = remote["reply"]
    if marked:
        record["facets"] = [_facet(facet) for facet in marked]
    if _LANGUAGE.fullmatch(language):
        record["langs"] = [language]
    media = [remote[f"media_{n}"] for n in range(len(pictures(draft)))]
    if embed := _film(draft.video, remote) if draft.video is not None else _embed(draft, media):
        record["embed"] = embed
        if refs := (remote.get("article") or {}).get("refs"):
            embed["external"]["associatedRefs"] = refs
    if labels:
        values = [{"val": label} for label in labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    return record


def links_of(record: dict[str, Any]) -> tuple[str, ...]:
    """The addresses in a record's facets and card."""
    found = [str(((record.get("embed") or {}).get("external") or {}).get("uri") or "")]
    for facet in record.get("facets") or []:
        found += [str(feature.get("uri") or "") for feature in facet.get("features") or []]
    return tuple(filter(None, found))


def _facet(facet: Facet) -> dict[str, Any]:
    name = {"link": "uri", "tag": "tag", "mention": "did"}[facet.kind]
    feature = {"$type": f"app.bsky.richtext.facet#{facet.kind}", name: facet.value}
    return {"index": {"byteStart": facet.start, "byteEnd": facet.end}, "features": [feature]}


def _film(video: Video, remote: dict[str, Any]) -> dict[str, Any]:
    kept = remote["media_video"]
    embed = {"$type": "app.bsky.embed.video", "video": kept["blob"], "alt": video.alt}
    embed["aspectRatio"] = {"width": kept["width"], "height": kept["height"]}
    if captions := remote.get("media_captions"):
        embed["captions"] = [{"lang": video.captions_language.replace("_", "-") or "en", "file": captions}]
    return embed


def _embed(draft: Draft, media: list[dict[str, Any]]) -> dict[str, Any] | None:
    if draft.card is not None:
        card = {"uri": as_uri(draft.card.url), "title": draft.card.title, "description": draft.card.description}
        thumb = {"thumb": media[0]["blob"]} if media else {}
        return {"$type": "app.bsky.embed.external", "external": card | thumb}
    images = [
        {
            "image": item["blob"],
            "alt": picture.alt,
            "aspectRatio": {
                "width": item["width"],
                "height": item["height"],
            },  # without it the layout of the page shifts
        }
        for picture, item in zip(draft.images, media, strict=True)
    ]
    return {"$type": "app.bsky.embed.images", "images": images} if images else None
