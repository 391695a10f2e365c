"""Which keys of a front matter hold a post's picture, its alternative text and its description.

The defaults are what themes document: Jekyll and jekyll-seo-tag (``image``, ``image.path``, ``image.alt``,
``description``, ``excerpt``), minimal-mistakes (``header.teaser``, ``header.overlay_image``, ``header.og_image``),
Chirpy (``image.path``), Beautiful Jekyll (``share-img``, ``thumbnail-img``, ``cover-img``, ``subtitle``), al-folio
(``img``, ``og_image``), Type-on-Strap (``feature-img``), YAT (``banner``), Hux Blog (``header-img``), Clean Blog
(``background``), Jekflix (``optimized_image``), So Simple and HPSTR (``image.feature``).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from crosspost.text.near_names import plain

#: stands in a list of the settings for the default keys
REST = "..."

PICTURE_KEYS = (
    "thumbnail",
    "image",
    "og_image",
    "social_image",
    "share-img",
    "thumbnail-img",
    "header.og_image",
    "header.teaser",
    "header.overlay_image",
    "header.image",
    "cover",
    "cover_image",
    "cover-img",
    "feature-img",
    "featured_image",
    "featured_img",
    "feature_image",
    "img",
    "thumb",
    "preview_image",
    "post_image",
    "main_image",
    "banner",
    "banner_image",
    "hero",
    "hero_image",
    "header_image",
    "header-img",
    "photo",
    "picture",
    "images[0]",
    "photos[0]",
    "optimized_image",
    "teaser",
    "teaser_image",
    "background",
)
ALT_KEYS = ("thumbnail_alt", "image_alt", "alt")
DESCRIPTION_KEYS = ("description", "excerpt", "subtitle", "summary", "lead", "abstract", "tagline")

PictureFrom = Literal["keys", "body", "page", "defaults", "site"]
PICTURE_FROM: tuple[PictureFrom, ...] = ("keys", "body", "defaults")

_STEP = re.compile(r"([^.\[\]\s]+)((?:\[\d{1,3}\])*)")


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look, in this order; see ``[site]`` in :mod:`crosspost.config.settings`."""

    pictures: tuple[str, ...] = PICTURE_KEYS
    alts: tuple[str, ...] = ALT_KEYS
    descriptions: tuple[str, ...] = DESCRIPTION_KEYS
    picture_from: tuple[PictureFrom, ...] = PICTURE_FROM


class Found(NamedTuple):
    """A value, the mapping it stands in, and the keys that lead there as the author wrote them."""

    value: Any
    beside: dict[Any, Any]
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """How the place is called in a sentence: ``header.teaser``."""
        return ".".join(self.keys)


class Given(Protocol):
    """The settings of ``[site]`` about keys; None for the usual ones."""

    @property
    def picture_keys(self) -> tuple[str, ...] | None: ...
    @property
    def alt_keys(self) -> tuple[str, ...] | None: ...
    @property
    def description_keys(self) -> tuple[str, ...] | None: ...
    @property
    def picture_from(self) -> tuple[PictureFrom, ...] | None: ...


def chosen(given: Given, refuse: Callable[[str, str], Exception]) -> Keys:
    """The keys that settings mean.

    :param refuse: makes the error from the name of a setting and a sentence
    :raises Exception: what ``refuse`` makes, for a key that cannot be understood
    """
    lists = {
        "picture_keys": (given.picture_keys, PICTURE_KEYS),
        "alt_keys": (given.alt_keys, ALT_KEYS),
        "description_keys": (given.description_keys, DESCRIPTION_KEYS),
    }
    found = {}
    for name, (said, usual) in lists.items():
        try:
            found[name] = expanded(said, usual)
        except ValueError as error:
            raise refuse(name, str(error)) from None
    return Keys(
        pictures=found["picture_keys"],
        alts=found["alt_keys"],
        descriptions=found["description_keys"],
        picture_from=PICTURE_FROM if given.picture_from is None else given.picture_from,
    )


def expanded(given: tuple[str, ...] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that a setting means: its own, with the usual ones where it says "..."; None is the usual ones.

    :raises ValueError: for a key that cannot be understood
    """
    if given is None:
        return usual
    found: list[str] = []
    for key in given:
        if key != REST:
            steps(key)
        found += usual if key == REST else [key]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)
def steps(key: str) -> tuple[str | int, ...]:
    """Take a dotted path apart.

    >>> steps("header.images[0].path")
    ('header', 'images', 0, 'path')

    :raises ValueError: when it is no such path
    """
    found: list[str | int] = []
    for part in key.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise ValueError(f"“{key}” is not a key such as image, header.teaser or images[0]")
        found += [match[1], *(int(number) for number in re.findall(r"\d+", match[2]))]
    return tuple(found)


def lookup(data: dict[Any, Any], key: str) -> Found | None:
    """Find what a front matter says under a dotted path; None when it says nothing there.

    ``cover-img``, ``cover_img`` and ``coverImg`` are one key, because themes do not agree.
    """
    value: Any = data
    beside, written = data, list[str]()
    for step in steps(key):
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return None
            value = value[step]
            continue
        if not isinstance(value, dict):
            return None
        name = written_as(value, step)
        if name is None:
            return None
        beside, value = value, value[name]
        written.append(name)
    return Found(value, beside, tuple(written))


def written_as(data: dict[Any, Any], name: str) -> str | None:
    """The key of a mapping that means ``name``, as its author spells it; None when there is none."""
    if name in data:
        return name
    wanted = plain(name)
    return next((key for key in data if isinstance(key, str) and plain(key) == wanted), None)
