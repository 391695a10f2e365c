"""What the config says of one account: how it speaks, and what only its network knows. Checked against the network."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from crosspost.compose import Style
from crosspost.compose.templates import check as check_template
from crosspost.config import settings
from crosspost.config.settings import Account, Settings
from crosspost.errors import ConfigError
from crosspost.schedule import Schedule

if TYPE_CHECKING:
    from crosspost.networks.base import Network

#: what every account may say, whatever its network
_COMMON = [field for field in Account.__struct_fields__ if field not in ("name", "own")]


def style(config: Settings | None, account: Account, network: type["Network"]) -> Style:
    """How an account speaks.

    :param config: where it stands, for the line in messages; None without a config
    :raises ConfigError: for a key that neither accounts nor this network have, a value of the wrong kind, a template
        that cannot be used, or something that the network cannot do
    """
    where = _where(config, account)
    own, timing = network.Options.__struct_fields__, Schedule.__struct_fields__
    settings.unknown(account.own, [*_COMMON, *Style.__struct_fields__, *timing, *own], where)
    spoken = {key: value for key, value in account.own.items() if key not in (*own, *timing)}
    read = settings.typed({**network.style_defaults, **spoken}, Style, where)
    if read.template:
        try:
            check_template(read.template, account.name)
        except ConfigError as error:
            raise ConfigError(f"{where('template')}: {error}") from None
    _possible(account, read, network, where)
    if account.boost_from:
        _boosts(config, account, network, where)
    return read


def options(config: Settings | None, account: Account, network: type["Network"]) -> Any:
    """The settings only this network has, as its ``Options``; a file's path counts from the config's folder.

    :raises ConfigError: for a value of the wrong kind
    """

    def beside(key: str, value: object) -> object:
        if key in network.files and isinstance(value, str) and value and config is not None:
            return str(config.beside(value))
        return value

    chosen = {key: beside(key, value) for key, value in account.own.items() if key in network.Options.__struct_fields__}
    return settings.typed(chosen, network.Options, _where(config, account))


def _possible(account: Account, style: Style, network: type["Network"], where: Callable[..., str]) -> None:
    """Refuse what the network cannot do."""
    if account.digest and not network.abilities.digest:
        raise ConfigError(f"{where('digest')}: {network.name} has no digests; only mail has")
    for key, wants in (("long", style.long == "thread"), ("link", style.link == "reply")):
        if wants and not network.abilities.thread:
            raise ConfigError(
                f"{where(key)}: {network.name} has no threads, so `{key}` cannot be “{getattr(style, key)}” there"
            )


def _boosts(config: Settings | None, account: Account, network: type["Network"], where: Callable[..., str]) -> None:
    """Refuse to boost where that is not possible, and an account that says nothing itself."""
    from crosspost.schedule.parser import span

    source = config.accounts.get(account.boost_from) if config is not None else None
    if not network.boosts:
        raise ConfigError(f"{where('boost_from')}: crosspost does not boost on {network.name}; remove `boost_from`")
    if source is None:
        raise ConfigError(f"{where('boost_from')}: there is no account “{account.boost_from}”; write one of your own")
    if source.network != account.network:
        raise ConfigError(
            f"{where('boost_from')}: {source.name} is on {source.network}, and {account.name} on {account.network}; "
            "only an account of the same network can be boosted"
        )
    if source.name == account.name or source.boost_from:
        raise ConfigError(
            f"{where('boost_from')}: {source.name} says nothing itself that could be boosted; name an account that does"
        )
    if account.digest:
        raise ConfigError(f"{where('digest')}: an account that boosts has no digest; remove one of the two")
    try:
        span(account.boost_after)
    except ValueError as error:
        raise ConfigError(f"{where('boost_after')}: `boost_after`: {error}; write it like 30m, 2h or 1d") from None


def _where(config: Settings | None, account: Account) -> Callable[..., str]:
    """The place of one of the account's keys in the config."""

    def where(*keys: str) -> str:
        return config.place("accounts", account.name, *keys) if config is not None else "(no config)"

    return where
