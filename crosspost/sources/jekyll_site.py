"""Reads the parts of a Jekyll site's ``_config.yml`` on which posts depend."""

import os
import re
from datetime import tzinfo
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config.small_file import read_small
from crosspost.errors import SourceError
from crosspost.sources.dates import zone
from crosspost.sources.polyglot import Polyglot, polyglot
from crosspost.sources.post_language import KEYS, complaint, language
from crosspost.sources.strict_yaml import YamlError, line_of, load_mapping
from crosspost.text.lazy_pattern import lazy

CONFIG, CNAME = "_config.yml", "CNAME"
_HOST = lazy(r"(?:(?!-)[\w-]{1,63}(?<!-)\.)+(?!-)[\w-]{2,63}(?<!-)")
_DATED = lazy(r"\d{2,4}-\d{1,2}-\d{1,2}-.*\.[^.]+\Z", re.ASCII)

# Jekyll's default exclusions; a list in _config.yml replaces them before version 4, and adds to them since
_EXCLUDED = ("node_modules", "vendor/bundle/", "vendor/cache/", "vendor/gems/", "vendor/ruby/")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The settings from ``_config.yml`` and from the user's own config.

    ``url`` has no trailing path, ``permalink`` is a style or template, ``emoji`` whether ``:tada:`` becomes 🎉,
    ``config`` is the whole file for Liquid, ``layouts`` the folder of the layouts, ``warnings`` are mistakes that do
    not prevent its use.
    """

    url: str = ""
    baseurl: str = ""
    permalink: str = "date"
    zone: tzinfo
    future: bool = False
    title: str = ""
    lang: str = ""
    author: str = ""
    emoji: bool = False
    markdown: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    posts_below: str = ""
    defaults: Any = None
    layouts: str = "_layouts"
    polyglot: Polyglot | None = None
    warnings: tuple[str, ...] = ()
    config: dict[str, Any] = {}


def find_site(path: Path) -> Path | None:
    """Find the site of a file or folder: the nearest folder upwards with a ``_config.yml``.

    Otherwise the outermost folder called ``posts`` above it (or the one that contains ``_posts``), or the folder of a
    file with a dated name; None if there is neither.
    """
    # absolute only to walk upwards; the result is as the user wrote it where possible
    start = path if path.is_dir() else path.parent
    for folder in (
        (start, *start.parents) if start.is_absolute() else (start, *start.parents, *start.absolute().parents)
    ):
        if (folder / CONFIG).is_file():
            return folder
    named = [folder for folder in (start, *start.parents) if folder.name in ("posts", "_posts")]
    if named:
        return named[-1].parent if named[-1].name == "_posts" else named[-1]
    names = [path.name] if path.is_file() else [entry.name for entry in path.iterdir()] if path.is_dir() else []
    return start if any(_DATED.match(name) for name in names) else None


def read_site(root: Path, given: dict[str, str | None], *, jekyll4: bool, emoji: bool | None = None) -> Site:
    """Read ``_config.yml``, if there is one; the given settings override it.

    :param given: ``url``, ``baseurl``, ``permalink``, ``timezone``, ``lang``; empty or None means not given
    :param emoji: whether short codes become emoji; None: if the site has the plug-in for it
    :raises SourceError: when the folder or its configuration cannot be read or used
    """
    if not root.is_dir():
        raise SourceError(f"{root}: there is no such folder")
    file = root / CONFIG
    if os.path.lexists(file) and not file.is_file():
        raise SourceError(f"{file}: is not an ordinary file, so it cannot be read")
    config, text = _read(file) if file.is_file() else ({}, "")
    settings = {key: value for key, value in given.items() if value is not None and (value or key == "baseurl")}
    try:
        local = zone(settings.get("timezone") or _text(config, "timezone"))
    except ValueError as error:
        where = str(root) if settings.get("timezone") else f"{file}:{line_of(text, 'timezone')}"
        raise SourceError(f"{where}: timezone: {error}") from None
    lang, warnings = _language(settings.get("lang"), config, file)
    exclude = _strings(config.get("exclude"))
    extensions = config.get("markdown_ext")
    return Site(
        url=settings.get("url") or _text(config, "url") or domain(root / CNAME),
        baseurl=settings["baseurl"] or "" if "baseurl" in settings else _text(config, "baseurl"),
        permalink=settings.get("permalink") or _permalink(config) or "date",
        zone=local,
        future=config.get("future") is True,
        title=_text(config, "title") or _text(config, "name"),
        lang=lang,
        warnings=warnings,
        author=author(config.get("author")),
        emoji=_has_jemoji(config, root) if emoji is None else emoji,
        markdown=tuple(
            "." + ext.strip() for ext in str(extensions or "markdown,mkdown,mkdn,mkd,md").lower().split(",")
        ),
        exclude=exclude + _EXCLUDED if jekyll4 or "exclude" not in config else exclude,
        include=_strings(config.get("include")),
        posts_below=_text(config, "collections_dir").strip("/"),
        defaults=config.get("defaults"),
        layouts=_text(config, "layouts_dir") or "_layouts",
        polyglot=polyglot(config),
        config=config,
    )


def _language(given: str | None, config: dict[str, Any], file: Path) -> tuple[str, tuple[str, ...]]:
    """The site's language, and complaints about invalid values."""
    values = ([("[site] lang", given)] if given else []) + [(key, config.get(key)) for key in KEYS]
    wrong = [
        problem if key.startswith("[") else f"{file}: {problem}"
        for key, value in values
        if (problem := complaint(key, value))
    ]
    return next((found for _, value in values if (found := language(value))), ""), tuple(wrong)


