"""An account as it would be in the config, tried out before anything is written."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.application import App
from crosspost.config import config_edit, registry, settings_file
from crosspost.config.credentials import Credentials, variable
from crosspost.config.vault import Vault
from crosspost.delivery.network_users import user_of
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.model import Identity, NetworkUser
    from crosspost.networks.logins.base import Connected


@dataclass(frozen=True)
class Candidate:
    """One account that is to be written.

    :ivar name: its name in the config
    :ivar text: the config with it
    :ivar me: who answered
    :ivar user: the same, as the ledger notes it
    """

    name: str
    found: "Connected"
    text: str
    me: "Identity"
    user: "NetworkUser"


def table(found: "Connected", name: str) -> dict[str, object]:
    """The account's keys in the config."""
    rows: dict[str, object] = {"network": found.network} if name != found.network else {}
    if found.base_url:
        rows["base_url"] = found.base_url
    return rows | dict(found.settings)


def tried(app: App, found: "Connected", name: str, text: str) -> Candidate:
    """Ask the network who the account is, with exactly what would be written.

    :param text: the config so far
    :raises ConfigError: when the config would not be right
    :raises DeliveryError: when the network does not accept the login
    """
    file = app.settings.file if app.settings is not None else Path("crosspost.toml")
    new = config_edit.with_account(text, name, table(found, name), file=file)
    secrets = {variable(name, field): value for field, value in found.secrets.items()}
    said = settings_file.parse(new, file)
    if name in said.wrong_accounts:
        raise ConfigError(said.wrong_accounts[name])
    trial = replace(app, settings=said, credentials=Credentials(secrets))
    network = trial.network(name)
    network.vault = Vault()  # a trial leaves nothing behind, and the renewed token of the account it may replace alone
    me = network.connect()
    return Candidate(name, found, new, me, user_of(network, me))


def overriding(name: str, found: "Connected", environ: Mapping[str, str] = os.environ) -> list[str]:
    """Variables of the environment that would be used instead of what is stored."""
    names = [variable(name, field) for field in registry.load(found.network).credentials]
    return [each for var in names for each in (var, f"{var}_FILE") if environ.get(each)]


def free_name(wanted: str, taken: Mapping[str, object]) -> str:
    """The wanted name, or the first of ``name-2``, ``name-3`` … that is free."""
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def valid_name(answer: str, used: Collection[str] = ()) -> str:
    """A name as the config takes it.

    :param used: names that are taken by accounts that are written at the same time
    :raises ValueError: with one clause
    """
    import re

    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", answer):
        raise ValueError("a name has only letters a to z, digits, - and _")
    if answer in used:
        raise ValueError("the other account has this name already")
    return answer


def config_text(app: App) -> str:
    """The config as it stands.

    :raises ConfigError: when there is none
    """
    if app.settings is None:
        raise ConfigError("there is no config file yet; `crosspost init` writes one")
    return app.settings.text
