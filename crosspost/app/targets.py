"""Whom and what a post may name under ``crosspost:``: accounts, networks, and the settings these have."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from crosspost.compose import Style, for_post
from crosspost.config import registry
from crosspost.config.settings import Account
from crosspost.errors import ConfigError
from crosspost.model import Override, Overrides, Value
from crosspost.sources.mapping import Mistake
from crosspost.sources.overrides import of_the_post
from crosspost.text import plain_errors
from crosspost.text.near_names import nearest

if TYPE_CHECKING:
    from crosspost.networks.base import Network

#: what a post may say for everywhere, and for one account or network
EVERYWHERE = ("only", "skip", "at", "text", "alt", "poll", "on_edit", "on_delete")
_FOR_ONE = EVERYWHERE[1:]


class Targets:
    """Looks for mistakes in what a post says. A network without an account is none: it says nothing to nobody.

    :param accounts: every account of the config, also those that are switched off or of other sites; None without a
        config
    :param own: those that say the posts of this site; of what is said to others, only the names of settings count here
    :param checked: gives class, style and options of one of them
    :param former: gives the names of accounts that were in the config once: naming one is not a mistake
    """

    def __init__(
        self,
        accounts: Mapping[str, Account] | None,
        own: Mapping[str, Account],
        checked: Callable[[str], tuple[type["Network"], Style, Value]],
        former: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._accounts, self._own, self._checked, self._former = accounts or {}, own, checked, former
        self._sure = accounts is not None

    def mistakes(self, overrides: Overrides) -> list[Mistake]:
        """Everything that is wrong with it."""
        known = self._of_this_site()
        found = [
            Mistake(f"only: {self._nobody(name, known)}", "only") for name in overrides.only if self._unknown(name)
        ]
        for name, said in overrides.targets.items():
            if self._unknown(name):
                why = self._misplaced(name) or self._nobody(name, [*known, *EVERYWHERE])
                found.append(Mistake(why, name))
                continue
            for key, value in said.settings.items():
                if key != "only" and (wrong := self._wrong(name, str(key), value)):
                    found.append(Mistake(wrong, str(key)).below(target=name))
        return found

    def _names(self) -> list[str]:
        """Who may be named: the accounts, and the networks they are on."""
        return list(dict.fromkeys([*self._accounts, *(one.network for one in self._accounts.values())]))

    def _of_this_site(self) -> list[str]:
        """Those that a hint names; what the accounts of other sites are called is not for everybody."""
        others = any(one.enabled and name not in self._own for name, one in self._accounts.items())
        named = self._own if others else self._accounts
        return list(dict.fromkeys([*named, *(one.network for one in named.values())]))

    def _unknown(self, name: str) -> bool:
        if name in self._names() or name in registry.NETWORKS or name in registry.names():
            return False
        if name in self._former():
            return False
        # without a config nobody knows what the accounts will be called; but not as a network with another case
        return self._sure or nearest(name, registry.NETWORKS) in (name.casefold(), name.casefold().strip())

    def _nobody(self, name: str, known: Collection[str]) -> str:
        near = nearest(name, known) or nearest(name, registry.names())
        if near:
            return f"there is no account “{name}”; did you mean `{near}`?"
        return f"there is no account “{name}”; known: {', '.join(self._of_this_site()) or 'none'}"

    def _misplaced(self, name: str) -> str:
        """What to do when the name is that of a setting, or of something a post says of itself; "" when it is not."""
        if said := of_the_post(name):
            return said
        for account, one in self._own.items():
            if name.replace("-", "_") in (*Style.__struct_fields__, *(_options_of(one.network) or ())):
                return f"`{name}` is a setting of an account; write it below the account's name, such as `{account}`"
        return ""

    def _wrong(self, name: str, key: str, value: object) -> str:
        """What is wrong with one setting of a target; "" when nothing is."""
        network = self._accounts[name].network if name in self._accounts else name
        if (options := _options_of(network)) is None:
            return ""
        known = [*Style.__struct_fields__, *options]
        if key.replace("-", "_") not in known and (said := of_the_post(key)):
            return said
        if key.replace("-", "_") not in known:
            return f"there is no setting `{key}` here; {plain_errors.suggestion(key, [*known, *_FOR_ONE])}"
        for account, one in self._own.items():
            if name in (account, one.network) and (wrong := self._refused(account, key, value)):
                return wrong
        return ""

    def _refused(self, account: str, key: str, value: object) -> str:
        try:
            _, style, options = self._checked(account)
        except ConfigError:
            return ""
        try:
            for_post(style, options, Override(settings={key: value}))
        except ConfigError as error:
            return str(error)
        return ""


def _options_of(network: str) -> tuple[str, ...] | None:
    """The settings that a network has; None when there is no such network, which the account itself is told."""
    try:
        fields: tuple[str, ...] = registry.load(network).Options.__struct_fields__
        return fields
    except ConfigError:
        return None


def chosen(names: Sequence[str], accounts: Mapping[str, Account], every: Mapping[str, Account]) -> list[str]:
    """The accounts meant by ``--to``: account names, or network names for all accounts there.

    :param accounts: those that are switched on
    :param every: all of the config
    :raises ConfigError: for a name that is neither, with the nearest known one
    """
    found: dict[str, None] = {}
    for wanted in names:
        meant = [name for name, account in accounts.items() if wanted in (name, account.network)]
        if not meant:
            raise ConfigError(_no_such(wanted, accounts, every))
        found |= dict.fromkeys(meant)
    return list(found)


def _no_such(wanted: str, accounts: Mapping[str, Account], every: Mapping[str, Account]) -> str:
    """Why a name of ``--to`` means no account."""
    if there := [one for name, one in every.items() if wanted in (name, one.network)]:
        if any(one.enabled for one in there):
            return f"the account {wanted} does not say the posts of this site; its `accounts` name others"
        return f"the account {wanted} is switched off in the config (enabled = false)"
    if "," in wanted:
        return f"there is no account {wanted}; write --to once for each account"
    known = dict.fromkeys([*accounts, *(account.network for account in accounts.values())])
    return f"there is no account {wanted}; {plain_errors.suggestion(wanted, known, mark='')}"
