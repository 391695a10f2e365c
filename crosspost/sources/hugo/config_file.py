"""Finds and reads the files of a Hugo site's configuration.

``hugo.toml`` (or ``.yaml``, ``.json``, and the older name ``config.toml``), and the folder ``config/_default`` with
what ``config/production`` changes. Names of settings have no case.
Source: https://gohugo.io/configuration/introduction/, checked 2026-11-26.
"""

from pathlib import Path
from typing import Any

from crosspost.config.small_file import read_small
from crosspost.errors import SourceError

_ENDINGS = (".toml", ".yaml", ".yml", ".json")
_NAMES = tuple(f"{name}{ending}" for name in ("hugo", "config") for ending in _ENDINGS)
_FOLDERS = ("config/_default", "config/production")


def find_config(root: Path) -> Path | None:
    """The file of a Hugo site's configuration, or its folder; None when it is not a Hugo site."""
    for name in _NAMES:
        if (root / name).is_file() and (name.startswith("hugo") or _is_hugo(root)):
            return root / name
    folder = root / _FOLDERS[0]
    if any((folder / name).is_file() for name in _NAMES):
        return folder
    return None


def _is_hugo(root: Path) -> bool:
    """Whether a folder with a ``config.toml`` is a Hugo site, and not one of Zola or of something else."""
    if any((root / name).is_dir() for name in ("archetypes", "layouts")) or (root / "go.mod").is_file():
        return True
    for name in _NAMES:
        try:
            text = read_small(root / name).decode("utf-8", "replace").lower() if (root / name).is_file() else ""
        except OSError:
            continue
        if "baseurl" in text:  # Zola writes base_url
            return True
    return False


def read_settings(root: Path) -> dict[str, Any]:
    """The settings in a folder, of a site or a theme, with lower-case names; empty when it has none.

    :raises SourceError: when a file cannot be read or used
    """
    file = next((root / name for name in _NAMES if (root / name).is_file()), None)
    tables = _read(file) if file is not None else {}
    for folder in _FOLDERS:
        tables = _merged(tables, _read_folder(root / folder))
    return tables


def _read_folder(folder: Path) -> dict[str, Any]:
    """The files of a configuration folder: ``hugo.toml`` is the root, ``params.toml`` is ``params``."""
    found: dict[str, Any] = {}
    if not folder.is_dir():
        return found
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in _ENDINGS or not file.is_file():
            continue
        name, _, code = file.stem.lower().partition(".")
        data = _read(file)
        if name not in ("hugo", "config"):
            data = {name: data}
        found = _merged(found, {"languages": {code: data}} if code else data)
    return found


def _read(file: Path) -> dict[str, Any]:
    from crosspost.sources.strict_yaml import YamlError  # only sites that are Hugo's are read

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
        import tomllib

        return tomllib.loads(text)
    if ending != ".json":
        from crosspost.sources.strict_yaml import load_mapping

        return load_mapping(text, "site configuration")
    import json

    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("needs lines below it, each with a key and a value")
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
