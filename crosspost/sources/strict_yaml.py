"""Parses YAML strictly: mistakes that libyaml accepts silently are errors here.

A duplicate key, a list instead of a mapping, references that expand a small text enormously, and nesting deep enough to
overflow the C stack are refused with their line. Only plain numbers become numbers (``007`` and ``12:30`` stay text),
and an impossible date stays text for the caller to check.
"""

from collections.abc import Hashable
from typing import Any

import yaml

from crosspost.text.lazy_pattern import lazy

MAX_BYTES = 256 * 1024
MAX_BRACKETS = 1000  # libyaml's composer recurses per level; about ten thousand levels overflow the C stack
MAX_NODES = 2000  # nodes after expanding references

_DEEP_LINE = lazy(r"(?:[-?:][ \t]+){32}")
_STRING, _SEQUENCE, _MAPPING, _MERGE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map", "merge"))

# the C loader is ten times as fast; the Python one behaves the same and is always available
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """YAML that is refused. ``line`` counts from 1 in the given text; 0 when unknown."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


class StrictLoader(_Base):  # type: ignore[misc]  # the base is chosen at run time
    """The safe loader, but keys are unique, and numbers and dates lose nothing of how they were written.

    Values are built directly from the composed nodes: the library's own way, which also supports recursive references
    and custom tags, takes twice as long for the few lines of a front matter.
    """

    def resolve(self, kind: type, value: str, implicit: tuple[bool, bool]) -> str:
        """The implicit tag of a node (without path resolvers, which are not used)."""
        if kind is not yaml.ScalarNode:
            return _SEQUENCE if kind is yaml.SequenceNode else _MAPPING
        if implicit[0]:
            for tag, pattern in self.yaml_implicit_resolvers.get(value[:1], ()):
                if pattern.match(value):
                    return str(tag)
        return _STRING

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Do nothing: there are no path resolvers."""

    def ascend_resolver(self) -> None:
        """Do nothing: there are no path resolvers."""

    def construct_document(self, node: yaml.Node) -> Any:
        """Build the value of the whole text."""
        return self._value(node)

    def _value(self, node: yaml.Node) -> Any:
        tag = node.tag
        if tag == _STRING and isinstance(node, yaml.ScalarNode):
            return node.value
        if tag == _MAPPING and isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if tag == _SEQUENCE and isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        if isinstance(node, yaml.ScalarNode) and tag in _AS_WRITTEN:
            return _AS_WRITTEN[tag](self, node)
        return self.construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                continue
            key = self._key(key_node)
            if key.__hash__ is None:
                raise YamlError("a name before a colon should be a word", key_node.start_mark.line + 1)
            if key in mapping:
                raise YamlError(f'"{key}" is written twice; keep one of them', key_node.start_mark.line + 1)
            mapping[key] = self._value(value_node)
        if len(mapping) != len(node.value):  # a merge: keys written here take precedence
            self.flatten_mapping(node)
            return {self._key(key): self._value(value) for key, value in node.value}
        return mapping

    def _key(self, node: yaml.Node) -> Any:
        """A key as it was written: ``1`` and ``true`` are equal in Python, but different keys in YAML."""
        scalar = isinstance(node, yaml.ScalarNode) and node.tag.startswith("tag:yaml.org,2002:")
        return node.value if scalar else self._value(node)

    def plain_int(self, node: yaml.ScalarNode) -> int | str:
        """``2024`` as a number, but ``007``, ``1_000`` or ``12:30`` as text."""
        text: str = node.value
        digits = text.removeprefix("-")
        plain = digits.isdecimal() and len(digits) < 19 and (digits == "0" or not digits.startswith("0"))
        return int(text) if plain else text

    def plain_float(self, node: yaml.ScalarNode) -> float | str:
        """``1.5`` as a number, but ``1.10`` or ``1e3`` as text."""
        text: str = node.value
        try:
            number = float(text)
        except ValueError:
            return text
        return number if repr(number) == text else text

    def lenient_timestamp(self, node: yaml.ScalarNode) -> Any:
        """A date or time; an impossible one (30 February) stays text."""
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError, AttributeError):  # AttributeError: a timestamp tag on something else
            return node.value


_AS_WRITTEN = {
    "tag:yaml.org,2002:int": StrictLoader.plain_int,
    "tag:yaml.org,2002:float": StrictLoader.plain_float,
    "tag:yaml.org,2002:timestamp": StrictLoader.lenient_timestamp,
}
_CONSTRUCTORS: dict[str, Any] = StrictLoader.yaml_constructors


_LOADER = StrictLoader("")  # for single values


def plain_scalar(text: str) -> Any:
    """What a text without quotation marks means: a number, a date, true, nothing, or the text itself."""
    for tag, pattern in StrictLoader.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            node = yaml.ScalarNode(tag, text)
            return _AS_WRITTEN[tag](_LOADER, node) if tag in _AS_WRITTEN else _CONSTRUCTORS[tag](_LOADER, node)
    return text


def load_mapping(text: str, what: str) -> dict[str, Any]:
    """Parse a YAML mapping.

    :param what: what the text is, for messages ("front matter")
    :returns: the mapping; empty for an empty text
    :raises YamlError: when it is invalid, not a mapping, or too large
    """
    refuse_excess(text, what)
    try:
        if "*" in text and "&" in text:
            _refuse_explosion(text, what)
        # StrictLoader is a subclass of the safe loader
        data = yaml.load(text, Loader=StrictLoader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        from crosspost.sources.yaml_mistakes import explained  # most texts have none

        reason, line = explained(text, error)
        raise YamlError(f"the {what} is not valid YAML: {reason}", line) from None
    except yaml.reader.ReaderError as error:
        sign = f"U+{error.character:04X}" if isinstance(error.character, int) else "an invalid character"
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(f"the {what} is not valid YAML: it has a control character ({sign}); delete it", line) from None
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise YamlError(f"the {what} is not valid YAML: {' '.join(str(error).split())[:200]}") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "one single value"
        raise YamlError(f'the {what} is {kind}, but should be lines like "title: …"', 1)
    return {key if isinstance(key, str) else str(key): value for key, value in data.items()}


def line_of(text: str, *keys: str | int) -> int:
    """The line (from 1) of a key, of a key inside a key, or of an item of a list (from 0); 0 when it is not there."""
    try:
        node = yaml.compose(text, Loader=StrictLoader)
    except yaml.YAMLError:
        return 0
    line = 0
    for wanted in keys:
        if isinstance(wanted, int) and isinstance(node, yaml.SequenceNode) and wanted < len(node.value):
            node = node.value[wanted]
            line = node.start_mark.line + 1
            continue
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((pair for pair in node.value if getattr(pair[0], "value", None) == wanted), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def refuse_excess(text: str, what: str) -> None:
    """Refuse a text that is too long, or nested too deeply.

    :param what: see :func:`load_mapping`
    :raises YamlError: saying so
    """
    if len(text) > MAX_BYTES:
        raise YamlError(f"the {what} is longer than {MAX_BYTES // 1024} kB")
    levels = text.count("-") + text.count("?") + text.count(":")
    if text.count("[") + text.count("{") > MAX_BRACKETS or (levels >= 32 and _DEEP_LINE.search(text)):
        raise YamlError(f"the {what} has too many brackets or levels")


def _refuse_explosion(text: str, what: str) -> None:
    """Expand every reference, and stop when there are too many nodes."""
    waiting = [yaml.compose(text, Loader=StrictLoader)]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > MAX_NODES:
            raise YamlError(f"the {what} becomes too large through its references (& and *)")
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
