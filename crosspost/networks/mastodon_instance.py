"""What a server with Mastodon's API reports about itself, as limits. Pure.

Source: docs.joinmastodon.org/entities/Instance, checked 2026-11-22.
"""

from typing import Any

import msgspec

from crosspost.model import Limits


def limits_of(instance: dict[str, Any], standard: Limits) -> Limits:
    """The limits a server reports (docs: entities/Instance, ``configuration``); otherwise the standard ones."""
    configuration = _table(instance.get("configuration"))
    statuses, media = _table(configuration.get("statuses")), _table(configuration.get("media_attachments"))
    # the names outside the tables are those of Pleroma, and of version 1 in general
    text = _number(statuses.get("max_characters"), instance.get("max_toot_chars"), standard.text)
    images = standard.images
    known = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
    formats = tuple(known[mime] for mime in media.get("supported_mime_types") or () if mime in known)
    return msgspec.structs.replace(
        standard,
        text=text,
        also=(("code-points", text),),
        url_length=_number(statuses.get("characters_reserved_per_url"), standard.url_length),
        images=msgspec.structs.replace(
            images,
            count=_number(statuses.get("max_media_attachments"), images.count),
            formats=formats or images.formats,
            bytes=_number(media.get("image_size_limit"), instance.get("upload_limit"), images.bytes),
            pixels=_number(media.get("image_matrix_limit"), images.pixels),
            alt=_number(media.get("description_limit"), instance.get("description_limit"), images.alt),
        ),
    )


def nodeinfo_link(links: dict[str, Any], server: str) -> str:
    """Where a server describes itself (nodeinfo.diaspora.software); only an address of its own is followed.

    :raises ValueError: when it names none
    """
    for link in links["links"]:
        if "/ns/schema/2" in str(link.get("rel")) and str(link.get("href")).startswith(f"{server}/"):
            return str(link["href"])
    raise ValueError("no nodeinfo")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(*values: Any) -> int:
    """The first value that is a number above 0; Pixelfed writes some of them as strings."""
    return next(int(value) for value in values if str(value).isdecimal() and int(value))
