"""What a config says is there: its accounts, and where the ledger and everything beside it is."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config import registry
from crosspost.config.credentials import Credentials
from crosspost.config.settings import Account, Settings
from crosspost.config.vault import Vault
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.ledger.connection import Where
    from crosspost.media.picture_store import PictureStore

Clock = Callable[[], datetime]
#: where the ledger is when the config does not say, and where that of a trial is
LEDGER, SANDBOX_LEDGER = "state/ledger.sqlite3", "state/sandbox.sqlite3"
#: the folder beside it with a folder for each site of several
SITES = "sites"


@dataclass(frozen=True)
class Installation:
    """A config, or none, and what stands beside it.

    :ivar settings: the config, or None when a reading command works without one
    :ivar site: the folder the posts are in
    """

    settings: Settings | None
    site: Path
    credentials: Credentials
    clock: Clock

    def accounts(self) -> dict[str, Account]:
        """The accounts that are switched on; without a config one for each known network."""
        return self._accounts

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        if self.settings is None:
            return {name: Account(name=name, network=name) for name in registry.names()}
        if (mine := self.settings.site.accounts) is None:
            return self.every_account()
        every = self.settings.accounts  # a thousand sites may have ten of ten thousand each
        return {name: every[name] for name in mine if every[name].enabled}

    def every_account(self) -> dict[str, Account]:
        """The accounts that are switched on, also those that only other sites have."""
        return {n: one for n, one in self.settings.accounts.items() if one.enabled} if self.settings is not None else {}

    def vault(self) -> Vault:
        """Where accounts keep their sessions: beside the ledger, or in its database; in memory without a config."""
        said = self.settings
        if said is not None and said.state.database and said.secrets.in_database:
            return self._shared_vault
        return Vault(self._beside_the_ledger("sessions"))

    @cached_property
    def _shared_vault(self) -> Vault:
        """All accounts ask the database on one connection."""
        from crosspost.app.database_vault import shared_logins
        from crosspost.app.ledger_database import main_database

        file = self.main_ledger_file()
        place = main_database(self.settings, self.credentials, file)
        return Vault(shared_logins(self.credentials, place, file.parent / "sessions"))

    def ledger_path(self) -> Path:
        """Where the ledger is; what the sandbox got never stands beside what real networks got.

        :raises ConfigError: when no file can be there
        """
        if self.settings is None:
            raise ConfigError("there is no config file; `crosspost init` writes one")
        return _usable(self._ledger_file(self.settings, self.settings.name), lambda: self._place("state", "ledger"))

    def ledger_place(self) -> "Where":
        """What the ledger is: its file, or the database the config names. Never one instead of the other.

        :raises ConfigError: when it can be neither
        """
        file = self.ledger_path()
        if self.settings is None or not self.settings.state.database:
            return file
        from crosspost.app.ledger_database import of_site

        return of_site(self.settings, self.credentials, file)

    def _ledger_file(self, said: Settings, name: str) -> Path:
        """Where the ledger is to be, whatever is there. Each site of several has its own."""
        file = said.beside(said.state.ledger or (SANDBOX_LEDGER if self.on_trial() else LEDGER))
        return file.parent / SITES / name / file.name if name else file

    def main_ledger_file(self) -> Path:
        """Where the ledger of ``[site]`` is, or would be: what the whole installation has is beside it."""
        assert self.settings is not None  # noqa: S101  # for the type checker: who asks has a config
        return self._ledger_file(self.settings, "")

    def _beside_the_ledger(self, name: str) -> Path | None:
        """A folder for what is kept between runs, the same for every site: an account that several sites have renews
        its session once. It is of use even where the ledger itself is not."""
        return self.main_ledger_file().parent / name if self.settings is not None else None

    def pictures_folder(self) -> Path | None:
        """Where pictures that were fetched from the web are kept; None without a config."""
        return self._beside_the_ledger("pictures")

    def picture_store(self) -> "PictureStore | None":
        """Where machines share pictures; None: each makes its own.

        :raises ConfigError: when one of its keys cannot be read
        """
        if self.settings is None or not self.settings.pictures.store:
            return None
        from crosspost.app import configured_picture_store  # few have one

        return configured_picture_store.of(self.settings, self.credentials)

    def films_folder(self) -> Path | None:
        """Where converted videos are kept; None without a config."""
        return self._beside_the_ledger("videos")

    def _fetched(self) -> Path | None:
        """Where what was fetched from the web is kept; asked for only where something is."""
        return self._beside_the_ledger("feed")

    def _woken(self) -> "datetime | None":
        """When somebody last said that there is something new."""
        if self.settings is None:
            return None
        from crosspost.app import wake_file

        return wake_file.woken(self.main_ledger_file())

    def _listing(self) -> Path:
        from crosspost.ledger import backups  # whoever remembers a listing works with the ledger anyway

        return backups.listing(self.ledger_path())

    def on_trial(self) -> bool:
        """Whether every account is on this machine, as the sandbox's are, less those whose real servers often are here
        too; and no ledger of one's own is named."""
        named = self.settings is not None and (self.settings.state.ledger or self.settings.state.database)
        return not named and self._in_sandbox

    @cached_property
    def _in_sandbox(self) -> bool:
        """Whether every account is in the sandbox."""
        from crosspost.app import sandbox_accounts

        every = self.settings.accounts.values() if self.settings is not None else ()
        return sandbox_accounts.all_are(one for one in every if one.enabled)

    def _place(self, *keys: str) -> str:
        return self.settings.place(*keys) if self.settings is not None else "(no config)"


def _usable(file: Path, where: Callable[[], str]) -> Path:
    """The file again, unless no ledger can be there.

    :param where: gives ``file:line`` of what names it, for messages; the whole config is searched for it
    :raises ConfigError: when it is a folder or cannot be looked at
    """
    try:
        if file.name and (file.is_file() or not os.path.lexists(file)):
            return file
        what = "a folder" if file.is_dir() else "not a file"
    except OSError as error:  # a folder that nobody may look into, or a name that is too long
        raise ConfigError(f"{where()}: `ledger`: {file} cannot be used: {error.strerror}") from None
    raise ConfigError(f"{where()}: `ledger`: {file} is {what}; name a file, such as {LEDGER}")
