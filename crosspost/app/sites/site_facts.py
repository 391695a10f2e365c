"""What is found in a site before there is a config for it."""

import contextlib
import fnmatch
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.model import Entry
    from crosspost.sources.base import Source

#: how many of the newest posts are read for their alt texts
NEWEST = 20
#: files and folders whose names begin so are not copied into a site (jekyllrb.com/docs/structure)
_KEPT_BACK = ("_", ".", "#", "~")


def beside(folder: Path) -> list[Path]:
    """The sites that are folders of this folder, by name."""
    from crosspost.sources.kinds import find_site

    found = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith(_KEPT_BACK)]
    return [one for one in found if find_site(one) == one]


def posts_in_words(entries: Sequence["Entry"]) -> str:
    """How many posts there are, and how many are left out."""
    count = {state: sum(entry.state == state for entry in entries) for state in ("ready", "skipped", "refused")}
    parts = [f"{count['ready']} post{'' if count['ready'] == 1 else 's'}"]
    parts += [f"{count['skipped']} that the site does not publish"] if count["skipped"] else []
    parts += [f"{count['refused']} that cannot be read (`crosspost posts` says why)"] if count["refused"] else []
    return ", ".join(parts)


def without_alt(source: "Source", entries: Sequence["Entry"]) -> tuple[int, int]:
    """How many of the newest posts have a picture nobody has described, and how many were read."""
    mute = read = 0
    for entry in [one for one in entries if one.state == "ready"][-NEWEST:]:
        with contextlib.suppress(CrosspostError):
            post = source.load(entry)
            read += 1
            mute += any(not picture.alt for picture in (*filter(None, [post.thumbnail]), *post.gallery, *post.images))
    return mute, read


def shown_to_all(file: Path, site: Path, source: "Source") -> str:
    """The folder of a site that Jekyll would copy onto the web although ``file`` in it is private; "" when it is none.

    :param source: of that site; only Jekyll's has a ``_config.yml``
    """
    from crosspost.sources.jekyll import JekyllSource

    config: object = source.site.config if isinstance(source, JekyllSource) else {}
    if not (site / "_config.yml").is_file():
        return ""
    try:
        inside = Path(os.path.abspath(file)).relative_to(os.path.abspath(site))  # noqa: PTH100  # links are copied too
    except ValueError:
        return ""
    if any(part.startswith(_KEPT_BACK) for part in inside.parts):
        return ""
    listed = config.get("exclude") if isinstance(config, dict) else None
    patterns = [str(one).strip("/") for one in (listed if isinstance(listed, list) else [listed] if listed else [])]
    places = [inside.as_posix(), *(above.as_posix() for above in inside.parents if above.name)]
    if any(fnmatch.fnmatch(place, pattern) for place in places for pattern in patterns):
        return ""
    return inside.parts[0]
