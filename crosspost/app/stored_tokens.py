"""What is done to all renewed tokens in a database at once: list them, and encrypt them with another key."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.database_vault import SharedLogins, about
from crosspost.app.ledger_database import main_database
from crosspost.app.token_keys import keys_of
from crosspost.config.encryption import Keys
from crosspost.config.vault_stores import Folder
from crosspost.errors import ConfigError
from crosspost.ledger.postgresql.renewed_tokens import Logins, Sealed
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App


class Kept(Value, frozen=True, kw_only=True):
    """One account's login in the database: the name of its key, whether that opens it, and when it was written."""

    account: str
    key: str
    opens: bool
    at: datetime | None


def table_and_keys(app: "App") -> tuple[Logins, Keys]:
    """The table and this machine's keys.

    :raises ConfigError: when renewed tokens are not in a database, or there is no usable key
    """
    said = app.settings
    if said is not None and said.state.database and not said.secrets.in_database:
        raise ConfigError(f"{said.place('secrets', 'in_database')}: renewed tokens are files of this machine")
    return _table(app), keys_of(app.credentials)


def _table(app: "App") -> Logins:
    return Logins(main_database(app.settings, app.credentials, app.main_ledger_file()))


def listed(app: "App") -> tuple[str, list[Kept]]:
    """The name of the key that this machine encrypts with, and what is in the database.

    :raises ConfigError: as :func:`table_and_keys`
    :raises LedgerError: when the database cannot be reached
    """
    logins, keys = table_and_keys(app)
    store = SharedLogins(logins, lambda: keys, Folder(Path(os.devnull)))

    def opens(row: Sealed) -> bool:
        try:
            return bool(store.opened(row))
        except ConfigError:
            return False

    rows = logins.all()
    return keys.first, [Kept(account=r.account, key=r.key_name, opens=opens(r), at=r.at) for r in rows]


def rekeyed(logins: Logins, keys: Keys) -> int:
    """Encrypt again with the first key what another one still opens; others may be at work meanwhile.

    :returns: how many it were
    :raises ConfigError: when no key opens a record; what was done until then is whole
    """
    done = 0
    store = SharedLogins(logins, lambda: keys, Folder(Path(os.devnull)))
    for account in [row.account for row in logins.all() if row.key_name != keys.first]:
        while (row := logins.read(account)) is not None and row.key_name != keys.first:
            sealed = keys.seal(store.opened(row), about(account))
            done += logins.write(account, keys.first, sealed, version=row.version, at=row.at)
    return done


def refuse_unknown(app: "App", account: str) -> None:
    """:raises ConfigError: when neither the config nor the database has an account of that name"""
    said = app.settings
    known = set(said.accounts) if said is not None else set()
    if account in known:
        return
    if said is not None and said.state.database and said.secrets.in_database:
        known |= {row.account for row in _table(app).all()}
    if account not in known:
        from crosspost.text import plain_errors

        raise ConfigError(f"there is no account `{account}`; {plain_errors.suggestion(account, known)}")
