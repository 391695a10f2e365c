"""In what a post says something else than what is out. Pure."""

from pathlib import PurePath
from typing import Any, Literal

import msgspec

from crosspost.model import Card, Draft, Picture, Video, as_stored
from crosspost.networks.base import Network

Part = Literal["text", "images", "card", "language", "options"]
_NAMES = {"images": "the picture", "card": "the link's card"}


def differences(before: Draft | None, after: Draft, network: Network) -> tuple[Part, ...]:
    """Parts of a draft that a reader of this network would see differ.

    A card that the network makes by itself from the page is none of ours. Where files are does not count, only what
    is in them; of a picture nobody looked into, the name decides.

    :param before: what is out; None when nobody knows
    """
    if before is None:
        return ("text",)
    found: list[Part] = []
    texts = [[(one.text, one.link) for one in (draft, *draft.parts)] for draft in (before, after)]
    if texts[0] != texts[1]:
        found.append("text")
    if other_pictures(before, after) or (network.able.alt_text and _alts(before) != _alts(after)):
        found.append("images")
    if network.able.card == "client" and not _same_card(before.card, after.card):
        found.append("card")
    if before.language != after.language:
        found.append("language")
    if _options(before, network) != _options(after, network):
        found.append("options")
    return tuple(found)


def other_pictures(before: Draft, after: Draft) -> bool:
    """Whether the pictures themselves, or the video in their place, differ, whatever their alternative texts."""
    if len(before.images) != len(after.images) or not _same_film(before.video, after.video):
        return True
    return any(not _same(one, other) for one, other in zip(before.images, after.images, strict=True))


def carried(found: tuple[Part, ...], network: Network) -> tuple[Part, ...]:
    """Those of the differences that an edit changes on this network; where there is none, those a reader sees."""
    if not network.able.edit:
        return tuple(part for part in found if part in ("text", *_NAMES))
    return tuple(part for part in found if part not in network.able.edit_keeps)


def kept(found: tuple[Part, ...], network: Network) -> str:
    """The differences a reader sees that stay as they were sent, in words; "" when there are none."""
    return " and ".join(_NAMES[part] for part in found if part in network.able.edit_keeps and part in _NAMES)


def after_edit(before: Draft | None, after: Draft, network: Network) -> Draft:
    """What is out once an edit is done: ``after``, less what stays as it was sent."""
    if before is None:
        return after
    stays: dict[str, Any] = {part: getattr(before, part) for part in network.able.edit_keeps}
    if "images" in stays:
        stays["video"] = before.video  # it stands in the place of the pictures
    return msgspec.structs.replace(after, **stays)


def picture_name(picture: Picture) -> str:
    """What a picture is called, wherever the site lies: its address, else its file's name."""
    return picture.url or PurePath(picture.path).name


def _same(one: Picture, other: Picture) -> bool:
    if (one.drawn, one.framing) != (other.drawn, other.framing):
        return False
    if one.digest and other.digest:
        return one.digest == other.digest
    return picture_name(one) == picture_name(other)


def _same_film(one: Video | None, other: Video | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.digest and other.digest:
        return one.digest == other.digest
    return PurePath(one.path).name == PurePath(other.path).name


def _alts(draft: Draft) -> list[str]:
    video = [draft.video.alt] if draft.video is not None else []
    return [*video, *(picture.alt for picture in draft.images)]


def _same_card(one: Card | None, other: Card | None) -> bool:
    if one is None or other is None:
        return one is other
    if (one.url, one.title, one.description) != (other.url, other.title, other.description):
        return False
    if one.image is None or other.image is None:
        return one.image is other.image
    return _same(one.image, other.image)


def _options(draft: Draft, network: Network) -> list[Any]:
    stored = as_stored(draft).options
    return [stored.get(name) for name in network.edits]
