"""The settings of a typed struct as the properties of a JSON Schema."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from crosspost.app.schemas.setting_words import Said, description

Schema = dict[str, Any]

#: said aloud where keys are checked in another way: some editors take silence for a no
OPEN: Schema = {"additionalProperties": True}


def properties(struct: type[msgspec.Struct], said: Mapping[str, Said], *, skip: Collection[str] = ()) -> Schema:
    """Setting → what it takes, and in words what it does.

    :param said: what the example config says of these settings
    """
    ((whole,), parts) = msgspec.json.schema_components([struct])
    known = parts[whole["$ref"].rpartition("/")[2]]["properties"]
    return {name: _property(struct, name, known[name], said) for name in struct.__struct_fields__ if name not in skip}


def joined(own: Schema, groups: Mapping[str, Schema], names: Collection[str], **more: Any) -> Schema:
    """A mapping that takes settings of its own beside groups of settings that stand under ``definitions``.

    :param own: go before those of a group with the same name
    :param groups: name of the definition → its settings
    :param names: every key that is allowed
    """
    parts: list[Schema] = []
    for name, group in groups.items():
        rest = {key: value for key, value in group.items() if key not in own}
        parts.append({"$ref": f"#/definitions/{name}"} if rest == group else {"properties": rest})
    return {
        "type": "object",
        "properties": own,
        "allOf": parts,
        "propertyNames": {"enum": sorted(names)},
        **OPEN,
        **more,
    }


def table(of: Schema, **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    return {"type": "object", "properties": of, "additionalProperties": False, **more}


def _property(struct: type[msgspec.Struct], name: str, known: Schema, said: Mapping[str, Said]) -> Schema:
    found = _draft_7(known)
    if words := description(struct, name, said):
        found = {"description": f"{words}.", **found}
    if found.get("default") in ("", None, {}, []):  # "nothing said" is not a value to write down
        found.pop("default", None)
    return found


def _draft_7(known: Schema) -> Schema:
    """Without what the file cannot say (nothing), and in the words of draft 7."""
    found = dict(known)
    if choices := found.pop("anyOf", None):
        left = [_draft_7(one) for one in choices if one.get("type") != "null"]
        found |= left[0] if len(left) == 1 else {"anyOf": left}
    if (each := found.pop("prefixItems", None)) is not None:
        found["items"] = each[0]
    if isinstance(found.get("enum"), list):
        found["enum"] = [value for value in found["enum"] if value != ""]
    return found
