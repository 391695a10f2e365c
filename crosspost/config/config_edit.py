"""Changes a config file as a careful person would: nothing of what somebody wrote is moved, reworded or lost."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crosspost.config import toml_text
from crosspost.errors import ConfigError


def with_account(text: str, name: str, table: Mapping[str, Any], *, file: Path, comment: str = "") -> str:
    """The text with ``[accounts.NAME]``; of one that is there already, only the given keys are changed.

    :param table: key → value; None takes the key out
    :param comment: a line above a new table
    :param file: for messages
    :raises ConfigError: when the file is written in a way in which that cannot be done
    """
    if name in toml_text.parse(text, file).get("accounts", {}):
        return _changed(text, ("accounts", name), table, file)
    lines = [f"# {comment}"] if comment else []
    lines += [f"[accounts.{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items() if value is not None)]
    whole = f"{text.rstrip()}\n\n" if text.strip() else ""
    return _checked(f"{whole}{chr(10).join(lines)}\n", file)


def without_account(text: str, name: str, *, file: Path) -> str:
    """The text without ``[accounts.NAME]``."""
    import tomlkit

    document = tomlkit.parse(text)
    del document["accounts"][name]
    return _checked(tomlkit.dumps(document), file)


def with_setting(text: str, section: str, key: str, value: Any, *, file: Path) -> str:
    """The text with one key of a section changed."""
    if section not in toml_text.parse(text, file):
        return _checked(f"{text.rstrip()}\n\n[{section}]\n{key} = {_toml(value)}\n", file)
    return _changed(text, (section,), {key: value}, file)


def _changed(text: str, path: tuple[str, ...], values: Mapping[str, Any], file: Path) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for part in path:
        table = table[part]
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    return _checked(tomlkit.dumps(document), file)


def _checked(text: str, file: Path) -> str:
    try:
        toml_text.parse(text, file)
    except ConfigError:
        raise ConfigError(f"{file} is written in a way that cannot be changed here; change it by hand") from None
    return text


def _toml(value: Any) -> str:
    """A value in TOML; JSON's way to write strings, numbers and lists is a subset of it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
