"""The sections of a Hugo site: which folders are some, what they are called in addresses, and what pages inherit."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crosspost.errors import PostRefused
from crosspost.sources.front_matter import read_bytes
from crosspost.sources.hugo.cascade import inherited
from crosspost.sources.hugo.content_files import ContentFile
from crosspost.sources.hugo.hugo_config import HugoConfig
from crosspost.sources.hugo.hugo_front_matter import lowered, parse

log = logging.getLogger("crosspost.sources")

#: language and folders
_Key = tuple[str, tuple[str, ...]]


class Sections:
    """The front matter of the sections' own pages (``_index.md``).

    :param files: every page of the site
    :param old: whether the addresses are those of Hugo before 0.123
    """

    def __init__(self, root: Path, files: Iterable[ContentFile], config: HugoConfig, *, old: bool) -> None:
        self._config, self._old = config, old
        self._own = {(f.language.code, f.folders): (f, _front(root / f.path)) for f in files if f.section}

    def names(self, file: ContentFile) -> tuple[str, ...]:
        """The folders above a page that are sections: the first one, and those with an ``_index.md``."""
        return tuple(
            name
            for depth, name in enumerate(file.folders, 1)
            if depth == 1 or (file.language.code, file.folders[:depth]) in self._own
        )

    def folders(self, file: ContentFile) -> list[str]:
        """The folders above a page as they stand in its address: a section's own slug replaces its name."""
        names = []
        for depth, name in enumerate(file.folders, 1):
            slug = None if self._old else self._slug((file.language.code, file.folders[:depth]))
            names.append(slug if isinstance(slug, str) and slug else name)
        return names

    def inherited(self, file: ContentFile) -> dict[str, Any]:
        """What a page inherits from the sections above it and from the configuration."""
        above = [file.folders[:depth] for depth in range(len(file.folders), -1, -1)]
        if file.section and self._old:
            above = above[1:]  # a section did not inherit from itself
        cascades = [self._data((file.language.code, folders)).get("cascade") for folders in above]
        return inherited(file, [*cascades, self._config.cascade])

    def _slug(self, key: _Key) -> Any:
        if key not in self._own:
            return None
        file, own = self._own[key]
        return own.get("slug", self.inherited(file).get("slug"))

    def _data(self, key: _Key) -> dict[str, Any]:
        return self._own[key][1] if key in self._own else {}


def _front(file: Path) -> dict[str, Any]:
    """The front matter of a section's page; one that cannot be understood counts as empty."""
    try:
        return lowered(parse(read_bytes(str(file)), str(file)).data)
    except (OSError, PostRefused) as error:
        log.debug("unusable section: %s", error)
        return {}
