"""The data file: every page of the site with the links of its post, for the templates of any generator."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from crosspost.app.write_back.published_links import Page
from crosspost.errors import ConfigError

_HEAD = "Written by crosspost: what is changed here is lost"
#: the files of a generator → where it looks for data
_PLACES = {
    "_config.yml": "_data/crosspost.yml",
    "_config.yaml": "_data/crosspost.yml",
    "eleventy.config.js": "_data/crosspost.json",
    "eleventy.config.mjs": "_data/crosspost.json",
    "eleventy.config.cjs": "_data/crosspost.json",
    ".eleventy.js": "_data/crosspost.json",
}


def place(site: Path, given: str) -> Path:
    """The data file of a site: the one that is named, else where its generator looks.

    :param given: relative to the site
    :raises ConfigError: when there can be none
    """
    from crosspost.sources.hugo.config_file import find_config

    said = given or next((where for name, where in _PLACES.items() if (site / name).is_file()), "")
    if not said and find_config(site) is not None:
        said = "data/crosspost.json"
    if not said:
        raise ConfigError(
            f"write_back: it is not known where the generator of {site} looks for data; name the file in "
            "write_back_file, such as data/crosspost.json"
        )
    file = site / said
    if file.suffix not in (".yml", ".yaml", ".json"):
        raise ConfigError(f"write_back_file: {said} is neither .yml, .yaml nor .json")
    if not file.resolve().is_relative_to(site.resolve()):
        raise ConfigError(f"write_back_file: {said} is not in the site ({site})")
    return file


def text(pages: Sequence[Page], ending: str) -> str:
    """What stands in the file: path of a page → its links. The same pages give the same text.

    Where two pages of different hosts have the same path, the whole address stands there instead.

    :param ending: of the file's name, ``.json`` or ``.yml``
    """
    names = page_names([page.url for page in pages])
    rows = {name: msgspec.to_builtins(page.links) for name, page in zip(names, pages, strict=True)}
    if ending == ".json":
        return json.dumps({"": _HEAD, **rows}, ensure_ascii=False, indent=2) + "\n"
    lines = [f"# {_HEAD}."]
    for page, links in rows.items():
        lines.append(f"{_quoted(page)}:")
        for link in links:
            first, *rest = (f"{name}: {_quoted(value)}" for name, value in link.items())
            lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return "\n".join([*lines, *(["{}"] if not rows else [])]) + "\n"


def page_names(urls: Sequence[str]) -> list[str]:
    """What pages are called in a data file: by their paths; by the whole address where two have the same path."""
    paths = [urlsplit(url).path or "/" for url in urls]
    often = Counter(paths)
    return [path if often[path] == 1 else url for path, url in zip(paths, urls, strict=True)]


def is_ours(content: bytes) -> bool:
    """Whether a file was written here."""
    return not content.strip() or _HEAD.encode() in content[:200]


def _quoted(value: str) -> str:
    """A text in quotation marks: what JSON writes YAML reads."""
    return msgspec.json.encode(value).decode()
