"""Settings + registry + credentials → ready objects: the only place that wires. Reads nothing from the network."""

import importlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.config import registry, server_address, settings
from crosspost.config.credentials import Credentials, Secret
from crosspost.config.secrecy import conceal
from crosspost.config.settings import Account, Settings, SiteSettings
from crosspost.config.vault import Vault
from crosspost.errors import ConfigError
from crosspost.model import Site
from crosspost.transport.sandbox_mark import MARK, on_this_machine

if TYPE_CHECKING:
    from crosspost.compose import Style
    from crosspost.delivery.rules import Boost
    from crosspost.ledger.connection import Where
    from crosspost.model import Overrides
    from crosspost.networks.base import Network
    from crosspost.notifications.config import NotificationConfig
    from crosspost.schedule import Schedule
    from crosspost.sources.base import Source
    from crosspost.sources.git import Checkout
    from crosspost.transport.session import Session

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class App:
    """Everything a command works with.

    :ivar settings: the config, or None when a reading command works without one
    :ivar site: the folder the posts are in
    """

    settings: Settings | None
    site: Path
    credentials: Credentials
    clock: Clock

    def source(self, *, remember: bool = False) -> "Source":
        """The source of the posts.

        :param remember: whether it may keep its listing beside the ledger, for the next run
        """
        from crosspost.app.sources import make_source
        from crosspost.sources.keys import chosen
        from crosspost.sources.record import Check

        site = self.settings.site if self.settings is not None else SiteSettings()
        source = make_source(
            self.site,
            site,
            now=self.clock(),
            keys=chosen(site, lambda key, why: ConfigError(f"{self._place('site', key)}: {why}")),
            memory=self._listing() if remember else None,
            web=self._fetched,
        )
        source.check = Check(self._mistake, self.settings.text if self.settings is not None else "")
        return source

    def _mistake(self, overrides: "Overrides") -> tuple[tuple[str, ...], str] | None:
        """What is wrong with what a post says about the accounts; few posts say anything, so it is imported then."""
        from crosspost.app.targets import Targets

        known = self.settings.accounts if self.settings is not None else None
        return Targets(known, self.checked, lambda: self._former).mistake(overrides)

    @cached_property
    def _former(self) -> frozenset[str]:
        """The accounts the config had once; asked for only where a post names one that is not there."""
        from crosspost.app.former_accounts import former

        if self.settings is None:
            return frozenset()
        return former(self.ledger_place, self.clock, self.settings.accounts)

    def _fetched(self) -> Path | None:
        """Where what was fetched from the web is kept; asked for only where something is."""
        return self._beside_the_ledger("feed")

    def _listing(self) -> Path:
        from crosspost.ledger import copies  # whoever remembers a listing works with the ledger anyway

        return copies.listing(self.ledger_path())

    def accounts(self) -> dict[str, Account]:
        """The accounts that are switched on; without a config one for each known network."""
        return self._accounts

    @cached_property
    def _accounts(self) -> dict[str, Account]:
        if self.settings is None:
            return {name: Account(name=name, network=name) for name in registry.names()}
        return {name: account for name, account in self.settings.accounts.items() if account.enabled}

    def network(self, name: str, *, sleep: Callable[[float], None] = time.sleep) -> "Network":
        """The adapter of one account.

        :raises ConfigError: for an unknown network, a setting it does not have, or a missing base URL
        """
        account = self.accounts()[name]
        cls, style, options = self.checked(name)
        secrets = self.secrets(name, cls)
        conceal(*(secret.reveal() for field, secret in secrets.items() if field not in _NAMES))
        base_url = self.base_url(name) or cls.home

        def session() -> "Session":
            from crosspost.transport.session import Session

            return Session(
                rewrite={host: base_url for host in cls.fixed_hosts if base_url},
                secrets=[secret.reveal() for secret in secrets.values()],
                read_timeout=account.timeout,
                deadline=max(account.timeout * 2, 30),
                clock=self.clock,
            )

        if account.boost_from:
            module, _, boosts = cls.boosts.partition(":")
            cls = getattr(importlib.import_module(module), boosts)
        made = cls(
            account=name,
            base_url=base_url,
            options=options,
            style=style,
            credentials=secrets,
            session=session,
            clock=self.clock,
            sleep=sleep,
            vault=self.vault(),
        )
        made.label = self.label(name)
        made.site = self.site_named
        made.wants_responses = account.responses is True
        made.source = account.boost_from
        return made

    def site_named(self) -> Site:
        """The address and the name of the site.

        :raises SourceError: when the site cannot be read
        """
        source = self.source()
        return Site(url=source.url, title=source.title)

    def checked(self, name: str) -> tuple[type["Network"], "Style", Any]:
        """The class of an account's adapter, its style and its network's own settings; imports no HTTP client.

        :raises ConfigError: as :meth:`network`
        """
        account = self.accounts()[name]
        try:
            cls: type[Network] = registry.load(account.network)
        except ConfigError as error:
            raise ConfigError(f"{self._place('accounts', name, 'network')}: account {name}: {error}") from None
        if not account.base_url and not cls.home and self.settings is not None:
            raise ConfigError(f"{self._place('accounts', name)}: account {name} needs `base_url`, its server's address")
        self.base_url(name)
        from crosspost.app.account_settings import options, style

        return cls, style(self.settings, account, cls), options(self.settings, account, cls)

    def base_url(self, name: str) -> str:
        """The address of an account's server as it is meant; "" when the config names none.

        :raises ConfigError: when it is not plain what is meant
        """
        account = self.accounts()[name]
        if not account.base_url:
            return ""
        cls = registry.load(account.network)
        try:
            return server_address.of_account(account.base_url, schemes=cls.schemes, at_root=cls.at_root, home=cls.home)
        except ValueError as error:
            where = self._place("accounts", name, "base_url")
            raise ConfigError(f"{where}: account {name}: `base_url`: {error}") from None

    def secrets(self, name: str, cls: type["Network"]) -> dict[str, Secret]:
        """The credentials of an account that are set, also those that cannot be used (``Secret.wrong``)."""
        found = {field: self.credentials.look_up(name, field) for field in cls.credentials}
        return {field: secret for field, secret in found.items() if secret is not None}

    def schedules(self) -> dict[str, "Schedule"]:
        """Account name → when it speaks.

        :raises ConfigError: for a time, slot or span that cannot be understood
        """
        from crosspost.schedule import Schedule, parse

        timed = any(set(account.own) & set(Schedule.__struct_fields__) for account in self.accounts().values())
        zone = getattr(self.source().zone, "key", "") if timed or self.digests() else ""
        return {
            name: parse(account.own, where=lambda *keys, n=name: self._place("accounts", n, *keys), zone=zone)
            for name, account in self.accounts().items()
        }

    def digests(self) -> dict[str, Account]:
        """The accounts that say everything in a digest."""
        return {name: account for name, account in self.accounts().items() if account.digest}

    def keeps_articles(self) -> list[str]:
        """The accounts on which each article has a record of its own."""
        accounts = self.accounts().items()
        return [name for name, one in accounts if one.own.get("standard_site") is True and not one.boost_from]

    def boosts(self) -> dict[str, "Boost"]:
        """The accounts that boost what another one says: whose, and how long after."""
        from crosspost.delivery.rules import Boost
        from crosspost.schedule.parser import span

        accounts = self.accounts().items()
        return {name: Boost(one.boost_from, span(one.boost_after)) for name, one in accounts if one.boost_from}

    def approves(self) -> frozenset[str]:
        """The accounts on which nothing goes out before somebody said yes."""
        all_of_them = self.settings is not None and self.settings.site.approve
        accounts = self.accounts().items()
        return frozenset(n for n, one in accounts if (all_of_them if one.approve is None else one.approve))

    def waits_for_page(self, name: str, url: str) -> bool:
        """Whether an account says nothing before the page at ``url`` answers.

        An account on this machine (the sandbox) does not wait for a page on the web.
        """
        if self.settings is None or not self.settings.site.live_check:
            return False
        return not on_this_machine(self._server(name)) or on_this_machine(url)

    def in_sandbox(self, name: str) -> bool:
        """Whether nobody sees what this account says: its server is on this machine, where the real one is not.

        Where the real one often is here too (Signal, mail), it is so when every other account is in the sandbox.
        """
        accounts = self.accounts()
        if name not in accounts or not on_this_machine(self._server(name)):
            return False
        if accounts[name].network not in _AT_HOME:
            return True
        far = [one for one, account in accounts.items() if account.network not in _AT_HOME]
        return bool(far) and all(on_this_machine(self._server(one)) for one in far)

    def label(self, name: str) -> str:
        """An account's name in front of people: behind it stands that it is in the sandbox."""
        return f"{name} {MARK}" if self.in_sandbox(name) else name

    def _server(self, name: str) -> str:
        """The address of an account's server, as far as it can be understood."""
        try:
            return self.base_url(name)
        except ConfigError:
            return self.accounts()[name].base_url

    def checkout(self) -> "Checkout | None":
        """What git has checked out in the site's folder, see :class:`crosspost.sources.git.Checkout`."""
        from crosspost.sources.git import checkout

        return checkout(self.site)

    def vault(self) -> Vault:
        """Where accounts keep their sessions: beside the ledger; in memory without a config."""
        return Vault(self._beside_the_ledger("sessions"))

    def notification_config(self) -> "NotificationConfig":
        """Who is told what needs a person, and how: :class:`crosspost.notifications.config.NotificationConfig`."""
        from crosspost.notifications.config import NotificationConfig

        notify = self.settings.notify if self.settings is not None else settings.Notify()
        return NotificationConfig(notify, self.credentials, lambda *keys: self._place("notify", *keys))

    def ledger_path(self) -> Path:
        """Where the ledger is; what the sandbox got never stands beside what real networks got.

        :raises ConfigError: when no file can be there
        """
        if self.settings is None:
            raise ConfigError("there is no config file; `crosspost init` writes one")
        file = self._ledger_file(self.settings)
        where = self._place("state", "ledger")
        try:
            if file.name and (file.is_file() or not os.path.lexists(file)):
                return file
            what = "a folder" if file.is_dir() else "no file"
        except OSError as error:  # a folder that nobody may look into, or a name that is too long
            raise ConfigError(f"{where}: `ledger`: {file} cannot be used: {error.strerror}") from None
        raise ConfigError(f"{where}: `ledger`: {file} is {what}; name a file, such as {LEDGER}")

    def ledger_place(self) -> "Where":
        """What the ledger is: its file, or the database the config names. Never one instead of the other.

        :raises ConfigError: when it can be neither
        """
        file = self.ledger_path()
        if self.settings is None or not self.settings.state.database:
            return file
        from crosspost.app.ledger_database import address_of

        where = f"{self._place('state', 'database')}: `database`"
        return address_of(self.credentials, self.settings.state.database, file, where)

    def _ledger_file(self, said: Settings) -> Path:
        """Where the ledger is to be, whatever is there."""
        return said.beside(said.state.ledger or (SANDBOX_LEDGER if self.on_trial() else LEDGER))

    def _beside_the_ledger(self, name: str) -> Path | None:
        """A folder for what is kept between runs. It is of use even where the ledger itself is not."""
        return self._ledger_file(self.settings).parent / name if self.settings is not None else None

    def pictures_folder(self) -> Path | None:
        """Where pictures that were fetched from the web are kept; None without a config."""
        return self._beside_the_ledger("pictures")

    def on_trial(self) -> bool:
        """Whether every account is on this machine, as the sandbox's are, less those whose real servers often are here
        too; and no ledger of one's own is named."""
        far = [account for account in self.accounts().values() if account.network not in _AT_HOME]
        named = self.settings is not None and (self.settings.state.ledger or self.settings.state.database)
        return bool(far) and not named and all(on_this_machine(account.base_url) for account in far)

    def moves(self, environ: Mapping[str, str]) -> bool:
        """Whether the ledger is on another machine each time, and that is meant: as the config says, else whether a
        build service is at work (all of them set ``CI``); on a network drive it is the same file everywhere."""
        state = self.settings.state if self.settings is not None else settings.State()
        return state.shared or (state.moves if state.moves is not None else environ.get("CI", "") in ("true", "1"))

    def chosen(self, names: Sequence[str]) -> list[str]:
        """The accounts meant by ``--to``: account names, or network names for all accounts there.

        :raises ConfigError: for a name that is neither, with the nearest known one
        """
        if not names:
            return list(self.accounts())
        from crosspost.app.targets import chosen

        return chosen(names, self.accounts(), self.settings.accounts if self.settings is not None else {})

    def max_per_run(self, name: str) -> int:
        """How many posts one run sends to an account at most."""
        own = self.accounts()[name].max_per_run
        return own if own is not None else (self.settings.run.max_per_run if self.settings else 3)

    def _place(self, *keys: str) -> str:
        return self.settings.place(*keys) if self.settings is not None else "(no config)"


#: where the ledger is when the config does not say, and where that of a trial is
LEDGER, SANDBOX_LEDGER = "state/ledger.sqlite3", "state/sandbox.sqlite3"
#: credentials that are names, which people should go on seeing
_NAMES = ("username", "handle")
#: networks whose real servers often are on this machine
_AT_HOME = ("signal", "newsletter", "listmonk", "ntfy", "wordpress", "ghost")
