"""Settings + registry + credentials → ready objects: the only place that wires. Reads nothing from the network."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.config import registry, settings
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
    from crosspost.sources.routing import Route

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
            short=self.settings.short_posts() if self.settings is not None else None,
            told=self._woken,
            place=self._place_of_site,
        )
        about = self.settings.text if self.settings is not None else ""
        source.check = Check(self._mistake, about, self.routes(), events=self._wants_events())
        return source

    def _place_of_site(self, key: str) -> str:
        """The line of a key of ``[site]``; ``path`` may have been said on the command line instead."""
        said = self.settings
        if key == "path" and (said is None or not (said.site.git or self.site == said.beside(said.site.path))):
            return "--site"
        return self._place("site", key)

    def routes(self) -> dict[str, "Route"]:
        """The accounts that do not take every post → which they take.

        :raises ConfigError: for a rule that cannot be meant
        """
        given = self.accounts().values()
        if not any(one.takes or one.leaves_out or one.network in registry.EVENTS_ONLY for one in given):
            return {}
        from crosspost.app.account_settings import route

        found = {name: route(self.settings, account) for name, account in self.accounts().items()}
        return {name: one for name, one in found.items() if one is not None}

    def _wants_events(self) -> bool:
        """Whether an account, or a calendar in the site, takes what posts announce."""
        files = self.settings.feed.files if self.settings is not None else ()
        return any(one.network in registry.EVENTS_ONLY for one in self.accounts().values()) or any(
            name.endswith(".ics") for name in files
        )

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

    def _woken(self) -> "datetime | None":
        """When somebody last said that there is something new."""
        if self.settings is None:
            return None
        from crosspost.app import hints

        return hints.woken(self.main_ledger_file())

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
        if (mine := self.settings.site.accounts) is None:
            return self.every_account()
        every = self.settings.accounts  # a thousand sites may have ten of ten thousand each
        return {name: every[name] for name in mine if every[name].enabled}

    def every_account(self) -> dict[str, Account]:
        """The accounts that are switched on, also those that only other sites have."""
        return {n: one for n, one in self.settings.accounts.items() if one.enabled} if self.settings is not None else {}

    def network(self, name: str, *, sleep: Callable[[float], None] = time.sleep) -> "Network":
        """The adapter of one account.

        :raises ConfigError: for an unknown network, a setting it does not have, or a missing base URL
        """
        from crosspost.app.adapters import build

        cls, style, options = self.checked(name)
        secrets = self.secrets(name, cls)
        conceal(*(secret.reveal() for field, secret in secrets.items() if field not in _NAMES))
        made = build(
            self.accounts()[name],
            cls,
            base_url=self.base_url(name) or cls.home,
            options=options,
            style=style,
            credentials=secrets,
            clock=self.clock,
            sleep=sleep,
            vault=self.vault(),
        )
        made.label = self.label(name)
        made.site = self.site_named
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
        from crosspost.app import account_settings

        account = self.accounts()[name]
        cls = account_settings.network(self.settings, account)
        self.base_url(name)
        style = account_settings.style(self.settings, account, cls)
        return cls, style, account_settings.options(self.settings, account, cls)

    def base_url(self, name: str) -> str:
        """The address of an account's server as it is meant; "" when the config names none.

        :raises ConfigError: when it is not plain what is meant
        """
        from crosspost.app import account_settings

        return account_settings.server(self.settings, self.accounts()[name])

    def secrets(self, name: str, cls: type["Network"]) -> dict[str, Secret]:
        """The credentials of an account that are set, also those that cannot be used (``Secret.wrong``)."""
        found = {field: self.credentials.look_up(name, field) for field in cls.credentials}
        return {field: secret for field, secret in found.items() if secret is not None}

    def schedules(self) -> dict[str, "Schedule"]:
        """Account name → when it speaks.

        :raises ConfigError: for a time, slot or span that cannot be understood
        """
        from crosspost.app import account_settings

        return account_settings.schedules(
            self.settings, self.accounts(), lambda: getattr(self.source().zone, "key", "")
        )

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
        return {
            name: Boost(one.boost_from, span(one.boost_after or settings.BOOST_AFTER))
            for name, one in accounts
            if one.boost_from
        }

    def approves(self) -> frozenset[str]:
        """The accounts on which nothing goes out before somebody said yes."""
        all_of_them = self.settings is not None and self.settings.site.approve
        accounts = self.accounts().items()
        return frozenset(n for n, one in accounts if (all_of_them if one.approve is None else one.approve))

    def waits_for_page(self, name: str, url: str) -> bool:
        """Whether an account says nothing before the page at ``url`` answers.

        An account on this machine (the sandbox) does not wait for a page on the web; a post without a page never waits.
        """
        if self.settings is None or not self.settings.site.live_check or not url:
            return False
        return not on_this_machine(self._server(name)) or on_this_machine(url)

    def in_sandbox(self, name: str) -> bool:
        """Whether nobody sees what this account says: its server is on this machine, where the real one is not.

        Where the real one often is here too (Signal, mail), it is so when every other account is in the sandbox.
        """
        from crosspost.app import sandbox_accounts

        return sandbox_accounts.is_one(name, self.accounts(), self._server)

    def label(self, name: str) -> str:
        """An account's name in front of people: behind it stands that it is in the sandbox."""
        return f"{name} {MARK}" if self.in_sandbox(name) else name

    def _server(self, name: str) -> str:
        """The address of an account's server, as far as it can be understood."""
        try:
            return self.base_url(name)
        except ConfigError:
            return self.accounts()[name].base_url

    def vault(self) -> Vault:
        """Where accounts keep their sessions: beside the ledger, or in its database; in memory without a config."""
        said = self.settings
        if said is not None and said.state.database and said.secrets.in_database:
            return self._shared_vault
        return Vault(self._beside_the_ledger("sessions"))

    @cached_property
    def _shared_vault(self) -> Vault:
        """All accounts ask the database on one connection."""
        from crosspost.app.ledger_database import main_database
        from crosspost.app.shared_logins import shared_logins

        file = self.main_ledger_file()
        place = main_database(self.settings, self.credentials, file)
        return Vault(shared_logins(self.credentials, place, file.parent / "sessions"))

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
        from crosspost.app.ledger_file import usable

        return usable(self._ledger_file(self.settings, self.settings.name), lambda: self._place("state", "ledger"))

    def ledger_place(self) -> "Where":
        """What the ledger is: its file, or the database the config names. Never one instead of the other.

        :raises ConfigError: when it can be neither
        """
        file = self.ledger_path()
        if self.settings is None or not self.settings.state.database:
            return file
        from crosspost.app.ledger_database import address_of

        where = f"{self._place('state', 'database')}: `database`"
        return address_of(self.credentials, self.settings.state.database, file, where, schema=self.settings.name)

    def _ledger_file(self, said: Settings, name: str) -> Path:
        """Where the ledger is to be, whatever is there. Each site of several has its own."""
        from crosspost.app import ledger_file

        return ledger_file.of(said, name, on_trial=self.on_trial())

    def _beside_the_ledger(self, name: str) -> Path | None:
        """A folder for what is kept between runs, the same for every site: an account that several sites have renews
        its session once. It is of use even where the ledger itself is not."""
        return self.main_ledger_file().parent / name if self.settings is not None else None

    def main_ledger_file(self) -> Path:
        """Where the ledger of ``[site]`` is, or would be: what the whole installation has is beside it."""
        assert self.settings is not None  # noqa: S101  # for the type checker: who asks has a config
        return self._ledger_file(self.settings, "")

    def pictures_folder(self) -> Path | None:
        """Where pictures that were fetched from the web are kept; None without a config."""
        return self._beside_the_ledger("pictures")

    def on_trial(self) -> bool:
        """Whether every account is on this machine, as the sandbox's are, less those whose real servers often are here
        too; and no ledger of one's own is named."""
        named = self.settings is not None and (self.settings.state.ledger or self.settings.state.database)
        from crosspost.app import sandbox_accounts

        return not named and sandbox_accounts.all_are(self.every_account().values())

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


#: credentials that are names, which people should go on seeing
_NAMES = ("username", "handle")
