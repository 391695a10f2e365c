"""Mistakes in what a person wrote, in plain words: the nearest name that there is, and which values are allowed."""

import re
import typing
from collections.abc import Iterable

import msgspec

from crosspost.text.near_names import nearest


def suggestion(word: str, known: Iterable[str], mark: str = "`") -> str:
    """What to say after an unknown name: the nearest one, else all there are.

    :param mark: what stands around a name
    """
    names = list(known)
    if near := nearest(word, names):
        return f"did you mean {mark}{near}{mark}?"
    return f"known: {', '.join(sorted(names)) or 'none'}"


def explained(error: msgspec.ValidationError, struct: type[msgspec.Struct]) -> tuple[list[str], str]:
    """The keys that lead to a value that cannot be used, and what is wrong with it.

    :param struct: what the values were to become
    """
    message, _, path = str(error).partition(" - at `$.")
    keys = [key for key in re.split(r"[.\[\]`]+", path) if key and key != "..."]
    return keys, _sentence(message, _allowed(struct, keys))


def _sentence(message: str, allowed: tuple[str, ...]) -> str:
    if enum := re.fullmatch(r"Invalid enum value (.+)", message):
        found = enum[1].strip("'")
        near = nearest(found, [value for value in allowed if value])
        hint = f'; did you mean "{near}"?' if near else ""
        return f"“{found}” is not possible here; {_choice(allowed)}{hint}"
    if wrong := re.fullmatch(r"Expected `(.+)`, got `(.+)`", message):
        wanted = f"{_choice(allowed)}" if allowed else f"expected {_kinds(wrong[1])}"
        return f"{wanted}, found {_kinds(wrong[2])}"
    if bound := re.fullmatch(r"Expected `(.+)` (>=|<=|>|<) (\S+)", message):
        return f"expected {_kinds(bound[1])} {_BOUNDS[bound[2]]} {bound[3]}"
    if length := re.fullmatch(r"Expected `array` of (?:at (?:least|most) )?length (\d+)(?:, got (\d+))?", message):
        return f"expected a list of {length[1]}" + (f", found {length[2]}" if length[2] else "")
    return message.replace("`", "")


def _allowed(struct: type[msgspec.Struct], keys: list[str]) -> tuple[str, ...]:
    """The texts that are possible at a place; () when any text is."""
    hints = typing.get_type_hints(struct)
    return tuple(_literals(hints[keys[0]])) if keys and keys[0] in hints else ()


def _literals(hint: object) -> Iterable[str]:
    for one in typing.get_args(hint):
        if isinstance(one, str):
            yield one
        elif typing.get_origin(one) is not None:
            yield from _literals(one)


def _choice(allowed: tuple[str, ...]) -> str:
    """Which values are possible."""
    words = [f'"{value}"' for value in allowed if value]
    return f"write {' or '.join(filter(None, [', '.join(words[:-1]), *words[-1:]]))}"


def _kinds(types: str) -> str:
    return " or ".join(_WORDS.get(kind, kind) for kind in types.split(" | ") if kind != "null") or "nothing"


_BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
    "date": "a date",
    "datetime": "a date with a time",
    "null": "nothing",
}
