"""Changes single keys in a YAML text and leaves every other character as it is.

ruamel.yaml keeps comments, but writes quotation marks, widths and indents its own way. Here the parser's marks say
where a key and its value stand, and only that is replaced.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from crosspost.sources import yaml_text
from crosspost.sources.strict_yaml import StrictLoader, YamlError

Path = tuple[str, ...]


class _Remove:
    """Stands for "no such key"."""

    def __repr__(self) -> str:
        return "REMOVE"


#: a value that takes a key away
REMOVE = _Remove()


class Splice(NamedTuple):
    """What replaces the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def splice(text: str, path: Path, value: Any) -> Splice | None:
    """How one key is set or taken away; None when there is nothing to do.

    :param path: the key, and the keys it stands in
    :param value: what it is to be; :data:`REMOVE` for no such key
    :raises YamlError: when it is written in a way that cannot be changed here
    """
    parents: list[tuple[yaml.MappingNode, tuple[yaml.Node, yaml.Node]]] = []
    node: yaml.Node | None = yaml.compose(text, Loader=StrictLoader)
    for depth, name in enumerate(path):
        if isinstance(node, yaml.ScalarNode) and (depth == 0 or node.value in ("", "~", "null")):
            node = None
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise YamlError(
                f'"{".".join(path[:depth])}" has a value already, so nothing can go below it; change it by hand',
                node.start_mark.line + 1,
            )
        pair = _pair(node, name) if node is not None else None
        if pair is None:
            return None if value is REMOVE else _added(text, parents, node, path[depth:], value)
        assert isinstance(node, yaml.MappingNode)  # noqa: S101  # a pair was found in it
        parents.append((node, pair))
        node = pair[1]
    return _removed(text, parents) if value is REMOVE else _replaced(text, *parents[-1], value)


def _pair(mapping: yaml.MappingNode, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next((pair for pair in mapping.value if getattr(pair[0], "value", None) == name), None)


def _replaced(text: str, mapping: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node], value: Any) -> Splice:
    start, end = _colon(text, pair) + 1, _end(text, pair)
    if mapping.flow_style:
        return Splice(start, end, f" {yaml_text.inline(value)}")
    return Splice(start, end, _behind_colon(text, end, value, _column(text, pair[0]) + 2))


def _added(
    text: str,
    parents: Sequence[tuple[yaml.MappingNode, tuple[yaml.Node, yaml.Node]]],
    mapping: yaml.MappingNode | None,
    path: Path,
    value: Any,
) -> Splice:
    """Put a key behind the last one of its mapping, or into a mapping that has none yet."""
    name, *below = path
    for one in reversed(below):
        value = {one: value}
    if mapping is not None and mapping.flow_style:
        place = _end(text, mapping.value[-1]) if mapping.value else mapping.end_mark.index - 1
        comma = ", " if mapping.value else ""
        return Splice(place, place, f"{comma}{yaml_text.key(name)}: {yaml_text.inline(value)}")
    if mapping is not None and mapping.value:
        column = _column(text, mapping.value[0][0])
        return _new_line(text, _below(text, mapping.value[-1]), _entry(name, value, column))
    if parents:  # "key:" with nothing behind it
        above, pair = parents[-1]
        return _replaced(text, above, pair, {name: value})
    return _new_line(text, len(text), _entry(name, value, 0))


def _entry(name: str, value: Any, column: int) -> str:
    first, *rest = yaml_text.lines(value, column + 2)
    return "\n".join([f"{' ' * column}{yaml_text.key(name)}:{first}", *rest])


def _new_line(text: str, place: int, entry: str) -> Splice:
    before = "" if not place or text[place - 1] == "\n" else "\n"
    return Splice(place, place, f"{before}{entry}\n" if before == "" else f"{before}{entry}")


def _behind_colon(text: str, end: int, value: Any, indent: int) -> str:
    first, *rest = yaml_text.lines(value, indent)
    if not rest:
        return first
    if text[end : _line_end(text, end)].strip():  # a comment stands behind it, which must not become part of a text
        return f" {yaml_text.inline(value)}"
    return "\n".join([first, *rest])