def domain(file: Path) -> str:
    """The address from GitHub Pages' ``CNAME`` file, which contains a host name; "" when there is none.

    Source: https://docs.github.com/en/pages/configuring-a-custom-domain-for-your-github-pages-site
    """
    try:
        lines = read_small(file).decode("utf-8-sig").split() if file.is_file() else []
    except (OSError, UnicodeDecodeError):
        return ""
    return f"https://{lines[0].lower()}" if len(lines) == 1 and _HOST.fullmatch(lines[0]) else ""


def author(value: Any) -> str:
    """The name of an author: text, or a mapping with ``name``."""
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _read(file: Path) -> tuple[dict[str, Any], str]:
    try:
        text = read_small(file).decode("utf-8-sig")
        return load_mapping(text, "site configuration"), text
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{file}: is not UTF-8; save it with that encoding") from None
    except YamlError as problem:
        raise SourceError(
            f"{file}:{problem.line}: {problem.reason}" if problem.line else f"{file}: {problem}"
        ) from None


def _permalink(config: dict[str, Any]) -> str:
    """The permalink of the posts collection, else that of the site."""
    collections = config.get("collections")
    posts = collections.get("posts") if isinstance(collections, dict) else None
    return (_text(posts, "permalink") if isinstance(posts, dict) else "") or _text(config, "permalink")


def _text(config: dict[str, Any], key: str) -> str:
    value = config.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _has_jemoji(config: dict[str, Any], root: Path) -> bool:
    """Whether the site uses jemoji: it is in ``plugins`` (or ``gems``), or in the Gemfile, whose gems Jekyll loads.

    GitHub Pages allows the plug-in but does not enable it by default.
    Source: https://github.com/github/pages-gem, lib/github-pages/plugins.rb, checked 2026-11-25.
    """
    for named in (config.get("plugins"), config.get("gems")):
        if "jemoji" in (named if isinstance(named, list) else [named]):
            return True
    file = root / "Gemfile"
    try:
        gems = read_small(file).decode("utf-8", errors="replace") if file.is_file() else ""
    except OSError:
        return False
    return "jemoji" in gems and re.search(r"^[ \t]*gem[ \t(]+[\"']jemoji[\"']", gems, re.MULTILINE) is not None


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
