"""Settings + registry + credentials → ready objects: the only place that wires. Reads nothing from the network."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crosspost.app.installation import Installation
from crosspost.config import registry, settings
from crosspost.config.credentials import Secret
from crosspost.config.installation_settings import Notify
from crosspost.config.secrecy import conceal
from crosspost.config.settings import Account, SiteSettings
from crosspost.errors import ConfigError
from crosspost.model import Site
from crosspost.transport.sandbox_mark import MARK, on_this_machine

if TYPE_CHECKING:
    from datetime import timedelta

    from crosspost.compose import Style
    from crosspost.delivery.rules import Boost
    from crosspost.model import Overrides, Value
    from crosspost.networks.base import Network
    from crosspost.notifications.notification_config import NotificationConfig
    from crosspost.schedule import Schedule
    from crosspost.sources.base import Source
    from crosspost.sources.mapping import Mistake
    from crosspost.sources.routing import Route


@dataclass(frozen=True)
class App(Installation):
    """Everything a command works with."""

    def source(self, *, remember: bool = False) -> "Source":
        """The source of the posts.

        :param remember: whether it may keep its listing beside the ledger, for the next run
        """
        from crosspost.app.sources import make_source
        from crosspost.sources.keys import chosen
        from crosspost.sources.post_record import Check

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
        source.check = Check(self._mistakes, self.said(), self.routes(), events=self._wants_events())
        return source

    def said(self) -> str:
        """What tells this config from others, as far as it is about this site."""
        if self.settings is None or not self.settings.site_names:
            return self.settings.text if self.settings is not None else ""
        from crosspost.config.site_digest import said_for  # few configs have several

        return said_for(self.settings)

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

    def _mistakes(self, overrides: "Overrides") -> "list[Mistake]":
        """What is wrong with what a post says about the accounts; few posts say anything, so it is imported then."""
        from crosspost.app.targets import Targets

        known = self.settings.accounts if self.settings is not None else None
        return Targets(known, self.accounts(), self.checked, lambda: self._former).mistakes(overrides)

    @cached_property
    def _former(self) -> frozenset[str]:
        """The accounts the config had once; asked for only where a post names one that is not there."""
        from crosspost.app.former_accounts import former

        if self.settings is None:
            return frozenset()
        return former(self.ledger_place, self.clock, self.settings.accounts)

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
        made.pictures = self.picture_store()
        made.films = self.films_folder()
        return made

    def site_named(self) -> Site:
        """The address and the name of the site.

        :raises SourceError: when the site cannot be read
        """
        source = self.source()
        return Site(url=source.url, title=source.title)

    def checked(self, name: str) -> tuple[type["Network"], "Style", "Value"]:
        """The class of an account's adapter, its style and its network's own settings; imports no HTTP client.

        :raises ConfigError: as :meth:`network`
        """
        from crosspost.app import account_settings

        return account_settings.checked(self.settings, self.accounts()[name])

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
        from crosspost.text.durations import duration

        accounts = self.accounts().items()
        return {
            name: Boost(one.boost_from, duration(one.boost_after or settings.BOOST_AFTER))
            for name, one in accounts
            if one.boost_from
        }

    def ahead(self) -> "dict[str, timedelta]":
        """The accounts that hand a post to their network ahead of its time: how long before it."""
        from crosspost.text.durations import duration

        return {name: duration(one.ahead) for name, one in self.accounts().items() if one.ahead}

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

    def notification_config(self) -> "NotificationConfig":
        """Who is told what needs a person, and how."""
        from crosspost.notifications.notification_config import NotificationConfig

        notify = self.settings.notify if self.settings is not None else Notify()
        return NotificationConfig(notify, self.credentials, lambda *keys: self._place("notify", *keys))

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


#: credentials that are names, which people should go on seeing
_NAMES = ("username", "handle")