def _removed(text: str, parents: Sequence[tuple[yaml.MappingNode, tuple[yaml.Node, yaml.Node]]]) -> Splice:
    """Take away a key, with the mappings that are empty without it, unless somebody wrote a comment there."""
    depth = len(parents) - 1
    while depth and len(parents[depth][0].value) == 1 and _nothing_else(text, parents[depth - 1][1], parents[depth][1]):
        depth -= 1
    mapping, pair = parents[depth]
    start, end = pair[0].start_mark.index, _end(text, pair)
    if not mapping.flow_style:
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip():
            raise YamlError(
                f'"{pair[0].value}" does not begin its line; change it by hand', pair[0].start_mark.line + 1
            )
        return Splice(line, min(_line_end(text, end) + 1, len(text)) if end > line else end, "")
    number = mapping.value.index(pair)
    if number + 1 < len(mapping.value):
        return Splice(start, mapping.value[number + 1][0].start_mark.index, "")
    if number:
        return Splice(_end(text, mapping.value[number - 1]), end, "")
    return Splice(mapping.start_mark.index + 1, mapping.end_mark.index - 1, "")


def _nothing_else(text: str, above: tuple[yaml.Node, yaml.Node], pair: tuple[yaml.Node, yaml.Node]) -> bool:
    """Whether a mapping with one key has no comment of its own."""
    start, end = _colon(text, above) + 1, pair[0].start_mark.index
    last = _end(text, pair)
    return not text[start:end].strip(" \n{") and not text[last : _end(text, above)].strip(" \n},")


def _colon(text: str, pair: tuple[yaml.Node, yaml.Node]) -> int:
    """Where the colon of a key is.

    :raises YamlError: when there is none, or the value is a reference to one somewhere else
    """
    found = re.compile(r"\s*:").match(text, pair[0].end_mark.index)
    if found is None or pair[1].start_mark.index < pair[0].end_mark.index:
        raise YamlError(
            f'"{pair[0].value}" is written in a way that cannot be changed here; change it by hand', _line(pair[0])
        )
    behind = re.compile(r"[ \t]*[*&!]").match(text, found.end())
    if behind is not None:
        raise YamlError(f'"{pair[0].value}" uses a reference or a tag; change it by hand', _line(pair[0]))
    return found.end() - 1


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _end(text: str, pair: tuple[Any, Any]) -> int:
    """Where a value really ends: the parser's mark of a block stands behind the comments that follow it."""
    key, value = pair
    if value.start_mark.index < key.end_mark.index:  # a reference
        found = re.compile(r"\s*:\s*\*[^\s,}\]]+").match(text, key.end_mark.index)
        return found.end() if found else int(key.end_mark.index)
    if isinstance(value, yaml.ScalarNode):
        if value.style in ("|", ">"):
            return len(text[: value.end_mark.index].rstrip(" \n"))
        return int(value.end_mark.index) if value.value or value.style else _colon_only(text, key)
    if value.flow_style or not value.value:
        return int(value.end_mark.index)
    last = value.value[-1]
    return _end(text, last) if isinstance(value, yaml.MappingNode) else _end(text, (_before(last), last))


def _before(node: yaml.Node) -> yaml.Node:
    """A key for the entry of a list, whose end is looked for like that of a value."""
    return yaml.ScalarNode("", "", node.start_mark, node.start_mark)


def _colon_only(text: str, key: yaml.Node) -> int:
    """The end of a key without a value."""
    found = re.compile(r"\s*:").match(text, key.end_mark.index)
    return found.end() if found else int(key.end_mark.index)


def _below(text: str, pair: tuple[yaml.Node, yaml.Node]) -> int:
    """The beginning of the line below a key and its value, with the blank lines that a ``|+`` keeps."""
    last: Any = pair[1]  # PyYAML's types know flow_style only on some nodes
    while not isinstance(last, yaml.ScalarNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    end = _end(text, pair)
    if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">") and "+" in _header(text, last):
        end = max(end, int(last.end_mark.index) - 1)
    return min(_line_end(text, end) + 1, len(text))


def _header(text: str, node: yaml.Node) -> str:
    """The first line of a block, such as ``|2+``."""
    return text[node.start_mark.index : _line_end(text, node.start_mark.index)].partition("#")[0]


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return found if found >= 0 else len(text)


def _column(text: str, node: yaml.Node) -> int:
    start = int(node.start_mark.index)
    return start - (text.rfind("\n", 0, start) + 1)


def changed(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The same change of the parsed values, to compare with what was written."""
    name, *below = path
    found = dict(data)
    if not below:
        if value is REMOVE:
            found.pop(name, None)
        else:
            found[name] = value
        return found
    inner = found.get(name)
    inside = changed(inner if isinstance(inner, Mapping) else {}, tuple(below), value)
    if value is REMOVE and not isinstance(inner, Mapping):
        return found
    if inside or value is not REMOVE or inner == {}:
        found[name] = inside
    else:
        found.pop(name, None)
    return found
