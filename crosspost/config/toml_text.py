"""TOML as people write it: explains mistakes in plain words, and finds the line of a key."""

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from crosspost.config.small_file import MOST_OF_ALL_ACCOUNTS, read_small
from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

_TABLE, _KEY = lazy(r"\s*\[+\s*([^\]]+?)\s*\]+"), lazy(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")
_CURLY = "“”„‟«»‹›‘’‚‛「」＂"  # what word processors make of quotes


def read_text(file: Path) -> str:
    """A config file's text.

    :raises ConfigError: when it cannot be read
    """
    try:
        raw = read_small(file, MOST_OF_ALL_ACCOUNTS)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{file} is not UTF-8 but UTF-16 text; save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text; save it as UTF-8") from None


def parse(text: str, file: Path) -> dict[str, Any]:
    """Parse the text.

    :raises ConfigError: with the line, and what to write instead where that is clear
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of 5000 digits, or 1000 brackets
        message = str(error)
        found = re.search(r"at line (\d+)(?:, column (\d+))?", message)
        reason = re.sub(r" [(]at .*", "", message)
        number = int(found[1]) if found else _last_line(text, reason)
        where = f"{file}:{number}" if number else str(file)
        lines = text.splitlines()
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        rest = line[int(found[2]) - 1 :] if found and found[2] else ""
        raise ConfigError(f"{where}: the line cannot be read: {_plain(reason, line.strip(), rest.strip())}") from None


def _last_line(text: str, reason: str) -> int:
    """The line of a mistake the parser reports without one: a duplicate key, a string that is not closed."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if reason != "Cannot overwrite a value":
        return lines[-1] if lines else 0
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[", line):
            seen = set()
        key = re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line)
        if key is not None and key[1] in seen:
            return number
        seen |= {key[1]} if key is not None else set()
    return 0


def _plain(reason: str, line: str, rest: str) -> str:
    """The reason in words a person can act on; else the parser's own words.

    :param rest: what stands in the line from where it could not be read
    """
    value = line.partition("=")[2].strip().rstrip(",;").rstrip()
    duplicate = re.fullmatch(r"Cannot declare \((.+?),?\) twice", reason)
    if duplicate:
        name = ".".join(part.strip(" '\"") for part in duplicate[1].split(","))
        return f"there are two tables [{name}]; keep one, or give the second another name"
    if line.startswith("[["):
        return double_brackets(line.strip("[] "))
    if reason == "Cannot overwrite a value":
        return "this setting appears twice; keep one of the two"
    if any(quote in line.partition("#")[0] for quote in _CURLY) and '"' not in line and "'" not in line:
        return 'these are typographic quotes; write plain ones: "…"'
    if reason in ("Unescaped '\\' in a string", "Invalid hex value"):
        return "a \\ inside \"…\" has a special meaning; write the path with / or between '…'"
    if value in ("True", "False", "yes", "no", "Yes", "No", "on", "off"):
        return f"write true or false, not {value}"
    if reason == "Invalid value" and value[:1] not in ("", "[", "{"):
        return f'text needs quotes; write {line.partition("=")[0].strip()} = "…"'
    return _comma(reason, line, rest) or _usual(reason, line)


def double_brackets(name: str) -> str:
    """What is wrong with a table that was written as one of a list of tables.

    :param name: what stands in the brackets
    """
    return f"two brackets, [[{name}]], begin a list, and there is none here; write [{name}]"


def refuse_list(data: object, name: str, where: Callable[[], str]) -> None:
    """Refuse a table that stands in double brackets.

    :param name: what stands in them
    :param where: gives ``file:line``
    :raises ConfigError: with what to write
    """
    if isinstance(data, list) and data and all(isinstance(one, dict) for one in data):
        raise ConfigError(f"{where()}: {double_brackets(name)}")


def _comma(reason: str, line: str, rest: str) -> str:
    """What is wrong with a comma or semicolon that ends a line or a key, as in other languages; "" for other mistakes.

    :param rest: see :func:`_plain`
    """
    mark = {",": "comma", ";": "semicolon"}.get(rest[:1], "")
    key, equals, value = (part.strip() for part in line.partition("="))
    after = rest[1:].partition("#")[0].strip()
    if reason.startswith("Expected newline") and mark:
        if not after:
            return f"there is a {mark} at the end; remove it, each line ends by itself"
        if "=" in after:
            return f"a {mark} does not begin another setting; write each setting in a line of its own"
        return f"several values stand in brackets; write {key} = [{value}]" if equals and mark == "comma" else ""
    if reason.startswith("Expected '='") and mark:
        return f"there is a {mark} after {key.partition(rest[0])[0].strip()}; write = between a setting and its value"
    if reason.startswith("Expected ']' at the end of a table") and mark:
        return f"there is a {mark} in the brackets; remove it"
    if rest.startswith("}") and line.removesuffix(rest).rstrip().endswith(","):
        return "there is a comma before the }; remove it"
    return ""


def _usual(reason: str, line: str) -> str:
    if reason.startswith("Expected newline") and re.match(r"\[[^\[\]]*\]\]", line):
        return "there is a ] too many; a line such as [site] has one"
    if reason == "Unclosed array":
        return "the closing ] of a list is missing, or a comma between two of its values"
    if reason.startswith("Expected '=' after a key") and re.match(r"[A-Za-z0-9_.-]+\s*:", line):
        return "write = between the setting and its value, not :"
    if reason.startswith("Expected newline"):
        return "there is something after the value that does not belong there; put quotes around the whole text"
    if reason == "Unterminated string" or reason.startswith("Illegal character '\\n'"):
        return "the closing quote of a text is missing"
    if line.startswith("[") and "]" in line and (other := _no_name(line.partition("]")[0].strip("[ "))):
        return f"a name in brackets may only contain letters from a to z, digits, - and _, not {other}"
    if reason.startswith("Expected ']' at the end of a table"):
        return "the closing ] of the line is missing"
    return reason[:1].lower() + reason[1:]


def _no_name(name: str) -> str:
    """What stands in a name in brackets, without quotes, and cannot stand there; "" when nothing does."""
    from crosspost.text.printable import printable  # few make a mistake

    other = re.search(r"[^A-Za-z0-9_.\s\"'-]", name)
    if other is not None:
        return f"“{printable(other[0])}”"
    return "a blank" if re.search(r"[\w-]\s+[\w-]", name) and '"' not in name and "'" not in name else ""


def place(file: Path, text: str, keys: tuple[str, ...]) -> str:
    """``file:line`` of a key, found by walking [tables] and ``key =`` lines; the closest match when it is missing."""
    known = _lines_of(text)
    best = next((known[keys[:depth]] for depth in range(len(keys), 0, -1) if keys[:depth] in known), 0)
    return f"{file}:{best}" if best else str(file)


@lru_cache(maxsize=2)  # a look at each of a thousand sites asks for places in one config that says something of each
def _lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Tables and keys → the first line of each."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            here = table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
        elif key := _KEY.match(line):
            here = (*table, *(part.strip().strip("\"'") for part in key[1].split(".")))
        else:
            continue
        found.setdefault(here, number)
    return found
