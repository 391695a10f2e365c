"""What a Hugo site's configuration says, as far as posts depend on it: languages, addresses, dates, sections.

Source: https://gohugo.io/configuration/all/, checked 2026-11-26.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

import msgspec

from crosspost.errors import SourceError
from crosspost.sources.dates import zone
from crosspost.sources.hugo import themes
from crosspost.sources.hugo.config_file import find_config, read_settings
from crosspost.sources.jekyll_site import author
from crosspost.sources.post_language import complaint, language


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """One language of the site: ``prefix`` is its part of the address (``/de``), "" for none."""

    code: str
    tag: str = ""
    title: str = ""
    content: str = "content"
    base_url: str = ""
    prefix: str = ""
    permalinks: dict[str, str] = {}
    disabled: bool = False


class HugoConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, of the site and of each language; ``raw`` is all of it with lower-case names.

    ``themes`` are their folders, relative to the site, each with its own settings.
    """

    languages: dict[str, Language]
    default: str
    zone: tzinfo
    timezone: str = ""
    ugly: bool | dict[str, bool] = False
    to_lower: bool = True
    without_accents: bool = False
    emoji: bool = False
    drafts: bool = False
    future: bool = False
    expired: bool = False
    dates: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    statics: tuple[str, ...] = ("static",)
    cascade: Any = None
    author: str = ""
    warnings: tuple[str, ...] = ()
    themes: tuple[tuple[str, dict[str, Any]], ...] = ()
    raw: dict[str, Any] = {}

    @property
    def main(self) -> Language:
        """The default language."""
        return self.languages[self.default]


def read_config(root: Path, given: dict[str, str | None]) -> HugoConfig:
    """Read the configuration; the given settings override it.

    :param given: ``url``, ``baseurl``, ``timezone``, ``lang``; empty or None means not given
    :raises SourceError: when the folder or its configuration cannot be read or used
    """
    if not root.is_dir():
        raise SourceError(f"{root}: there is no such folder")
    found = find_config(root)
    if found is None:
        raise SourceError(f"{root}: is not a Hugo site: it has no hugo.toml, hugo.yaml, hugo.json or config folder")
    own = read_settings(root)
    brought, missing = themes.found(root, own, read_settings)
    raw = themes.merged(own, brought)
    name = given.get("timezone") or text_of(raw, "timezone")
    languages, default = _languages(raw, given)
    order = raw.get("frontmatter", {}).get("date") if isinstance(raw.get("frontmatter"), dict) else None
    params = raw["params"] if isinstance(raw.get("params"), dict) else {}
    main = params.get("mainsections", raw.get("mainsections"))
    return HugoConfig(
        languages=languages,
        default=default,
        zone=_zone(name, found),
        timezone=name,
        ugly=_ugly(raw.get("uglyurls")),
        to_lower=raw.get("disablepathtolower") is not True,
        without_accents=raw.get("removepathaccents") is True,
        emoji=raw.get("enableemoji") is True,
        drafts=raw.get("builddrafts") is True,
        future=raw.get("buildfuture") is True,
        expired=raw.get("buildexpired") is True,
        dates=tuple(str(one).lower() for one in order) if isinstance(order, list) else (),
        sections=tuple(str(one) for one in (main if isinstance(main, list) else [main] if main else [])),
        statics=tuple(_list(raw.get("staticdir")) or ["static"]),
        cascade=raw.get("cascade"),
        author=author(params.get("author")) or author(raw.get("author")),
        warnings=tuple(_warnings(raw, missing, found)),
        themes=tuple(brought),
        raw=raw,
    )


def _zone(name: str, found: Path) -> tzinfo:
    try:
        return zone(name)
    except ValueError as error:
        raise SourceError(f"{found}: timeZone: {error}") from None


def _warnings(raw: dict[str, Any], missing: Iterable[str], found: Path) -> Iterator[str]:
    """What is wrong with the configuration, although it can be used.

    :param missing: themes and modules that are not there
    """
    written = next((raw[key] for key in ("languagecode", "locale") if raw.get(key)), None)
    if problem := complaint("languageCode", written):
        yield f"{found}: {problem}"
    for name in missing:
        yield (
            f"{found}: the theme or module {name} is neither in themes nor in _vendor, so nothing of it is known; "
            "`hugo mod vendor` puts it there"
        )


def _languages(raw: dict[str, Any], given: dict[str, str | None]) -> tuple[dict[str, Language], str]:
    """The languages by their code, and the default one."""
    tables = {str(code).lower(): table for code, table in _tables(raw.get("languages")).items()}
    default = (text_of(raw, "defaultcontentlanguage") or "en").lower()
    tables.setdefault(default, {}) if not tables or default not in tables else None
    off = {one.lower() for one in _list(raw.get("disablelanguages"))}
    hosts = sum(bool(text_of(table, "baseurl")) for table in tables.values()) > 1
    in_folder = raw.get("defaultcontentlanguageinsubdir") is True
    base = given.get("url") or text_of(raw, "baseurl")
    if given.get("url") and given.get("baseurl"):
        base = f"{base.rstrip('/')}/{str(given['baseurl']).strip('/')}/"
    shared = _permalinks(raw.get("permalinks"))
    found = {}
    for code, table in tables.items():
        bare = hosts or (code == default and not in_folder)
        own = text_of(table, "locale") or text_of(table, "languagecode") or (
            text_of(raw, "languagecode") or text_of(raw, "locale") if code == default else ""
        )  # fmt: skip
        found[code] = Language(
            code=code,
            tag=(given.get("lang") if code == default else "") or language(own) or _tag(code, tables, raw),
            title=text_of(table, "title") or text_of(raw, "title"),
            content=(text_of(table, "contentdir") or text_of(raw, "contentdir") or "content").strip("/"),
            base_url=(base if given.get("url") and not hosts else text_of(table, "baseurl")) or base,
            prefix="" if bare else f"/{code}",
            permalinks=_permalinks(table.get("permalinks")) or shared,
            disabled=table.get("disabled") is True or code in off,
        )
    return found, default


def _tag(code: str, tables: dict[str, Any], raw: dict[str, Any]) -> str:
    """The language tag of a code; nobody chose the ``en`` of a site that names no language at all."""
    named = len(tables) > 1 or "languages" in raw or "defaultcontentlanguage" in raw
    return language(code) if named else ""


def _permalinks(value: Any) -> dict[str, str]:
    """Section → pattern, of pages; in newer versions that is below ``page``."""
    table = value if isinstance(value, dict) else {}
    of_pages = table.get("page")
    both = {**table, **(of_pages if isinstance(of_pages, dict) else {})}
    return {str(key).lower(): one for key, one in both.items() if isinstance(one, str)}


def _ugly(value: Any) -> bool | dict[str, bool]:
    if isinstance(value, dict):
        return {str(section).lower(): one is True for section, one in value.items()}
    return value is True


def text_of(table: dict[str, Any], key: str) -> str:
    """A setting that is text; "" when it is not there or is something else."""
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _tables(value: Any) -> dict[str, dict[str, Any]]:
    return {key: one for key, one in value.items() if isinstance(one, dict)} if isinstance(value, dict) else {}


def _list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []
