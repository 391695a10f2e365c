"""Which folders are mounted as what: content, and files that are published as they are.

A site that names mounts for a component has no usual folder for it any more; each theme's own come after the site's.
Source: https://gohugo.io/configuration/module/#mounts, checked 2026-11-26 with Hugo 0.168.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from crosspost.sources.hugo.globs import languages_of, pattern
from crosspost.sources.hugo.hugo_config import HugoConfig, text_of

Raw = dict[str, Any]


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """A folder (or file) of the site that lies below ``target`` in a component.

    ``source`` is relative to the site. ``language`` is that of its files ("" for the usual one), ``own`` whether it is
    the content folder of one language only. Of its files those count that match no pattern of ``but``, and one of
    ``only`` if there are any.
    """

    source: str
    target: str = ""
    language: str = ""
    own: bool = False
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def has(self, inside: str) -> bool:
        """Whether a file counts, by its path below ``source``."""
        if any(pattern(one).fullmatch(inside) for one in self.but):
            return False
        return not self.only or any(pattern(one).fullmatch(inside) for one in self.only)


def content_mounts(config: HugoConfig) -> list[Mount]:
    """Where pages are read from, what comes first first."""
    of_site = list(_mounts(config.raw, "content"))
    if not of_site:
        folders = list(dict.fromkeys(one.content for one in config.languages.values()))
        codes = {one.content: code for code, one in reversed(config.languages.items())}
        several = len(folders) > 1
        of_site = [Mount(source=one, language=codes[one] if several else "", own=several) for one in sorted(folders)]
    return [*of_site, *_of_themes(config, "content")]


def static_folders(config: HugoConfig) -> tuple[str, ...]:
    """The folders whose files lie at the root of the site."""
    of_site = list(_mounts(config.raw, "static")) or [Mount(source=one) for one in config.statics]
    return tuple(one.source for one in (*of_site, *_of_themes(config, "static")) if not one.target)


def asset_folders(config: HugoConfig) -> tuple[str, ...]:
    """The folders whose files templates can take."""
    of_site = list(_mounts(config.raw, "assets")) or [Mount(source="assets")]
    return tuple(one.source for one in (*of_site, *_of_themes(config, "assets")) if not one.target)


def reads_outside(config: HugoConfig) -> bool:
    """Whether a site reads something that is not in its folder."""
    named = [one.source for one in content_mounts(config)] + [folder for folder, _ in config.themes]
    named += [*static_folders(config), *asset_folders(config)]
    return any(Path(one).is_absolute() or ".." in Path(one).parts for one in named)


def _of_themes(config: HugoConfig, component: str) -> Iterator[Mount]:
    for folder, raw in config.themes:
        for one in list(_mounts(raw, component)) or [Mount(source=component)]:
            yield msgspec.structs.replace(one, source=f"{folder}/{one.source}")


def _mounts(raw: Raw, component: str) -> Iterator[Mount]:
    """What the settings of a site or theme mount as a component; what lies outside of it is left out."""
    module = raw.get("module")
    rows = module.get("mounts") if isinstance(module, dict) else None
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        source, target = text_of(row, "source").strip("/"), PurePosixPath(text_of(row, "target").strip("/"))
        if not source or Path(source).is_absolute() or ".." in Path(source).parts or target.parts[:1] != (component,):
            continue
        said = _list(row.get("files"))
        codes = languages_of(row.get("sites"))
        yield Mount(
            source=source,
            target="/".join(target.parts[1:]),
            language=(text_of(row, "lang") or (codes[0] if len(codes) == 1 else "")).lower(),
            only=(*_list(row.get("includefiles")), *(one for one in said if not one.startswith("!"))),
            but=(*_list(row.get("excludefiles")), *(one[1:].strip() for one in said if one.startswith("!"))),
        )


def _list(value: Any) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    return tuple(one.removeprefix("/") for one in several if isinstance(one, str) and one)
