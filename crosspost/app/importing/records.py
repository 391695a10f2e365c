"""Reads what another tool kept: JSON, YAML, CSV, SQLite, or one address a line. Nobody's format is known by name.

A record is whatever stands together: a row, an object, or the value below an address. What it says is found in its
strings, which is why a state file of a tool nobody has heard of can be read too.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from crosspost.errors import ConfigError
from crosspost.model import Value

#: bytes; a state file of a hundred thousand posts is smaller
_MOST = 200_000_000
_SQLITE = b"SQLite format 3\x00"
#: of a larger object only what stands directly in it belongs together
_PARTS = 200
#: where a tool keeps whether it has said a post, as :func:`plain_key` writes them
STATE_KEYS = ("state", "status", "poststatus", "publishstatus")
_Said = tuple[tuple[str, str], ...]


class Record(Value, frozen=True, kw_only=True):
    """Strings that stand together, each with its key ("" without one), and the place for messages."""

    said: _Said
    place: str


def plain_key(word: str) -> str:
    """A name as everybody might write it: "Post Status" and "post_status" are one."""
    return re.sub(r"[^0-9a-z]", "", word.casefold())


def read(file: Path) -> Iterator[Record]:
    """The records of a file.

    :raises ConfigError: when it cannot be read
    """
    try:
        yield from _read(file)
    except RecursionError:
        raise ConfigError(f"{file} has lists in lists without an end; it is not a list of posts") from None


def _read(file: Path) -> Iterator[Record]:
    try:
        if file.stat().st_size > _MOST:
            raise ConfigError(f"{file} is larger than {_MOST // 1_000_000} MB; it is not a list of posts")
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    if raw.startswith(_SQLITE):
        yield from _database(file)
        return
    text = _decoded(raw, file)
    suffix = file.suffix.lower()
    if suffix in (".json", ".geojson") or text.lstrip()[:1] in ("{", "["):
        yield from _objects(_json(text, file), str(file))
    elif suffix in (".yml", ".yaml"):
        yield from _objects(_yaml(text, file), str(file))
    elif suffix in (".csv", ".tsv"):
        yield from _table(text, file)
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield Record(said=tuple(("", word) for word in (line.strip(), *line.split())), place=f"{file}:{number}")


def _decoded(raw: bytes, file: Path) -> str:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError(f"{file} is neither text nor a database; export it as JSON or CSV")


def _json(text: str, file: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:  # JSON Lines
            return [json.loads(line) for line in lines]
        except ValueError:
            raise ConfigError(f"{file} is not JSON: {error}") from None


def _yaml(text: str, file: Path) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # a safe loader
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is not YAML: {error}") from None


def _table(text: str, file: Path) -> Iterator[Record]:
    try:
        dialect: Any = csv.Sniffer().sniff(text[:20_000], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = csv.reader(io.StringIO(text, newline=""), dialect=dialect)
        first = next(rows, [])
        # no column is named by an address: such a first row is one of the posts, as in IFTTT's sheets
        named = [] if any("://" in value for value in first) else first
        for row in rows if named else chain([first], rows):
            said = tuple((key, value) for key, value in zip_longest(named, row, fillvalue="") if value)
            yield Record(said=said, place=f"{file}: a row with {_short(said)}")
    except csv.Error as error:
        raise ConfigError(f"{file} is not CSV: {error}") from None


def _database(file: Path) -> Iterator[Record]:
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                quoted = table.replace('"', '""')
                cursor = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608  # its own table's name
                columns = [column[0] for column in cursor.description]
                for row in cursor:
                    said = tuple(
                        (key, str(value)) for key, value in zip(columns, row, strict=True) if value is not None
                    )
                    yield Record(said=said, place=f"{file}: {table}, a row with {_short(said)}")
    except sqlite3.Error as error:
        raise ConfigError(f"{file} cannot be read as a database: {error}") from None


def _objects(data: Any, place: str, above: _Said = ()) -> Iterator[Record]:
    """An object of strings is a record; so is each value below a key, with that key.

    :param above: what stands around an object that has a state of its own, such as the post of which it is one message
    """
    if isinstance(data, Mapping):
        yield from _object(data, place, above)
    elif isinstance(data, list):
        for value in data:
            yield from _objects(value, place, above)
    elif data is not None:
        yield Record(said=(*above, ("", str(data))), place=place)


def _object(data: Mapping[Any, Any], place: str, above: _Said) -> Iterator[Record]:
    whole = tuple(_strings(data))
    several = _states(data) > 1  # successes and failures side by side are not one record
    if several:
        plain = {key: value for key, value in data.items() if not isinstance(value, Mapping | list)}
        above = (*above, *((key, value) for key, value in _strings(plain) if plain_key(key) not in STATE_KEYS))[:_PARTS]
    elif len(whole) <= _PARTS:
        yield Record(said=(*above, *whole), place=place)
        if not any(isinstance(value, Mapping | list) for value in data.values()):
            yield from (
                Record(said=(("", str(key)), (str(key), str(value))), place=f"{place}: {key}")
                for key, value in data.items()
            )
    for key, value in data.items():
        below = f"{place}: {key}"
        if isinstance(value, Mapping | list):
            if _states(value) <= 1:
                yield Record(said=(*above, ("", str(key)), *_strings(value))[:_PARTS], place=below)
            yield from _objects(value, below, (*above, ("", str(key))) if several else above)
        elif len(whole) > _PARTS:
            yield Record(said=(("", str(key)), (str(key), str(value))), place=below)


def _states(data: Any) -> int:
    """How many objects below say whether they were said."""
    if isinstance(data, Mapping):
        return any(plain_key(str(key)) in STATE_KEYS for key in data) + sum(map(_states, data.values()))
    return sum(map(_states, data)) if isinstance(data, list) else 0


def _strings(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _strings(value, str(name))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, key)
    elif data is not None and data is not False:
        yield key, str(data)


def _short(said: _Said) -> str:
    first = next((value for _, value in said if value), "nothing")
    return first if len(first) <= 60 else f"{first[:59]}…"
