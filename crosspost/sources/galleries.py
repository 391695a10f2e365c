"""Reads the list of pictures in a front matter, for networks that show several in one post.

The keys are what themes document: minimal-mistakes' ``gallery`` (``url``, ``image_path``, ``alt``, ``title``), Hugo's
``images``, and ``pictures`` and ``photos`` of photo themes.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from crosspost.model import Picture
from crosspost.sources.front_matter_pictures import Named, Render, addressed, is_picture, looks_like_picture, place
from crosspost.sources.keys import Found, lookup
from crosspost.sources.picture_choice import GALLERY_KEYS, Gallery
from crosspost.sources.post_record import Record
from crosspost.sources.site_files import SiteFiles


def gallery(record: Record, files: SiteFiles, render: Render, line: Callable[[Any], str]) -> Gallery:
    """Find the pictures that the front matter lists; none where it has no such list.

    An item that cannot be used is left out, and a problem says so with file and line.

    :param render: renders the Liquid of a front matter value
    :param line: turns a front matter value into one plain line
    """
    for key in GALLERY_KEYS:
        found = lookup(record.front.data, key)
        if found is None or not isinstance(found.value, list):
            continue
        listed = list(_listed(found))
        if listed:
            return _placed(listed, found.name, record, files, render, line)
    return Gallery()


def _listed(found: Found) -> Iterator[tuple[int, Named]]:
    """The items of a list that name pictures, with their place in it."""
    for number, item in enumerate(found.value):
        address, alt, _ = addressed(_picture_of(item))
        here = Found(item, found.beside, found.keys)
        if isinstance(address, str) and looks_like_picture(address, here):
            yield number, Named(address, alt, f"{found.name}[{number}]", here)


def _picture_of(item: Any) -> Any:
    """An item of minimal-mistakes without ``url`` where that leads to a page, beside the picture it shows."""
    if isinstance(item, dict) and item.get("image_path") and not is_picture(str(item.get("url") or "")):
        return {key: value for key, value in item.items() if key != "url"}
    return item


def _placed(
    listed: list[tuple[int, Named]],
    key: str,
    record: Record,
    files: SiteFiles,
    render: Render,
    line: Callable[[Any], str],
) -> Gallery:
    pictures, lines, problems = list[Picture](), list[int](), list[str]()
    for number, named in listed:
        picture, complaint = place(named, files, render)
        if picture is None:
            problems.append(str(record.refuse(complaint, key, number)))
            continue
        described = msgspec.structs.replace(picture, alt=line(named.alt))
        pictures.append(described)
        lines.append(0 if described.alt else record.front.line(key, number))  # finding a line takes time
    return Gallery(tuple(pictures), tuple(lines), key, tuple(problems))
