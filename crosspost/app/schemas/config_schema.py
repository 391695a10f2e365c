"""The schema of ``crosspost.toml``: its tables, and for each account what its network knows."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from crosspost.app.schemas.setting_words import Said, example, example_file, with_shared_words
from crosspost.app.schemas.structs import OPEN, Schema, joined, properties, table
from crosspost.compose import Style
from crosspost.config import registry
from crosspost.config.installation_settings import (
    Daemon,
    Mcp,
    Notify,
    Pictures,
    PublishedFeed,
    Responses,
    Run,
    Secrets,
    State,
    Telemetry,
    Web,
)
from crosspost.config.settings import Account, SiteSettings
from crosspost.schedule.schedule_parser import Written

SECTIONS: dict[str, type[msgspec.Struct]] = {
    "site": SiteSettings,
    "run": Run,
    "notify": Notify,
    "daemon": Daemon,
    "telemetry": Telemetry,
    "pictures": Pictures,
    "web": Web,
    "mcp": Mcp,
    "responses": Responses,
    "feed": PublishedFeed,
    "secrets": Secrets,
    "state": State,
}
#: the keys of an account that are not its own: its name is the table's
_NOT_WRITTEN = ("name", "own")
_ANY: Schema = {"$ref": "#/definitions/by its network"}
_ACCOUNT_NAME = "^[A-Za-z0-9][A-Za-z0-9_-]*$"


def config_schema() -> Schema:
    """The schema of a config file, with every network that is installed.

    :raises ConfigError: when the installation is not complete
    """
    said = words()
    sections = {
        name: table(properties(struct, said.get(name, {})), description=first_sentence(struct))
        for name, struct in SECTIONS.items()
    }
    sections["site"]["properties"]["source"]["enum"] = ["", *registry.source_names()]
    networks = {name: registry.load(name) for name in registry.names()}
    groups = {
        "every account": properties(Account, said["accounts"], skip=_NOT_WRITTEN),
        "how it speaks": properties(Style, said["accounts"]),
        "when it speaks": properties(Written, said["accounts"]),
    }
    accounts: Schema = {
        "description": "One table per account. The name is yours; `network` says what it is.",
        "type": "object",
        "propertyNames": {"pattern": _ACCOUNT_NAME},
        "properties": {name: _named(name) for name in networks},
        "additionalProperties": {**OPEN, "allOf": [{"required": ["network"]}, _ANY]},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "crosspost.toml",
        "description": "The settings of crosspost.",
        **table({**sections, "sites": _sites(sections["site"]), "accounts": accounts}),
        "definitions": {
            **{name: {"properties": group} for name, group in groups.items()},
            **{name: _account(name, cls, groups, said) for name, cls in networks.items()},
            "by its network": _by_network(list(networks)),
        },
    }


def words() -> dict[str, dict[str, Said]]:
    """Section → setting → what is said of it; the networks' own settings are told by their classes.

    :raises ConfigError: when the installation is not complete
    """
    said = example(example_file().read_text("utf-8"))
    for name in registry.names():
        said |= example(f"[accounts.{name}]\n{registry.load(name).example}")
    return said


def first_sentence(struct: type[msgspec.Struct]) -> str:
    """``[run]``: how much one run does. → How much one run does."""
    text = " ".join((inspect.getdoc(struct) or "").split())
    text = re.sub(r"^``\[\w+\]``: ", "", text)
    sentence = re.split(r"(?<=\.) (?=[A-Z`])", text)[0].replace("``", "`")
    return f"{sentence[0].upper()}{sentence[1:]}".rstrip(".") + "."


def _sites(site: Schema) -> Schema:
    """Several sites: name → the settings of ``[site]``."""
    return {
        "description": "One table per site of several. The name is yours.",
        "type": "object",
        "propertyNames": {"pattern": _ACCOUNT_NAME},
        "additionalProperties": site,
    }


def _account(name: str, cls: Any, groups: Mapping[str, Schema], said: Mapping[str, Mapping[str, Said]]) -> Schema:
    own = properties(cls.Options, with_shared_words(said, name, cls.Options))
    names = {key for group in groups.values() for key in group} | set(own)
    if not cls.abilities.digest:
        names -= {"digest", "digest_title"}
    if not cls.boosts:
        names -= {"boost_from", "boost_after"}
    if cls.abilities.ahead is None:
        names -= {"ahead"}
    own["network"] = {"description": "What the account is on; left out when that is its name.", "const": name}
    return joined(own, groups, names, description=f"An account on {cls.name}.", required=list(cls.needs))


def _by_network(names: list[str]) -> Schema:
    """An account that says which network it is on."""
    return {
        "properties": {"network": {"enum": names}},
        **OPEN,
        "allOf": [
            {
                "if": {"properties": {"network": {"const": name}}, "required": ["network"]},
                "then": {"$ref": f"#/definitions/{name}"},
            }
            for name in names
        ],
    }


def _named(name: str) -> Schema:
    """An account with a network's name: it is on that network unless it says otherwise."""
    return {**OPEN, "if": {"required": ["network"]}, "then": _ANY, "else": {"$ref": f"#/definitions/{name}"}}
