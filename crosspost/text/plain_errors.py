"""Explain a user's mistake in plain words: the nearest known name, and which values are allowed."""

import re
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from crosspost.model.value import ready
from crosspost.text.near_names import nearest

S = TypeVar("S", bound=msgspec.Struct)


def suggestion(word: str, known: Iterable[str], mark: str = "`") -> str:
    """The hint to give after an unknown name: the nearest known name, or all of them.

    :param mark: the quote to put around a name
    """
    names = list(known)
    if near := nearest(word, names):
        return f"did you mean {mark}{near}{mark}?"
    return f"known: {', '.join(sorted(names)) or 'none'}"


def converted(data: Mapping[str, object], struct: type[S], tell: Callable[[list[str], str], None]) -> S | None:
    """The values as a struct, without those that cannot be used; None when one that is needed is missing.

    :param tell: gets the keys that lead to each value that cannot be used, and a clause about it
    """
    rest, told = dict(data), False
    while True:
        try:
            return msgspec.convert(rest, ready(struct))
        except msgspec.ValidationError as error:
            keys, problem = explained(error, struct)
            there = bool(keys) and keys[0] in rest
            if there or not told:
                tell(keys, problem)
            if not there:
                return None
            told = True
            del rest[keys[0]]


def explained(error: msgspec.ValidationError, struct: type[msgspec.Struct]) -> tuple[list[str], str]:
    """The keys that lead to a value that cannot be used, and a clause about what is wrong with it.

    :param struct: the type the values were meant for
    """
    message, _, path = str(error).partition(" - at `$.")
    keys = [key for key in re.split(r"[.\[\]`]+", path) if key and key != "..."]
    if message.startswith("Expected `str` matching regex"):
        return keys, _form(struct, keys)
    return keys, _sentence(message, _allowed(struct, keys))


def _sentence(message: str, allowed: tuple[str, ...]) -> str:
    if enum := re.fullmatch(r"Invalid enum value (.+)", message):
        found = enum[1].strip("'")
        near = nearest(found, [value for value in allowed if value])
        hint = f'; did you mean "{near}"?' if near else ""
        return f"“{found}” is not allowed here; {_choice(allowed)}{hint}"
    if wrong := re.fullmatch(r"Expected `(.+)`, got `(.+)`", message):
        wanted = f"{_choice(allowed)}" if allowed else f"expected {_kinds(wrong[1])}"
        return f"{wanted}, found {_kinds(wrong[2])}"
    if bound := re.fullmatch(r"Expected `(.+)` (>=|<=|>|<) (\S+)", message):
        return f"expected {_kinds(bound[1])} {_BOUNDS[bound[2]]} {bound[3]}"
    if length := re.fullmatch(r"Expected `array` of (?:at (?:least|most) )?length (\d+)(?:, got (\d+))?", message):
        return f"expected a list of {length[1]}" + (f", found {length[2]}" if length[2] else "")
    return message.replace("`", "")


def _form(struct: type[msgspec.Struct], keys: list[str]) -> str:
    """An instruction how a value is written that is not in its form."""
    hints = typing.get_type_hints(struct, include_extras=True)
    for words in _descriptions(hints.get(keys[0])) if keys else ():
        return f"write {words}"
    return "it is not in the form that this setting has; `crosspost help configuration` has an example"


def _descriptions(hint: object) -> Iterable[str]:
    """What the parts of a type say of themselves."""
    for part in getattr(hint, "__metadata__", ()):
        if isinstance(part, msgspec.Meta) and part.description:
            yield part.description
    for arg in typing.get_args(hint):
        yield from _descriptions(arg)


def _allowed(struct: type[msgspec.Struct], keys: list[str]) -> tuple[str, ...]:
    """The strings allowed as a value; () when any string is."""
    hints = typing.get_type_hints(struct)
    return tuple(_literals(hints[keys[0]])) if keys and keys[0] in hints else ()


def _literals(hint: object) -> Iterable[str]:
    of_values = 1 if typing.get_origin(hint) is dict else 0  # its keys are not values
    for arg in typing.get_args(hint)[of_values:]:
        if isinstance(arg, str):
            yield arg
        elif typing.get_origin(arg) is not None:
            yield from _literals(arg)


def _choice(allowed: tuple[str, ...]) -> str:
    """An instruction that lists the allowed values."""
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
