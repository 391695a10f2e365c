"""Reads a post's picture and its alternative text from the front matter."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from crosspost.model import Picture
from crosspost.sources.keys import Found, lookup, written_as
from crosspost.sources.site_files import OutsideError, SiteFiles
from crosspost.text.lazy_pattern import lazy
from crosspost.text.near_names import plain

# keys of an object that contain the picture, in this order; in several themes the last ones are sizes
_ADDRESS = (
    *("path", "src", "url", "image_path", "image", "img", "file", "filename", "href"),
    *("feature", "featured", "teaser", "thumbnail", "thumb"),
)
_ALT = ("alt", "alt_text", "description", "desc", "caption", "title")
_OWN_ALT = ("alt", "alt_text", "image_alt", "image_description")
#: suffixes of neighbouring keys with the alternative text: ``cover_alt`` for ``cover``
_BESIDE = ("alt", "alt_text", "description")
_EXTENSION = lazy(r"\.(?:jpe?g|jfif|png|gif|webp|avif|hei[cf]|svg|bmp|tiff?)(?:[?#]\S*)?\Z", re.IGNORECASE)
#: keys that can only mean a picture; `teaser` may be text, `hero` a boolean
_CERTAIN = ("image", "img", "thumb", "picture", "photo")

Render = Callable[[str], str]


class Named(NamedTuple):
    """A picture in a front matter: address and alternative text as written, and the keys that lead to it."""

    address: str
    alt: Any
    name: str
    found: Found


class Pictures(NamedTuple):
    """The pictures in a front matter.

    ``named`` are the pictures in the order of the keys, ``none`` means that the post wants none, ``wrong`` are messages
    about values that are not pictures, each with its keys.
    """

    named: tuple[Named, ...]
    none: bool = False
    wrong: tuple[tuple[str, tuple[str, ...]], ...] = ()


def named(data: dict[Any, Any], keys: tuple[str, ...]) -> Pictures:
    """Find the pictures in a front matter, without checking files.

    ``false`` under the first of the keys means that the post wants no picture.
    """
    pictures, wrong = list[Named](), list[tuple[str, tuple[str, ...]]]()
    for number, key in enumerate(keys):
        found = lookup(data, key)
        if found is None or found.value is None:
            continue
        if found.value is False:
            if number == 0:
                return Pictures((), none=True)
            continue
        address, alt, within = addressed(found.value)
        name = ".".join((found.name, *within))
        if isinstance(address, str) and looks_like_picture(address, found):
            pictures.append(Named(address, alt, name, found))
        elif isinstance(address, str) and not address.strip():
            wrong += [(f"{name}: is empty", found.keys)] if found.value == address else []
        elif address is not None and address is not True and _certain(found):
            wrong.append((f"{name}: should be the path of a picture, not “{_short(address)}”", found.keys))
    return Pictures(tuple(pictures), wrong=tuple(wrong))


def place(picture: Named, files: SiteFiles, render: Render) -> tuple[Picture | None, str]:
    """Find the file or address of a picture; None and a message when it cannot be used."""
    written = render(picture.address).strip()
    try:
        found = files.locate(written, guess=True)
    except OutsideError:
        return None, f"{picture.name}: {written} lies outside the site and is not used"
    if not found.path and not found.elsewhere:
        return None, f"{picture.name}: {files.missing(written, guess=True)}"
    if found.path and not os.path.getsize(found.path):  # noqa: PTH202 - the path is text here
        return None, f"{picture.name}: the file {written} is empty"
    return Picture(path=found.path, url=found.url), ""


def alternatives(picture: Named, data: dict[Any, Any], keys: tuple[str, ...]) -> Iterator[Any]:
    """Possible alternative texts, closest first: in its own object, in a neighbouring key, then the ``alt_keys``."""
    yield picture.alt
    last = picture.found.keys[-1]
    beside = (written_as(picture.found.beside, f"{last}_{name}") for name in _BESIDE)
    yield from (picture.found.beside[key] for key in beside if key is not None)
    if len(picture.found.keys) > 1:  # in an object of its own, such as header: {image, alt}
        own = (written_as(picture.found.beside, name) for name in _OWN_ALT)
        yield from (picture.found.beside[key] for key in own if key is not None)
    yield from (found.value for found in (lookup(data, key) for key in keys) if found is not None)


def addressed(value: Any) -> tuple[Any, Any, tuple[str, ...]]:
    """The address, alternative text and inner keys in a value: text, an object, or a list of those."""
    if isinstance(value, list):
        for item in value:
            address, alt, within = addressed(item)
            if address:
                return address, alt, within
        return None, None, ()
    if not isinstance(value, dict):
        return value, None, ()
    for name in _ADDRESS:
        key = written_as(value, name)
        if key is not None and value[key]:
            address, alt, within = addressed(value[key])
            own = next((value[key] for key in (written_as(value, name) for name in _ALT) if key and value[key]), alt)
            return address, own, (key, *within)
    if len(value) == 1:  # Beautiful Jekyll: a list of path: caption
        ((address, alt),) = value.items()
        if isinstance(address, str) and _EXTENSION.search(address):
            return address, alt, ()
    return None, None, ()


def is_picture(address: str) -> bool:
    """Whether an address ends like that of a picture."""
    return _EXTENSION.search(address) is not None


def looks_like_picture(address: str, found: Found) -> bool:
    """Whether a text may be the path of a picture."""
    address = address.strip()
    if not address or "\n" in address:
        return False
    if _EXTENSION.search(address) or "{{" in address or "{%" in address:
        return True
    spaced = any(char.isspace() for char in address)
    return not spaced and ("/" in address or _certain(found)) and not address.startswith("#")


def _certain(found: Found) -> bool:
    return any(word in plain(found.keys[-1]) for word in _CERTAIN)


def _short(value: Any) -> str:
    from crosspost.sources.as_written import as_written  # most values need no message

    text = " ".join(as_written(value).split())
    return text if len(text) <= 40 else text[:39] + "…"
