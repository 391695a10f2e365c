"""What the config says of one account: where, how it speaks, and what only its network knows. Checked against that."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from crosspost.compose import Style
from crosspost.compose.templates import check as check_template
from crosspost.config import registry, server_address, validation
from crosspost.config.settings import BOOST_AFTER, Account, Settings
from crosspost.errors import ConfigError
from crosspost.model import Value
from crosspost.schedule import Schedule, parse
from crosspost.text import plain_errors
from crosspost.text.mistakes import Mistakes

if TYPE_CHECKING:
    from crosspost.networks.base import Network
    from crosspost.sources.routing import Route

#: the shortest `ahead`, in seconds: with less, no run may come between that and what the network needs
_SHORTEST = 3600
#: what every account may say, whatever its network
_COMMON = [field for field in Account.__struct_fields__ if field not in ("name", "own")]


def network(config: Settings | None, account: Account) -> type["Network"]:
    """The class of an account's adapter; imports no HTTP client.

    :raises ConfigError: for an unknown network, a missing address of a server, or a mistake in its table
    """
    if config is not None and account.name in config.wrong_accounts:
        raise ConfigError(config.wrong_accounts[account.name])
    where = _where(config, account)
    try:
        cls: type[Network] = registry.load(account.network)
    except ConfigError as error:
        raise ConfigError(f"{where('network')}: account {account.name}: {error}") from None
    if not account.base_url and not cls.home and config is not None:
        raise ConfigError(f"{where()}: account {account.name} needs `base_url`, its server's address")
    return cls


def server(config: Settings | None, account: Account) -> str:
    """The address of an account's server as it is meant; "" when the config names none.

    :raises ConfigError: when it is not plain what is meant
    """
    if not account.base_url:
        return ""
    cls = registry.load(account.network)
    try:
        return server_address.of_account(account.base_url, schemes=cls.schemes, at_root=cls.at_root, home=cls.home)
    except ValueError as error:
        where = _where(config, account)("base_url")
        raise ConfigError(f"{where}: account {account.name}: `base_url`: {error}") from None


def style(config: Settings | None, account: Account, network: type["Network"]) -> Style:
    """How an account speaks.

    :param config: where it stands, for the line in messages; None without a config
    :raises ConfigError: for a key that neither accounts nor this network have, a value of the wrong kind, a template
        that cannot be used, or something that the network cannot do
    """
    where = _where(config, account)
    own, timing = network.Options.__struct_fields__, Schedule.__struct_fields__
    wrong = Mistakes(ConfigError)
    wrong.look(lambda: validation.unknown(account.own, [*_COMMON, *Style.__struct_fields__, *timing, *own], where))
    spoken = {key: value for key, value in account.own.items() if key in Style.__struct_fields__ and key not in own}
    read = wrong.read(lambda: validation.typed({**network.style_defaults, **spoken}, Style, where), Style())
    wrong.look(
        lambda: _template(account, read, where),
        lambda: _possible(account, read, network, where),
        lambda: route(config, account),
        lambda: _boosts(config, account, network, where),
        lambda: _ahead(account, network, where),
    )
    wrong.tell()
    return read


def checked(config: Settings | None, account: Account) -> tuple[type["Network"], Style, Value]:
    """The class of an account's adapter, its style and its network's own settings.

    :raises ConfigError: with everything that is wrong with them
    """
    cls = network(config, account)
    wrong = Mistakes(ConfigError)
    wrong.look(lambda: server(config, account))
    spoken = wrong.read(lambda: style(config, account, cls), Style())
    own = wrong.read(lambda: options(config, account, cls), Value())
    wrong.tell()
    return cls, spoken, own


def _template(account: Account, style: Style, where: Callable[..., str]) -> None:
    """Refuse a template that cannot be used."""
    try:
        if style.template:
            check_template(style.template, account.name)
    except ConfigError as error:
        raise ConfigError(f"{where('template')}: {error}") from None


def route(config: Settings | None, account: Account) -> "Route | None":
    """Which posts an account takes; None for every post.

    :raises ConfigError: for a rule that cannot be meant
    """
    events = account.network in registry.EVENTS_ONLY
    if not account.takes and not account.leaves_out and not events:
        return None
    from crosspost.sources.routing import Route, nothing_left, wrong

    def refuse(name: str, found: tuple[str, str] | None) -> None:
        if found is not None:
            sign, why = found
            raise ConfigError(f"{_where(config, account)(name, sign)}: account {account.name}: `{name}`: {sign}: {why}")

    for name in ("takes", "leaves_out"):
        refuse(name, wrong(getattr(account, name)))
    refuse("takes", nothing_left(account.takes, account.leaves_out))
    return Route(account.takes, account.leaves_out, events=events)


def options(config: Settings | None, account: Account, network: type["Network"]) -> Value:
    """The settings only this network has, as its ``Options``; a file's path counts from the config's folder.

    :raises ConfigError: for a value of the wrong kind, or pictures in a store that the config does not name
    """

    def beside(key: str, value: object) -> object:
        if key in network.files and isinstance(value, str) and value and config is not None:
            return str(config.beside(value))
        return value

    chosen = {key: beside(key, value) for key, value in account.own.items() if key in network.Options.__struct_fields__}
    read = validation.typed(chosen, network.Options, _where(config, account))
    if getattr(read, "host", "") == "store" and config is not None and not config.pictures.public:
        raise ConfigError(
            f'{_where(config, account)("host")}: host = "store" needs `store` and `public` under [pictures]; see '
            "`crosspost help pictures`"
        )
    return read


def schedules(config: Settings | None, accounts: Mapping[str, Account], zone: Callable[[], str]) -> dict[str, Schedule]:
    """Account name → when it speaks.

    :param zone: gives the name of the site's time zone; asked only where a time is named
    :raises ConfigError: with every time, slot or span that cannot be understood
    """
    timed = any(account.digest or set(account.own) & set(Schedule.__struct_fields__) for account in accounts.values())
    wrong = Mistakes(ConfigError)
    here = wrong.read(zone, "") if timed else ""
    read = {
        name: wrong.read(partial(parse, account.own, where=_where(config, account), zone=here), Schedule())
        for name, account in accounts.items()
    }
    wrong.tell()
    return read


def _possible(account: Account, style: Style, network: type["Network"], where: Callable[..., str]) -> None:
    """Refuse what the network cannot do."""
    for key in ("digest", "digest_title"):
        if getattr(account, key) and not network.abilities.digest:
            raise ConfigError(f"{where(key)}: {network.name} has no digests; only mail has")
    for key, wants in (("long", style.long == "thread"), ("link", style.link == "reply")):
        if wants and not network.abilities.thread:
            raise ConfigError(
                f"{where(key)}: {network.name} has no threads, so `{key}` cannot be “{getattr(style, key)}” there"
            )


def _boosts(config: Settings | None, account: Account, network: type["Network"], where: Callable[..., str]) -> None:
    """Refuse to boost where that is not possible, and an account that says nothing itself."""
    if not account.boost_from:
        if account.boost_after:
            raise ConfigError(f"{where('boost_after')}: `boost_after` needs `boost_from`; add it, or remove this line")
        return
    from crosspost.text.durations import duration

    source = config.accounts.get(account.boost_from) if config is not None else None
    if not network.boosts:
        raise ConfigError(f"{where('boost_from')}: crosspost does not boost on {network.name}; remove `boost_from`")
    _boosted(config, account, source, where)
    if account.digest:
        raise ConfigError(f"{where('digest')}: an account that boosts has no digest; remove one of the two")
    try:
        duration(account.boost_after or BOOST_AFTER)
    except ValueError as error:
        raise ConfigError(f"{where('boost_after')}: `boost_after`: {error}; write it like 30m, 2h or 1d") from None


def _boosted(config: Settings | None, account: Account, source: Account | None, where: Callable[..., str]) -> None:
    """Refuse an account that cannot be boosted by this one."""
    if source is None:
        accounts = (config.accounts if config is not None else {}).values()
        known = [one.name for one in accounts if one.network == account.network and not one.boost_from]
        hint = plain_errors.suggestion(account.boost_from, known)
        raise ConfigError(f"{where('boost_from')}: there is no account “{account.boost_from}”; {hint}")
    if source.network != account.network:
        raise ConfigError(
            f"{where('boost_from')}: {source.name} is on {source.network}, and {account.name} on {account.network}; "
            "only an account of the same network can be boosted"
        )
    if source.name == account.name or source.boost_from:
        raise ConfigError(
            f"{where('boost_from')}: {source.name} says nothing itself that could be boosted; name an account that does"
        )
    mine = config.site.accounts if config is not None else None
    if mine is not None and account.name in mine and source.name not in mine:
        raise ConfigError(
            f"{where('boost_from')}: {source.name} does not say the posts of this site, so {account.name} would boost "
            f"nothing; add {source.name} to the site's `accounts`, or take {account.name} out"
        )


def _ahead(account: Account, network: type["Network"], where: Callable[..., str]) -> None:
    """Refuse to hand over ahead of time where the network does not keep posts, or not for so long."""
    if not account.ahead:
        return
    from crosspost.text.durations import duration
    from crosspost.text.numbers import counted

    able, place = network.abilities.ahead, where("ahead")
    if able is None:
        raise ConfigError(f"{place}: crosspost hands over nothing to {network.name} ahead of its time; remove `ahead`")
    if account.boost_from:
        raise ConfigError(f"{place}: a boost cannot be handed over ahead of its time; remove `ahead`")
    try:
        early = duration(account.ahead).total_seconds()
    except ValueError as error:
        raise ConfigError(f"{place}: `ahead`: {error}; write it like 12h or 1d") from None
    if early < _SHORTEST:
        raise ConfigError(f"{place}: `ahead` must be an hour or more, so that a run comes in time")
    if early > able[1]:
        longest = counted(able[1] // 86_400, "day")
        raise ConfigError(f"{place}: {network.name} keeps a post for at most {longest}; make `ahead` shorter")


def _where(config: Settings | None, account: Account) -> Callable[..., str]:
    """The place of one of the account's keys in the config."""

    def where(*keys: str) -> str:
        return config.place("accounts", account.name, *keys) if config is not None else "(no config)"

    return where
