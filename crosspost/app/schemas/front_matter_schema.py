"""The schema of a post's front matter: what crosspost reads there. A site's other keys are its own."""

from collections.abc import Mapping
from typing import Any, get_args

from crosspost.app.schemas.config_schema import words
from crosspost.app.schemas.setting_words import Said, with_shared_words
from crosspost.app.schemas.structs import Schema, joined, properties, table
from crosspost.compose import Style
from crosspost.config import registry
from crosspost.model import OnDelete, OnEdit

_TEXT: Schema = {"type": "string"}
#: what may stand for a place: true, false, nothing, or settings
_SWITCH = ["boolean", "null", "object"]
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": {"type": ["string", "number"]}}]}

#: what a site's generator reads too, so that a value of another kind is only told where it would be refused
_SITE: dict[str, tuple[str, Schema]] = {
    "title": ("The headline.", {"type": ["string", "number"]}),
    "description": ("One or two sentences.", _TEXT),
    "thumbnail": ("The picture: a path inside the site, or an address.", {}),
    "thumbnail_alt": ("What a person who cannot see the picture should read.", _TEXT),
    "pictures": ("Several pictures, each with path and alt, for accounts with `gallery`.", {"type": "array"}),
    "video": ("A video: a path, or an object with path, alt, captions and poster, for accounts with `video`.", {}),
    "tags": ("They become hashtags.", _TEXTS),
    "categories": ("Part of the address.", _TEXTS),
    "date": ("Goes before the date in the file's name.", _TEXT),
    "lang": ("Language of the post, such as de or pt-BR.", _TEXT),
    "permalink": ("The post's address on the site.", _TEXT),
    "slug": ("The last part of the address.", _TEXT),
    "published": ("false keeps the post back.", {"type": "boolean"}),
}


#: most settings may be written with dashes in a post, these may not
_ONE_WAY = ("on_edit", "on_delete")


def front_matter_schema(accounts: Mapping[str, str] | None) -> Schema:
    """The schema of a post's front matter.

    :param accounts: account → network; the networks may be named besides. None: nobody knows what they are called
    :raises ConfigError: when the installation is not complete
    """
    said = words()
    networks = {name: registry.load(name) for name in registry.names()}
    targets = {name: name for name in networks} | dict(accounts or {})
    named = {name: {"$ref": f"#/definitions/{network}"} for name, network in targets.items()}
    groups = {"every target": _everywhere(), "how it speaks": properties(Style, said["accounts"])}
    only = {"description": "Just these accounts or networks.", **_names(list(targets) if accounts is not None else [])}
    block = table({**_everywhere(), "only": only, **named}) | {"type": _SWITCH}
    if accounts is None:
        block["additionalProperties"] = {"type": _SWITCH}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Front matter of a post",
        "description": "What crosspost reads of a post. Every other key belongs to the site.",
        "type": "object",
        "properties": {
            **{name: {"description": about, **kind} for name, (about, kind) in _SITE.items()},
            "crosspost": {
                "description": "What only crosspost reads: where, when and how this post goes out; false: nowhere.",
                **block,
            },
        },
        "definitions": {
            **{name: {"properties": group} for name, group in groups.items()},
            **{name: _target(name, cls, groups, said) for name, cls in networks.items()},
        },
    }


def _everywhere() -> Schema:
    """What a post may say for everywhere, and for one account or network."""
    return {
        "skip": {"description": "true: it does not go there.", "type": "boolean"},
        "at": {"description": "Not before this time (in the site's time zone), such as 2026-05-01 09:30.", **_TEXT},
        "text": {"description": "Said instead of title and description.", "type": ["string", "number"]},
        "alt": {
            "description": "Alt text of the picture, or of several: the name of each file, and its text.",
            "anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}],
        },
        "poll": {
            "description": "A poll, on networks that have them; false: none here.",
            "type": ["object", "boolean"],
            "properties": {
                "options": {"description": "The answers, at least two.", "type": "array", "minItems": 2},
                "question": {
                    "description": "What it asks, where a poll has its own question; else the title.",
                    **_TEXT,
                },
                "duration": {"description": "How long it lasts, such as 3 days; else a day.", **_TEXT},
                "multiple": {"description": "true: one may choose several answers.", "type": "boolean"},
            },
            "additionalProperties": False,
        },
        "on_edit": {"description": "What happens when the file changes later.", "enum": list(get_args(OnEdit))},
        "on_delete": {"description": "What happens when the file is gone.", "enum": list(get_args(OnDelete))},
    }


def _names(known: list[str]) -> Schema:
    """One name or several; any names where none are known."""
    each = {"enum": known} if known else _TEXT
    return {"anyOf": [each, {"type": "array", "items": each, "minItems": 1}]}


def _target(name: str, cls: Any, groups: Mapping[str, Schema], said: Mapping[str, Mapping[str, Said]]) -> Schema:
    """What a post may say for one network: also how it speaks there, and the network's own settings."""
    fixed = getattr(cls.Options, "carried", ())
    own = properties(cls.Options, with_shared_words(said, name, cls.Options), skip=fixed)
    names = ({key for group in groups.values() for key in group} | set(own)) - set(fixed)
    dashed = {key.replace("_", "-"): key for key in names if "_" in key and key not in _ONE_WAY}
    own |= {dash: value for dash, key in dashed.items() if (value := own.get(key) or groups["how it speaks"].get(key))}
    about = f"What it says on {cls.name}; false: nothing."
    return joined(own, groups, {*names, *dashed}, description=about) | {"type": _SWITCH}
