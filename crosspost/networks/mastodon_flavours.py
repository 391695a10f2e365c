"""The kinds of servers that speak Mastodon's language, and where each differs, as data. Pure.

Sources: docs.joinmastodon.org; the sources of GoToSocial 0.20, Akkoma, Pixelfed (app/Http/Controllers/Api), Friendica
2024.08 (src/Module/Api/Mastodon) and snac; checked 2026-11-26. Iceshrimp and Sharkey were not read: nothing is
expected of them that was not.
"""

import re
from typing import Any, NamedTuple

import msgspec

from crosspost.model import Abilities, Limits


class Flavour(NamedTuple):
    """One kind of server.

    ``keys``: it remembers a key for an hour, so that a repetition gives back the same post. ``needs_image``: it takes
    no post without a picture. ``visibilities`` are those it knows. ``warning_is_title``: it shows a content warning as
    the post's title and hides nothing. ``image`` are limits of pictures, where its own answer lacks them.
    ``polls``: it takes polls. ``quotes``: it lets the author decide who may quote.
    """

    name: str
    keys: bool = False
    needs_image: bool = False
    visibilities: tuple[str, ...] = ("public", "unlisted", "private", "direct")
    warning_is_title: bool = False
    image: dict[str, Any] = {}  # noqa: RUF012  # a NamedTuple's default; nobody changes it
    polls: bool = False
    quotes: bool = False


_MASTODON = Flavour("Mastodon", keys=True, polls=True, quotes=True)
#: the name of a software in nodeinfo → its kind
_FLAVOURS = {
    "mastodon": _MASTODON,
    "hometown": Flavour("Hometown", keys=True, polls=True),  # both are Mastodon with small changes
    "fedibird": Flavour("Fedibird", keys=True, polls=True),
    # has no such key; counts links in full
    "gotosocial": Flavour("GoToSocial", polls=True),
    "snac": Flavour("snac"),
    # repeat the first answer to a key for hours, even an error
    "akkoma": Flavour("Akkoma", polls=True),
    "pleroma": Flavour("Pleroma", polls=True),
    # refuses a key for good after a request that failed
    "pixelfed": Flavour(
        "Pixelfed",
        needs_image=True,
        visibilities=("public", "unlisted", "private"),
        image={"count": 4, "formats": ("JPEG", "PNG", "GIF"), "bytes": 15_000 * 1024, "alt": 1000},
    ),
    "friendica": Flavour("Friendica", warning_is_title=True),
    "iceshrimp": Flavour("Iceshrimp"),
    "iceshrimp.net": Flavour("Iceshrimp"),
    "sharkey": Flavour("Sharkey"),
}


def flavour_of(software: str, instance: dict[str, Any]) -> Flavour:
    """The kind of a server.

    :param software: its name in nodeinfo; "" when it does not say, then its version tells (entities/Instance)
    """
    if software:
        return named(software)
    said = f"{instance.get('source_url') or ''} {instance.get('version') or ''}".lower()
    for name, flavour in _FLAVOURS.items():
        if name != "mastodon" and name in said:
            return flavour
    return Flavour("unknown") if "compatible" in said or not re.search(r"\d", said) else _MASTODON


def named(software: str) -> Flavour:
    """The kind with this name; one that nobody knows has no abilities that were not seen."""
    return _FLAVOURS.get(software.lower(), Flavour(software))


def abilities_of(flavour: Flavour, standard: Abilities) -> Abilities:
    """What this kind of server can do."""
    keys = standard.idempotent_for if flavour.keys else 0
    return msgspec.structs.replace(standard, idempotent_for=keys, needs_image=flavour.needs_image)


def of_kind(limits: Limits, flavour: Flavour) -> Limits:
    """The limits a server reported, made as tight as what this kind of server is known to take."""
    images = limits.images
    limits = limits if flavour.polls else msgspec.structs.replace(limits, polls=None)
    tighter = {
        name: min(getattr(images, name) or most, most) if isinstance(most, int) else most
        for name, most in flavour.image.items()
    }
    return msgspec.structs.replace(limits, images=msgspec.structs.replace(images, **tighter)) if tighter else limits
