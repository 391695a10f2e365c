"""Every setting as tables: names, types and defaults from the typed structs, words from the example config's comments.

Where the example says nothing of a setting, a sentence of the struct's docstring that names it does.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

import msgspec

from crosspost.app.schemas.config_schema import SECTIONS, first_sentence
from crosspost.app.schemas.setting_words import Said, description, example, example_file, with_shared_words
from crosspost.compose import Style
from crosspost.config.settings import Account
from crosspost.schedule.schedule_parser import Written
from tests.manual.networks import ours

#: how a post is timed is written as text, and read into the fields of Schedule
TIMING: type[msgspec.Struct] = Written


def settings() -> str:
    """The tables of every setting, section by section."""
    said = example(example_file().read_text("utf-8"))
    parts = [_section(name, struct, said[name]) for name, struct in SECTIONS.items()]
    every = said["accounts"]
    style = "A post may say the same below `crosspost:`, for one account or network."
    head = (
        "One table per account. The name is yours; `network` says what it is, and is left out when the name is that of "
    )
    return "\n\n".join(
        [
            *parts,
            f"## [accounts.NAME]\n\n{head}the network.\n\n{_table(Account, every, skip=('name', 'own', 'network'))}",
            f"### How it speaks\n\n{style}\n\n{_table(Style, every)}",
            f"### When it speaks\n\nTimes are those of the account's zone.\n\n{_table(TIMING, every)}",
            *_networks(said),
        ]
    )


def _section(name: str, struct: type[msgspec.Struct], said: Mapping[str, Said]) -> str:
    return f"## [{name}]\n\n{first_sentence(struct)}\n\n{_table(struct, said)}"


def _networks(said: Mapping[str, Mapping[str, Said]]) -> Iterator[str]:
    for name, cls in ours().items():
        if not cls.Options.__struct_fields__:
            continue
        own = with_shared_words(said, name, cls.Options)
        needs = ", ".join(f"`{key}`" for key in cls.needs)
        must = f" It needs {needs}." if needs else ""
        fixed = getattr(cls.Options, "carried", ())
        where = "" if set(cls.Options.__struct_fields__) <= set(fixed) else " A post may say the same for it"
        where += f", but not {_listed(fixed)}." if where and fixed else "." if where else ""
        yield f"### {cls.name}\n\nOnly on [{cls.name}](networks/{name}.md).{must}{where}\n\n{_table(cls.Options, own)}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _table(struct: type[msgspec.Struct], said: Mapping[str, Said], skip: tuple[str, ...] = ()) -> str:
    """A row for each setting: a line of the example, what it takes, its default, and what it does."""
    lines = ["| setting | takes | default | what it does |", "| --- | --- | --- | --- |"]
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        if field.name not in skip:
            one = said.get(field.name, Said("", ""))
            words = description(struct, field.name, said)
            assert words, f"nothing says what `{field.name}` of {struct.__qualname__} is"
            shown = f"`{field.name} = {one.value}`" if one.value else f"`{field.name}`"
            cells = [shown, _takes(hints[field.name]), _default(field), words]
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _takes(kind: Any) -> str:
    """A type in everyday words."""
    origin, inner = get_origin(kind), get_args(kind)
    plain = {bool: "true or false", str: "text", int: "a whole number", float: "a number", date: "a day"}
    if kind in plain:
        return plain[kind]
    if origin is typing.Annotated:
        return _takes(inner[0])
    if origin is Literal:
        return ", ".join(f'`"{value}"`' for value in inner if value)
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return (
                "a list of "
                + ("numbers" if inner[0] is int else "texts")
                + (f" ({_takes(inner[0])})" if get_origin(inner[0]) is Literal else "")
            )
        return f"a list of {len(inner)} numbers"
    if origin is dict:
        return "a table of texts"
    assert origin in (typing.Union, types.UnionType), kind
    return " or ".join(dict.fromkeys(_takes(one) for one in inner if one is not type(None)))


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT or field.default in ("", None, (), {}):
        return "–"
    if field.default is msgspec.NODEFAULT:
        return "must be set"
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{msgspec.json.encode(value).decode()}`"
