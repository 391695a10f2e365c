"""Reads the files of a Hugo site's configuration, or of a theme's, into one table with lower-case names."""

import json
import tomllib
from pathlib import Path
from typing import Any

from crosspost.config.small_file import read_small
from crosspost.errors import SourceError
from crosspost.sources.strict_yaml import YamlError, load_mapping

ENDINGS = (".toml", ".yaml", ".yml", ".json")
NAMES = tuple(f"{name}{ending}" for name in ("hugo", "config") for ending in ENDINGS)
FOLDERS = ("config/_default", "config/production")


def read_settings(root: Path) -> dict[str, Any]:
    """The settings in a folder, of a site or a theme; empty when it has none."""
    file = next((root / name for name in NAMES if (root / name).is_file()), None)
    raw = _read(file) if file is not None else {}
    for folder in FOLDERS:
        raw = _merged(raw, _read_folder(root / folder))
    return raw


def _read_folder(folder: Path) -> dict[str, Any]:
    """The files of a configuration folder: ``hugo.toml`` is the root, ``params.toml`` is ``params``."""
    found: dict[str, Any] = {}
    if not folder.is_dir():
        return found
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in ENDINGS or not file.is_file():
            continue
        name, _, code = file.stem.lower().partition(".")
        data = _read(file)
        if name not in ("hugo", "config"):
            data = {name: data}
        found = _merged(found, {"languages": {code: data}} if code else data)
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        text = read_small(file).decode("utf-8-sig")
        return _lower(_parsed(text, file.suffix))
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{file}: is not UTF-8; save it with that encoding") from None
    except YamlError as problem:
        where = f"{file}:{problem.line}" if problem.line else f"{file}"
        raise SourceError(f"{where}: {problem.reason}") from None
    except RecursionError:
        raise SourceError(f"{file}: has too many brackets or levels") from None
    except ValueError as error:
        raise SourceError(f"{file}: {error}") from None


def _parsed(text: str, ending: str) -> dict[str, Any]:
    if ending == ".toml":
        return tomllib.loads(text)
    if ending != ".json":
        return load_mapping(text, "site configuration")
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("should be a mapping")
    return data


def _lower(table: dict[str, Any]) -> dict[str, Any]:
    """The same with lower-case keys everywhere."""
    return {str(key).lower(): _lower_in(value) for key, value in table.items()}


def _lower_in(value: Any) -> Any:
    if isinstance(value, dict):
        return _lower(value)
    return [_lower_in(one) for one in value] if isinstance(value, list) else value


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = _merged(found[key], value) if both else value
    return found
