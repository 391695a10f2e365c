"""The front matter keys for a post's picture, its alternative text and its description.

The defaults are what themes document: Jekyll and jekyll-seo-tag (``image``, ``image.path``, ``image.alt``,
``description``, ``excerpt``), minimal-mistakes (``header.teaser``, ``header.overlay_image``, ``header.og_image``),
Chirpy (``image.path``), Beautiful Jekyll (``share-img``, ``thumbnail-img``, ``cover-img``, ``subtitle``), al-folio
(``img``, ``og_image``), Type-on-Strap (``feature-img``), YAT (``banner``), Hux Blog (``header-img``), Clean Blog
(``background``), Jekflix (``optimized_image``), So Simple and HPSTR (``image.feature``), TeXt
(``article_header.image``), Beautiful Hugo (``bigimg``), Clarity for Hugo (``shareImage``).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from crosspost.text.lazy_pattern import lazy
from crosspost.text.near_names import plain

#: inserts the default keys into a list in the settings
REST = "..."

PICTURE_KEYS = (
    "thumbnail",
    "image",
    "og_image",
    "social_image",
    "share-img",
    "share_image",
    "thumbnail-img",
    "header.og_image",
    "header.teaser",
    "header.overlay_image",
    "header.image",
    "article_header.image",
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
    "bigimg",
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

_STEP = lazy(r"([^.\[\]\s]+)((?:\[\d{1,3}\])*)")


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look, in this order; see ``[site]`` in :mod:`crosspost.config.settings`."""

    pictures: tuple[str, ...] = PICTURE_KEYS
    alts: tuple[str, ...] = ALT_KEYS
    descriptions: tuple[str, ...] = DESCRIPTION_KEYS
    picture_from: tuple[PictureFrom, ...] = PICTURE_FROM


class Found(NamedTuple):
    """A value, the mapping that contains it, and the keys that lead to it as written."""

    value: Any
    beside: dict[Any, Any]
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """The keys for messages: ``header.teaser``."""
        return ".".join(self.keys)


class Given(Protocol):
    """The settings of ``[site]`` about keys; None for the defaults."""

    @property
    def picture_keys(self) -> tuple[str, ...] | None: ...
    @property
    def alt_keys(self) -> tuple[str, ...] | None: ...
    @property
    def description_keys(self) -> tuple[str, ...] | None: ...
    @property
    def picture_from(self) -> tuple[PictureFrom, ...] | None: ...


def chosen(given: Given, refuse: Callable[[str, str], Exception]) -> Keys:
    """Build the keys from the settings.

    :param refuse: makes an error from the name of a setting and a message
    :raises Exception: the error made by ``refuse``, for an invalid key
    """
    lists = {
        "picture_keys": (given.picture_keys, PICTURE_KEYS),
        "alt_keys": (given.alt_keys, ALT_KEYS),
        "description_keys": (given.description_keys, DESCRIPTION_KEYS),
    }
    found = {}
    for name, (setting, default) in lists.items():
        try:
            found[name] = expanded(setting, default)
        except ValueError as error:
            raise refuse(name, str(error)) from None
    return Keys(
        pictures=found["picture_keys"],
        alts=found["alt_keys"],
        descriptions=found["description_keys"],
        picture_from=PICTURE_FROM if given.picture_from is None else given.picture_from,
    )


def expanded(given: tuple[str, ...] | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a setting, with "..." replaced by the usual ones; None for the usual ones.

    :raises ValueError: for an invalid key
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
    """Split a dotted path.

    >>> steps("header.images[0].path")
    ('header', 'images', 0, 'path')

    :raises ValueError: when it is not a valid path
    """
    found: list[str | int] = []
    for part in key.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise ValueError(f"“{key}” is not a key such as image, header.teaser or images[0]")
        found += [match[1], *(int(number) for number in re.findall(r"\d+", match[2]))]
    return tuple(found)


def lookup(data: dict[Any, Any], key: str) -> Found | None:
    """Find the value at a dotted path of a front matter; None when there is none.

    ``cover-img``, ``cover_img`` and ``coverImg`` are the same key, because themes disagree.
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
    """A mapping's key that matches ``name``, in the author's spelling; None when there is none."""
    if name in data:
        return name
    wanted = plain(name)
    return next((key for key in data if isinstance(key, str) and plain(key) == wanted), None)
