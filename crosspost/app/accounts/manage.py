"""Looking at accounts, trying them, renewing and removing them."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from crosspost.app.accounts.add import write_config
from crosspost.config import config_edit
from crosspost.config.secret_places import Keyring, OwnFiles
from crosspost.errors import ConfigError, CrosspostError, DeliveryError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.accounts.add import Added
    from crosspost.app.application import App
    from crosspost.config.secret_places import Place
    from crosspost.config.settings import Account
    from crosspost.networks.logins.dialog import Dialog

#: what is plain when an account is renewed: answers to questions that are not asked then
RENEWING = {"replace": "yes"}


class AccountRow(Value, frozen=True, kw_only=True):
    """One account of the config.

    ``who`` is as the ledger has it from the last time it was asked; ``token`` says where its secrets are, or that one
    is missing; ``until`` is when its login ends, where that is known.
    """

    name: str
    network: str
    enabled: bool
    sandbox: bool
    who: str
    token: str
    until: datetime | None


def rows(app: "App") -> list[AccountRow]:
    """Every account of the config; nobody is asked."""
    if app.settings is None:
        raise ConfigError("there is no config file yet; `crosspost init` writes one")
    known = _identities(app)
    found = []
    for name, account in app.settings.accounts.items():
        who, until = known.get(name, ("", None))
        found.append(
            AccountRow(
                name=name,
                network=account.network,
                enabled=account.enabled,
                sandbox=account.enabled and app.in_sandbox(name),
                who=who,
                token=_where(app, name),
                until=until,
            )
        )
    return found


def _identities(app: "App") -> dict[str, tuple[str, datetime | None]]:
    """Account → who it is and when its login ends, from the ledger."""
    from crosspost.app.ledger_access import no_ledger_yet, open_ledger

    try:
        if no_ledger_yet(app):
            return {}
        ledger = open_ledger(app, read_only=True)
    except CrosspostError:  # `doctor` tells
        return {}
    try:
        states = {name: ledger.account(name) for name in app.settings.accounts} if app.settings else {}
    finally:
        ledger.close()
    return {
        name: (state.identity.handle or state.identity.id, state.identity.expires_at)
        for name, state in states.items()
        if state.identity is not None
    }


def _where(app: "App", name: str) -> str:
    """Where an account's secrets are; a sentence for what is missing."""
    from crosspost.config import registry

    assert app.settings is not None  # noqa: S101  # for the type checker: `rows` has looked
    account = app.settings.accounts[name]
    if wrong := app.settings.wrong_accounts.get(name):
        return wrong
    try:
        fields = registry.load(account.network).credentials
        if not fields:
            return "needs none"
        places = []
        for field in fields:
            place = app.credentials.place_of(name, field)
            if place and place not in places:
                places.append(place)
    except CrosspostError as error:
        return str(error)
    return ", ".join(places) or f"missing: `crosspost accounts renew {name}`"


def known_account(app: "App", name: str) -> "Account":
    """An account of the config.

    :raises ConfigError: when there is none of this name
    """
    names = app.settings.accounts if app.settings is not None else {}
    if name not in names:
        from crosspost.text.plain_errors import suggestion

        hint = f"; {suggestion(name, names, mark='')}" if names else ""
        raise ConfigError(f"there is no account “{name}” in the config" + hint)
    return names[name]


def renewed(
    app: "App", name: str, dialog: "Dialog", place: "Callable[[], Place]", *, base_url: str = ""
) -> "list[Added]":
    """Log an account in anew, under its name and with its settings.

    :param dialog: has the answers :data:`RENEWING`
    :param place: where its secrets go; asked for once the login works
    :param base_url: another server; "" for the account's own
    :raises NotSent: when what is kept of its login cannot be read, which would stand in the way of the new one
    :raises CrosspostError: as :func:`crosspost.app.accounts.add.add`
    """
    from crosspost.app.accounts.add import add, log_in

    account = known_account(app, name)
    app.vault().get(name)
    known = {"base_url": account.base_url} | account.own
    connected = log_in(app, account.network, dialog, base_url=base_url or account.base_url, known=known)
    return add(app, connected[:1], dialog, place(), name=name)


def removed(app: "App", name: str) -> list[str]:
    """Take an account out of the config, with its secrets. What is out on it stays, and the ledger keeps it.

    :returns: what was removed, in words
    :raises ConfigError: when there is no such account, or something cannot be written
    """
    from crosspost.config import registry

    fields = registry.load(known_account(app, name).network).credentials
    settings = app.settings
    assert settings is not None  # noqa: S101  # for the type checker: `known_account` has looked
    text = config_edit.without_account(settings.text, name, file=settings.file)
    write_config(settings.file, settings.text, text)
    gone = [f"[accounts.{name}] in {settings.file}"]
    secrets_file = settings.beside(settings.secrets.file)
    gone += OwnFiles(secrets_file).remove(name, fields)
    if settings.secrets.keyring:
        gone += [f"{each} in the key store" for each in Keyring(secrets_file).remove(name, fields)]
    app.vault().remove(name)
    return gone


def tested(app: "App", name: str) -> tuple[bool, str]:
    """Whether an account's login works, and a sentence."""
    try:
        network = app.network(name)
        me = network.connect()
    except (DeliveryError, ConfigError) as error:
        return False, str(error)
    ends = f", until {me.expires_at:%Y-%m-%d}" if me.expires_at else ""
    return True, f"{name}: {me.handle or me.id} on {network.name}{ends}"
