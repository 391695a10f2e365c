"""What themes bring to a Hugo site: folders, and those of their settings that Hugo takes over.

A theme is a folder in ``themes``, or a module that lies in ``_vendor``; a module that Go would fetch is not here, and
that is told. Source: https://gohugo.io/configuration/all/#_merge, checked 2026-11-26 with Hugo 0.168.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

#: sections that are taken over without ``_merge``, and how; nothing of the others is
_USUAL = {"params": "deep", "menus": "shallow", "mediatypes": "shallow", "outputformats": "shallow"}
#: themes of themes of themes …
_MOST = 20

Raw = dict[str, Any]


def found(root: Path, raw: Raw, read: Callable[[Path], Raw]) -> tuple[list[tuple[str, Raw]], list[str]]:
    """The themes of a site, those that come first in it first, and the names of those that are not here.

    :param raw: the site's settings, with lower-case names
    :param read: gives the settings in a folder
    :returns: (folder relative to the site, its settings)
    """
    places = raw.get("themesdir") if isinstance(raw.get("themesdir"), str) else "themes"
    wanted, here, missing = _named(raw), dict[str, Raw](), list[str]()
    while wanted and len(here) < _MOST:
        name = wanted.pop(0)
        options = (f"{places}/{name}", f"_vendor/{name}")
        folder = next((one for one in options if (root / one).is_dir()), "")
        if not folder:
            missing.append(name)
        elif folder not in here and (root / folder).resolve().is_relative_to(root.resolve()):
            here[folder] = read(root / folder)
            wanted += _named(here[folder])
    return list(here.items()), missing


def merged(raw: Raw, themes: list[tuple[str, Raw]]) -> Raw:
    """The settings of a site with what it takes over from its themes; its own go first."""
    whole = raw.get("_merge")
    for _, theirs in themes:
        for name, value in theirs.items():
            own = raw.get(name, {})
            if not isinstance(value, dict) or not isinstance(own, dict):
                continue
            how = own.get("_merge", whole or _USUAL.get(name))
            if how in ("deep", "shallow"):
                raw = {**raw, name: _under(own, value, deep=how == "deep")}
    return raw


def _named(raw: Raw) -> list[str]:
    """The themes and modules that settings name."""
    theme = raw.get("theme")
    names = theme if isinstance(theme, list) else [theme]
    module = raw.get("module")
    imports = module.get("imports") if isinstance(module, dict) else None
    paths = [
        one.get("path")
        for one in (imports if isinstance(imports, list) else [])
        if isinstance(one, dict) and one.get("disable") is not True
    ]
    return [name.strip("/") for name in (*names, *paths) if isinstance(name, str) and name and ".." not in name]


def _under(own: Raw, theirs: Raw, *, deep: bool) -> Raw:
    both = {**theirs, **own}
    for name, value in own.items():
        below = theirs.get(name)
        if deep and isinstance(value, dict) and isinstance(below, dict):
            both[name] = _under(value, below, deep=True)
    return both
